/// What was compared. A break keeps its layer for life.
package enum ReconciliationLayer: String, Hashable, Sendable, Codable, CaseIterable {
  case completeness, orders, fills, positions, holdings, cash
}

/// Who a break is: neither its type nor its amount, so that a later run that finds it changed
/// updates it and its history stays one history.
package struct DiscrepancyIdentity: Hashable, Sendable, Comparable {
  package let accountID: String
  package let layer: ReconciliationLayer
  /// `NC:2885` for positions, `NC/1234567` for orders and fills, `NSE:INFY` for holdings, the
  /// layer's name for completeness.
  package let key: String

  package init(accountID: String, layer: ReconciliationLayer, key: String) {
    self.accountID = accountID
    self.layer = layer
    self.key = key
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.accountID, left.layer.rawValue, left.key)
      < (right.accountID, right.layer.rawValue, right.key)
  }
}

package enum DiscrepancyType: String, Hashable, Sendable, Codable, CaseIterable {
  case missingInternally = "MISSING_INTERNALLY"
  case missingAtBroker = "MISSING_AT_BROKER"
  case quantity = "QUANTITY"
  case side = "SIDE"
  case price = "PRICE"
  case status = "STATUS"
  case timing = "TIMING"
  case notComparable = "NOT_COMPARABLE"
}

package enum Severity: Int, Hashable, Sendable, Comparable, CaseIterable {
  case info, medium, high, critical

  package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

  package init?(word: String) {
    guard let known = Severity.allCases.first(where: { $0.word == word }) else { return nil }
    self = known
  }

  package var word: String {
    switch self {
    case .info: "info"
    case .medium: "medium"
    case .high: "high"
    case .critical: "critical"
    }
  }

  /// A break that stays open grows: one step at ages of 1, 3 and 5 sessions. What is explained by
  /// its class (`info`) does not.
  package func raised(ageInSessions age: Int) -> Severity {
    guard self != .info else { return self }
    let steps = [1, 3, 5].count { age >= $0 }
    return Severity(rawValue: min(rawValue + steps, Severity.critical.rawValue)) ?? .critical
  }
}

/// One difference between our books and the broker's: a break.
package struct Discrepancy: Hashable, Sendable {
  package let identity: DiscrepancyIdentity
  package let type: DiscrepancyType
  package let severity: Severity
  package let instrument: InstrumentKey?
  package let symbol: String
  /// Both sides as words and figures, for people; `none` where one has nothing.
  package let ours: String
  package let theirs: String
  package let difference: String
  /// What the difference is worth, for sorting; nil if there is no price to say it with.
  package let moneyAtRisk: Money?

  /// Most severe first, then most money, then by name: the same order in every report.
  package static func worstFirst(_ left: Discrepancy, _ right: Discrepancy) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    let amounts = (left.moneyAtRisk ?? .zero, right.moneyAtRisk ?? .zero)
    if amounts.0 != amounts.1 { return amounts.0 > amounts.1 }
    return left.identity < right.identity
  }
}
