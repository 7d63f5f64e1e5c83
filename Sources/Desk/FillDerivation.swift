package import TradingTime

/// What the ledger already holds of one order.
package struct LedgeredOrder: Hashable, Sendable {
  package let quantity: Quantity
  package let value: Money
  package let tradeIDs: Set<String>

  package init(quantity: Quantity, value: Money, tradeIDs: Set<String>) {
    self.quantity = quantity
    self.value = value
    self.tradeIDs = tradeIDs
  }

  package static let nothing = LedgeredOrder(quantity: 0, value: .zero, tradeIDs: [])
}

/// The fills that an order's latest row adds to the ledger. Real trades are taken one by one; what
/// the executed total says beyond them is one step, named `agg:<total>`, so that a row read twice
/// adds nothing twice. A total that shrank adds nothing either: the ledger is never edited, and
/// reconciliation will show the difference.
package enum FillDerivation {
  package static func newFills(
    of order: BrokerOrder, trades: [BrokerTrade] = [], ledgered: LedgeredOrder,
    accountID: String, tradedOn: CivilDate, observedAt: Instant
  ) -> [Fill] {
    let mayTakeTrades = !ledgered.tradeIDs.contains { $0.hasPrefix("agg:") }
    let fresh = mayTakeTrades ? trades.filter { !ledgered.tradeIDs.contains($0.tradeID) } : []
    var fills = fresh.filter { $0.quantity != 0 }.map { trade in
      Fill(
        accountID: accountID, key: order.key, product: order.product, orderID: order.orderID,
        tradeID: trade.tradeID, quantity: trade.quantity, price: trade.price, tradedOn: tradedOn,
        tradedAt: trade.tradedAt)
    }
    let quantity =
      Quantity(ledgered.quantity.magnitude)
      + fresh.reduce(0) {
        $0 + Quantity($1.quantity.magnitude)
      }
    let value = ledgered.value + fills.map(\.value).total()
    guard let step = step(order, beyond: quantity, value) else { return fills }
    fills.append(
      Fill(
        accountID: accountID, key: order.key, product: order.product, orderID: order.orderID,
        tradeID: "agg:\(order.executed)", quantity: order.side.signed(step.quantity),
        price: step.price, tradedOn: tradedOn, tradedAt: order.updatedAt ?? observedAt))
    return fills
  }

  /// The broker gives an average over all; the step's own price follows from both values. Where the
  /// average's rounding makes that absurd, the average is the better guess.
  private static func step(
    _ order: BrokerOrder, beyond quantity: Quantity, _ value: Money
  ) -> (quantity: Quantity, price: Money)? {
    let step = order.executed - quantity
    guard step > 0, let average = order.averagePrice, average.isPositive else { return nil }
    let own = (average * order.executed - value).divided(by: step, places: 6)
    guard let own, own.isPositive, (own - average).magnitude < average else {
      return (step, average)
    }
    return (step, own)
  }
}
