/// Columns of text, aligned; numbers to the right.
struct Table {
  enum Side { case left, right }

  private let heads: [String]
  private let sides: [Side]
  private var rows: [[String]] = []

  init(_ columns: [(String, Side)]) {
    heads = columns.map(\.0)
    sides = columns.map(\.1)
  }

  mutating func add(_ cells: String?...) { rows.append(cells.map { $0 ?? "–" }) }

  var text: String {
    let all = [heads] + rows
    let widths = heads.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        line += sides[column] == .left ? cell + pad : pad + cell
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
