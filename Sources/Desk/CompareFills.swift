/// Fills: executed quantity and value per order, many fills against one line. Quantity must agree
/// exactly, value within what the broker's own rounding explains.
extension LedgerBooks {
  func compareFills(_ theirs: [ExecutedTotal]) -> LayerComparison {
    let ours = Dictionary(ExecutedTotal.ofFills(fills + earlierFills).map { ($0.name, $0) }) {
      _, last in last
    }
    let broker = Dictionary(theirs.map { ($0.name, $0) }) { _, last in last }
    var found: [Discrepancy] = []
    var matched: Set<DiscrepancyIdentity> = []
    for name in Set(ours.keys).union(broker.keys) {
      if let difference = difference(name, ours[name], broker[name]) {
        found.append(difference)
      } else {
        matched.insert(identity(.fills, name))
      }
    }
    return LayerComparison(found: found, matched: matched)
  }

  private func difference(
    _ name: String, _ ours: ExecutedTotal?, _ theirs: ExecutedTotal?
  ) -> Discrepancy? {
    guard let known = theirs ?? ours, let gap = Self.gap(ours, theirs) else { return nil }
    let symbol = orders.first { $0.name == name }?.symbol ?? ""
    return Discrepancy(
      identity: identity(.fills, name), type: gap.type, severity: gap.severity,
      instrument: known.key, symbol: symbol, ours: ours?.summary ?? "none",
      theirs: theirs?.summary ?? "none", difference: gap.text, moneyAtRisk: gap.worth)
  }

  private struct Gap {
    let type: DiscrepancyType
    let severity: Severity
    let text: String
    let worth: Money?
  }

  private static func gap(_ ours: ExecutedTotal?, _ theirs: ExecutedTotal?) -> Gap? {
    switch (ours, theirs) {
    case (nil, nil): return nil
    case (.some(let ours), nil):
      return Gap(
        type: .missingAtBroker, severity: .critical, text: "\(-ours.quantity) units",
        worth: ours.value)
    case (nil, .some(let theirs)):
      return Gap(
        type: .missingInternally, severity: .critical, text: "\(theirs.quantity) units",
        worth: theirs.value)
    case (.some(let ours), .some(let theirs)): return unequal(ours, theirs)
    }
  }

  private static func unequal(_ ours: ExecutedTotal, _ theirs: ExecutedTotal) -> Gap? {
    let units = theirs.quantity - ours.quantity
    if units != 0 {
      let flipped = (ours.quantity < 0) != (theirs.quantity < 0) && theirs.quantity != 0
      let each = ours.value?.divided(by: Quantity(ours.quantity.magnitude), places: 4)
      return Gap(
        type: flipped ? .side : .quantity, severity: .critical, text: "\(units) units",
        worth: each.map { $0 * Quantity(units.magnitude) })
    }
    guard let mine = ours.value, let broker = theirs.value else { return nil }
    let off = broker - mine
    guard off.magnitude > theirs.valueTolerance() else { return nil }
    return Gap(
      type: .price, severity: .high,
      text: "\(off.text()) over \(theirs.quantity.magnitude) units, tolerated "
        + theirs.valueTolerance().text(),
      worth: off.magnitude)
  }
}

extension ExecutedTotal {
  var summary: String { "\(quantity) for \(value?.text() ?? "an unknown value")" }
}
