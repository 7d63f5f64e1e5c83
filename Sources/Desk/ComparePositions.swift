/// Positions, per instrument over all products: the broker names products differently in its order
/// and position books. Averages are not compared, because the methods differ; quantities are.
extension LedgerBooks {
  func comparePositions(
    _ theirs: [BrokerPosition], marks: [InstrumentKey: Money]
  ) -> LayerComparison {
    let ours = Dictionary(positions.map { ($0.key, $0) }) { _, last in last }
    let broker = Dictionary(theirs.map { ($0.key, $0) }) { $0.joined(with: $1) }
    var found: [Discrepancy] = []
    var matched: Set<DiscrepancyIdentity> = []
    for key in Set(ours.keys).union(broker.keys) {
      if let difference = difference(key, ours[key], broker[key], marks[key]) {
        found.append(difference)
      } else {
        matched.insert(identity(.positions, key.description))
      }
    }
    return LayerComparison(found: found, matched: matched)
  }

  private func difference(
    _ key: InstrumentKey, _ ours: LedgerPosition?, _ theirs: BrokerPosition?, _ mark: Money?
  ) -> Discrepancy? {
    let nothing = LedgerPosition(key: key, symbol: "", opening: 0, bought: 0, sold: 0)
    let mine = (ours ?? nothing).expected(against: theirs)
    let broker = theirs?.netQuantity ?? 0
    let dayGap = (ours ?? nothing).dayGap(theirs)
    guard mine != broker || dayGap != 0 else { return nil }
    let type: DiscrepancyType
    switch (ours, theirs) {
    case (nil, _): type = .missingInternally
    case (_, nil): type = .missingAtBroker
    default: type = mine.signum() * broker.signum() < 0 ? .side : .quantity
    }
    let units = mine == broker ? dayGap : broker - mine
    return Discrepancy(
      identity: identity(.positions, key.description), type: type, severity: .critical,
      instrument: key, symbol: ours?.symbol ?? theirs?.symbol ?? "",
      ours: ours == nil ? "none" : "\(mine)", theirs: theirs == nil ? "none" : "\(broker)",
      difference: mine == broker ? "\(units) units bought or sold today" : "\(units) units",
      moneyAtRisk: mark.map { $0 * Quantity(units.magnitude) })
  }
}

extension LedgerPosition {
  /// What the broker's book should say. Shares carried from earlier days stand in the holdings, and
  /// some books add them to the day's trades and some do not: the broker's own arithmetic (net less
  /// buys plus sells) shows which, and both are right.
  func expected(against theirs: BrokerPosition?) -> Quantity {
    guard key.isCash else { return closing }
    let carried = theirs.map { $0.netQuantity - $0.buyQuantity + $0.sellQuantity } ?? 0
    return carried == 0 ? bought - sold : closing
  }

  /// The day's trading compared apart from the net: a buy and a sale that are both missing cancel
  /// out in the net. Only where the broker gives buys and sells at all.
  func dayGap(_ theirs: BrokerPosition?) -> Quantity {
    guard let theirs, theirs.buyQuantity != 0 || theirs.sellQuantity != 0 else { return 0 }
    let buys = theirs.buyQuantity - bought
    let sells = theirs.sellQuantity - sold
    return buys != 0 ? buys : -sells
  }
}

extension BrokerPosition {
  /// Two lines of the same instrument in different products, taken together.
  package func joined(with other: BrokerPosition) -> BrokerPosition {
    BrokerPosition(
      key: key, symbol: symbol, product: "", buyQuantity: buyQuantity + other.buyQuantity,
      sellQuantity: sellQuantity + other.sellQuantity,
      netQuantity: netQuantity + other.netQuantity,
      bookedProfit: Self.sum(bookedProfit, other.bookedProfit),
      unrealisedProfit: Self.sum(unrealisedProfit, other.unrealisedProfit))
  }

  private static func sum(_ left: Money?, _ right: Money?) -> Money? {
    guard let left, let right else { return nil }
    return left + right
  }
}
