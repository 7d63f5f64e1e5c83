/// Holdings: free, unsettled and pledged shares together against what we expect to own.
extension LedgerBooks {
  func compareHoldings(
    _ answer: BookAnswer<BrokerHolding>
  ) -> LayerComparison {
    guard let expected = holdings else {
      return LayerComparison(informational: "no earlier day to expect holdings from")
    }
    let isHeld = expected.contains { !$0.allows(0) }
    return compare(.holdings, answer, isHeld: isHeld) { rows in
      let ours = Dictionary(expected.map { ($0.name, $0) }) { _, last in last }
      let theirs = Dictionary(rows.map { ($0.name, $0) }) { _, last in last }
      var found: [Discrepancy] = []
      var matched: Set<DiscrepancyIdentity> = []
      for name in Set(ours.keys).union(theirs.keys) {
        if let difference = difference(name, ours[name], theirs[name]) {
          found.append(difference)
        } else {
          matched.insert(identity(.holdings, name))
        }
      }
      return LayerComparison(found: found, matched: matched)
    }
  }

  private func difference(
    _ name: String, _ ours: LedgerHolding?, _ theirs: BrokerHolding?
  ) -> Discrepancy? {
    let owned = theirs?.owned ?? 0
    let settled = ours?.settled ?? 0
    if let ours { guard !ours.allows(owned) else { return nil } }
    guard ours != nil || owned != 0 else { return nil }
    let type: DiscrepancyType =
      ours == nil ? .missingInternally : theirs == nil ? .missingAtBroker : .quantity
    let units = owned - settled
    return Discrepancy(
      identity: identity(.holdings, name), type: type, severity: .critical, instrument: nil,
      symbol: ours?.symbol ?? theirs?.symbol ?? "", ours: ours == nil ? "none" : "\(settled)",
      theirs: theirs == nil ? "none" : "\(owned)", difference: "\(units) units",
      moneyAtRisk: theirs?.averagePrice.map { $0 * Quantity(units.magnitude) })
  }
}

extension BrokerHolding {
  package var name: String { "\(listing):\(symbol)" }
}
