import Jobs

/// `{"verdict", "figures", "rows"}`, each optional, as a program or a service reports what it found.
enum ReportedResult {
  static let limit = 1 << 20

  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  static func read(_ bytes: [UInt8], kind: String) throws(Malformed) -> RunResult {
    guard case .object(let members) = try JSONDocument.read(bytes) else {
      throw Malformed(description: "expected an object with verdict, figures and rows")
    }
    if let key = members.keys.sorted().first(where: {
      !["verdict", "figures", "rows"].contains($0)
    }) {
      throw Malformed(description: "unknown key '\(key)'; there are: verdict, figures, rows")
    }
    return RunResult(
      kind: kind, verdict: try verdict(members["verdict"]),
      figures: try figures(members["figures"]), rows: try rows(members["rows"]))
  }

  static func verdict(_ value: JSONValue?) throws(Malformed) -> RunResult.Verdict {
    guard let value else { return .ok }
    guard let text = value.text, let verdict = RunResult.Verdict(rawValue: text) else {
      let known = RunResult.Verdict.allCases.map(\.rawValue).joined(separator: ", ")
      let seen = value.text.map { "unknown verdict '\(FailureWords.shortened($0, to: 40))'" }
      throw Malformed(description: "\(seen ?? "the verdict is not a text"); verdicts are: \(known)")
    }
    return verdict
  }

  private static func figures(_ value: JSONValue?) throws(Malformed) -> [String: JSONValue] {
    switch value {
    case nil: return [:]
    case .object(let figures): return figures
    default: throw Malformed(description: "figures: expected an object")
    }
  }

  private static func rows(_ value: JSONValue?) throws(Malformed) -> [JSONValue] {
    guard let value else { return [] }
    guard case .array(let rows) = value else {
      throw Malformed(description: "rows: expected an array")
    }
    for (place, row) in rows.enumerated() {
      guard case .object = row else {
        throw Malformed(description: "rows[\(place)]: expected an object")
      }
    }
    return rows
  }
}
