package import TradingTime

/// One execution in our ledger. Fills are only ever added: positions, lots and profit follow from
/// them and from nothing else. `tradeID` is the exchange's where it is known, else `agg:<total>`
/// for the step by which an order's executed total grew.
package struct Fill: Hashable, Sendable {
  package let accountID: String
  package let key: InstrumentKey
  package let product: String
  package let orderID: String
  package let tradeID: String
  /// Signed: bought is positive.
  package let quantity: Quantity
  package let price: Money
  package let tradedOn: CivilDate
  package let tradedAt: Instant

  package init(
    accountID: String, key: InstrumentKey, product: String = "", orderID: String,
    tradeID: String, quantity: Quantity, price: Money, tradedOn: CivilDate, tradedAt: Instant
  ) {
    self.accountID = accountID
    self.key = key
    self.product = product
    self.orderID = orderID
    self.tradeID = tradeID
    self.quantity = quantity
    self.price = price
    self.tradedOn = tradedOn
    self.tradedAt = tradedAt
  }

  package var value: Money { price * Quantity(quantity.magnitude) }

  /// Exchange time, then the exchange's trade id; both come from outside, so every replay of the
  /// ledger meets the fills in the same order.
  package static func inExchangeOrder(_ left: Fill, _ right: Fill) -> Bool {
    (left.tradedAt, left.orderID, left.tradeID) < (right.tradedAt, right.orderID, right.tradeID)
  }
}
