import Jobs
import Postgres

/// A script's last select as the run's result.
///
/// One row with a column `verdict` is the verdict, with the other columns as figures; anything else
/// is rows. Values stay the text the server wrote, so that an amount keeps every digit.
enum ScriptRows {
  static let mostRows = 10_000
  /// A row may be a document; the result is one row of `jobs.result`.
  static let mostBytes = 8 << 20

  static func result(
    _ rows: Rows?, kind: String
  ) throws(ReportedResult.Malformed) -> RunResult {
    guard let rows else { return RunResult(kind: kind) }
    let names = rows.columns.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ReportedResult.Malformed(
        description: "two columns are named '\(twice)'; name them apart with as")
    }
    guard rows.count == 1, let row = rows.first, names.contains("verdict") else {
      return listed(rows, names, kind)
    }
    var figures = values(of: row, names)
    let verdict = try ReportedResult.verdict(figures.removeValue(forKey: "verdict"))
    return RunResult(kind: kind, verdict: verdict, figures: figures)
  }

  private static func listed(_ rows: Rows, _ names: [String], _ kind: String) -> RunResult {
    var kept: [JSONValue] = []
    var room = mostBytes
    for row in rows.prefix(mostRows) {
      room -= names.indices.reduce(0) { $0 + (row.text($1)?.utf8.count ?? 0) }
      guard room >= 0 else { break }
      kept.append(.object(values(of: row, names)))
    }
    var figures: [String: JSONValue] = ["rows": .integer(Int64(rows.count))]
    if kept.count < rows.count { figures["rows_kept"] = .integer(Int64(kept.count)) }
    return RunResult(kind: kind, figures: figures, rows: kept)
  }

  private static func values(of row: Row, _ names: [String]) -> [String: JSONValue] {
    Dictionary(
      uniqueKeysWithValues: names.enumerated().map { place, name in
        (name, row.text(place).map(JSONValue.string) ?? .null)
      })
  }
}
