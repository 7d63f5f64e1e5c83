import TradingTime

/// One layer's findings on the way to a result.
struct LayerComparison {
  var state: LayerOutcome.State
  var found: [Discrepancy] = []
  var matched: Set<DiscrepancyIdentity> = []

  init(found: [Discrepancy], matched: Set<DiscrepancyIdentity>) {
    state = .compared(matched: matched.count, broken: found.count)
    self.found = found
    self.matched = matched
  }

  init(informational reason: String) {
    state = .informational(reason: reason)
  }

  init(_ layer: ReconciliationLayer, of accountID: String, notComparable reason: String) {
    state = .notComparable(reason: reason)
    found = [
      Discrepancy(
        identity: DiscrepancyIdentity(
          accountID: accountID, layer: .completeness, key: layer.rawValue),
        type: .notComparable, severity: .high, instrument: nil, symbol: "", ours: "",
        theirs: "none", difference: reason, moneyAtRisk: nil)
    ]
  }
}

/// Completeness: a layer is compared only if its book was fetched and read, is not older than what
/// it must show, and is not empty while we hold something. A system that took an empty answer for
/// "flat" deleted its positions in the middle of a session.
extension LedgerBooks {
  /// How long after a trade the broker's book is given to show it.
  static let settlingTime = Duration.seconds(5)

  var holdsOrders: Bool { !orders.isEmpty || !fills.isEmpty }

  /// Carried shares move from the position book to the holdings; contracts stay.
  var expectsPositions: Bool {
    positions.contains { position in
      position.bought != 0 || position.sold != 0
        || (position.opening != 0 && !position.key.isCash)
    }
  }

  func compare<Row>(
    _ layer: ReconciliationLayer, _ answer: BookAnswer<Row>, isHeld: Bool,
    _ comparison: ([Row]) -> LayerComparison
  ) -> LayerComparison {
    switch answer {
    case .missing(let reason):
      return LayerComparison(layer, of: accountID, notComparable: reason)
    case .rows(let rows, let receivedAt):
      if let lastActivityAt, receivedAt - lastActivityAt < Self.settlingTime {
        return LayerComparison(
          layer, of: accountID, notComparable: "the answer is older than our last trade")
      }
      if rows.isEmpty && isHeld {
        return LayerComparison(
          layer, of: accountID,
          notComparable: "the broker's answer is empty, but our books are not")
      }
      return comparison(rows)
    }
  }

  func identity(_ layer: ReconciliationLayer, _ key: String) -> DiscrepancyIdentity {
    DiscrepancyIdentity(accountID: accountID, layer: layer, key: key)
  }
}
