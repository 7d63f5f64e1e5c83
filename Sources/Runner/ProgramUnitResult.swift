import Jobs

import struct FoundationEssentials.Data
import struct FoundationEssentials.Decimal
import class FoundationEssentials.JSONDecoder

/// `{"verdict", "figures", "rows"}`, each optional, as a program or a service reports what it found.
enum ReportedResult {
  static let limit = 1 << 20

  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  static func read(_ bytes: [UInt8], kind: String) throws(Malformed) -> RunResult {
    guard case .object(let members) = try document(bytes) else {
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

  static func document(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
    do {
      return try JSONDecoder().decode(ExactValue.self, from: Data(bytes)).value
    } catch let error as DecodingError {
      throw Malformed(description: words(of: error))
    } catch {
      throw Malformed(description: "not JSON")
    }
  }

  private static func words(of error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      let place = context.underlyingError.map { FailureWords.shortened("\($0)", to: 200) }
      return "not JSON" + (place.map { ": \($0)" } ?? "")
    case .dataCorrupted(let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context), .keyNotFound(_, let context):
      return "\(spelled(context.codingPath)): a value that cannot be kept exactly"
    @unknown default: return "not JSON"
    }
  }

  private static func spelled(_ path: [any CodingKey]) -> String {
    path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
      .drop { $0 == "." }.description
  }
}

/// JSON whose numbers keep every digit: what is not whole becomes text, as `JSONValue` wants it.
private struct ExactValue: Decodable {
  let value: JSONValue

  init(from decoder: any Decoder) throws {
    let given = try decoder.singleValueContainer()
    if given.decodeNil() {
      value = .null
    } else if let bool = try? given.decode(Bool.self) {
      value = .bool(bool)
    } else if let whole = try? given.decode(Int64.self) {
      value = .integer(whole)
    } else if let number = try? given.decode(Decimal.self) {
      value = .string(number.description)
    } else if let text = try? given.decode(String.self) {
      value = .string(text.storable)
    } else if let elements = try? given.decode([ExactValue].self) {
      value = .array(elements.map(\.value))
    } else {
      let members = try given.decode([String: ExactValue].self)
      value = .object(
        Dictionary(members.map { ($0.storable, $1.value) }, uniquingKeysWith: { _, last in last }))
    }
  }
}

extension String {
  /// PostgreSQL's `jsonb` cannot hold a NUL.
  fileprivate var storable: String { replacing("\0", with: "\u{2400}") }
}
