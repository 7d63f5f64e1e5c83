/// Orders: what we know of each order against the broker's row. An order that ended at the broker
/// while we still show it open is a matter of time; two different endings are not.
extension LedgerBooks {
  func compareOrders(_ theirs: [BrokerOrder]) -> LayerComparison {
    if let row = theirs.first(where: { $0.status.word == "unrecognised" }) {
      return LayerComparison(
        .orders, of: accountID,
        notComparable: "unknown order status \"\(row.statusText)\" of \(row.name)")
    }
    let ours = Dictionary(orders.map { ($0.name, $0) }) { _, last in last }
    let broker = Dictionary(theirs.map { ($0.name, $0) }) { _, last in last }
    var found: [Discrepancy] = []
    var matched: Set<DiscrepancyIdentity> = []
    for name in Set(ours.keys).union(broker.keys) {
      if let difference = difference(name, ours[name], broker[name]) {
        found.append(difference)
      } else {
        matched.insert(identity(.orders, name))
      }
    }
    return LayerComparison(found: found, matched: matched)
  }

  private func difference(
    _ name: String, _ ours: BrokerOrder?, _ theirs: BrokerOrder?
  ) -> Discrepancy? {
    guard let known = ours ?? theirs else { return nil }
    let verdict: (DiscrepancyType, Severity, String)
    switch (ours, theirs) {
    case (nil, .some(let theirs)):
      verdict = (
        .missingInternally, theirs.executed == 0 ? .high : .critical, "an order we never saw"
      )
    case (.some(let ours), nil):
      verdict = (
        .missingAtBroker, ours.executed == 0 ? .high : .critical, "the broker lacks this order"
      )
    case (.some(let ours), .some(let theirs)):
      guard let unequal = Self.unequal(ours, theirs) else { return nil }
      verdict = unequal
    case (nil, nil): return nil
    }
    return Discrepancy(
      identity: identity(.orders, name), type: verdict.0, severity: verdict.1,
      instrument: known.key, symbol: known.symbol, ours: ours?.summary ?? "none",
      theirs: theirs?.summary ?? "none", difference: verdict.2, moneyAtRisk: nil)
  }

  private static func unequal(
    _ ours: BrokerOrder, _ theirs: BrokerOrder
  ) -> (DiscrepancyType, Severity, String)? {
    if ours.side != theirs.side { return (.side, .critical, "the sides differ") }
    if ours.quantity != theirs.quantity {
      return (.quantity, .critical, "\(theirs.quantity - ours.quantity) units")
    }
    if ours.price != theirs.price { return (.price, .high, "the limits differ") }
    guard ours.status != theirs.status else { return nil }
    if ours.status.isTerminal {
      return (.status, .high, "we have it \(ours.status.word), the broker \(theirs.status.word)")
    }
    return (.timing, .info, "it moved on to \(theirs.status.word) since we looked")
  }
}

extension BrokerOrder {
  /// How an order is named in breaks: order numbers are unique within an exchange segment.
  package var name: String { "\(key.exchange)/\(orderID)" }

  var summary: String {
    "\(side.rawValue) \(quantity) at \(price?.description ?? "market"), \(status.word)"
  }
}
