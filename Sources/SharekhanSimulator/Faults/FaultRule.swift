import TradingTime

/// One way in which the broker is to fail, and where: what a test or a demo asks for.
package struct FaultRule: Sendable, Equatable {
  /// What goes wrong. Those marked *before* keep the request from being carried out, unless the
  /// rule says `"after": true`; the rest spoil the answer to a request that was.
  package enum Kind: String, Sendable, CaseIterable {
    /// The answer comes `seconds` late; the request was carried out at once.
    case delay
    /// An error with the broker's body for the given status. Before.
    case status
    /// The front proxy's HTML page, under `status` (502). Before.
    case html
    /// HTTP 204 with nothing in it.
    case empty204
    /// Half of the body.
    case truncate
    /// `"data": null`
    case null
    /// `"data": "no_records"`
    case noRecords = "no_records"
    /// Every access token given out so far stops working. Before.
    case expireTokens = "expire_tokens"
  }

  package let route: String
  package let kind: Kind
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
}

extension FaultRule {
  /// Reads a list of rules, or says what is wrong with which of them.
  package static func list(_ json: JSON) throws(FaultRuleError) -> [FaultRule] {
    guard case .array(let items) = json else { throw FaultRuleError("expected a list of rules") }
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
    guard let kind = json["kind"]?.scalarText.flatMap(Kind.init(rawValue:)) else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
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
    delay = .milliseconds(Int64((try number("seconds", in: 0...3600) ?? 1) * 1000))
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
