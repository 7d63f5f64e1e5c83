import TradingTime

/// One way in which the broker is to fail, and where: what a test or a demo asks for.
package struct FaultRule: Sendable, Equatable {
  package let route: String
  package let kind: FaultKind
  /// Nil: as often as the route is asked.
  package let count: Int?
  /// In parts of a million.
  package let probability: Int
  package let delay: Duration
  package let status: Int
  package let isAfter: Bool

  /// A route is a prefix of the path, whole or below the REST root: `/trades` and
  /// `/skapi/services/trades` mean the same.
  func concerns(_ path: String) -> Bool {
    path.hasPrefix(route) || path.hasPrefix("/skapi/services" + route)
  }

  /// Everything at random: `rate` of all requests and frames.
  package static func chaos(rate: Double) throws(FaultRuleError) -> FaultRule {
    try FaultRule(["kind": "chaos", "probability": .number("\(rate)")], at: 1)
  }
}

extension FaultRule {
  /// Reads a list of rules, or says what is wrong with which of them.
  package static func list(_ json: JSON) throws(FaultRuleError) -> [FaultRule] {
    guard case .array(let items) = json else { throw FaultRuleError("expected a list of rules") }
    guard items.count <= 100 else { throw FaultRuleError("at most 100 rules, got \(items.count)") }
    var rules: [FaultRule] = []
    for (index, item) in items.enumerated() { rules.append(try FaultRule(item, at: index + 1)) }
    return rules
  }

  private init(_ json: JSON, at place: Int) throws(FaultRuleError) {
    guard case .object(let members) = json else {
      throw FaultRuleError("rule \(place): expected an object")
    }
    let known = ["route", "kind", "count", "probability", "seconds", "status", "after"]
    if let unknown = members.first(where: { !known.contains($0.key) }) {
      throw FaultRuleError(
        "rule \(place): unknown key '\(unknown.key)'; keys are: \(known.joined(separator: ", "))")
    }
    guard let kind = json["kind"]?.scalarText.flatMap(FaultKind.init(rawValue:)) else {
      let kinds = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw FaultRuleError("rule \(place): kind must be one of: \(kinds)")
    }
    func number(_ key: String, in range: ClosedRange<Double>) throws(FaultRuleError) -> Double? {
      guard let value = json[key] else { return nil }
      guard let read = value.scalarText.flatMap({ Double($0) }), range.contains(read) else {
        throw FaultRuleError("rule \(place): \(key) must be in \(range), got \(value.text)")
      }
      return read
    }
    self.kind = kind
    route = json["route"]?.scalarText ?? "/"
    count = try number("count", in: 0...1_000_000_000).map { Int($0) }
    probability = Int((try number("probability", in: 0...1) ?? 1) * 1_000_000)
    delay = .milliseconds(
      Int64((try number("seconds", in: 0...3600) ?? kind.usualSeconds) * 1000))
    status = Int(try number("status", in: 200...599) ?? (kind == .html ? 502 : 500))
    isAfter = json["after"] == .bool(true)
  }

  var json: JSON {
    [
      "route": .string(route), "kind": .string(kind.rawValue),
      "count": count.map { .int($0) } ?? .null,
      "probability": .number("\(Double(probability) / 1_000_000)"),
      "seconds": .number("\(Double(delay.microseconds) / 1_000_000)"), "status": .int(status),
      "after": .bool(isAfter),
    ]
  }
}

package struct FaultRuleError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = "faults: " + description }
}
