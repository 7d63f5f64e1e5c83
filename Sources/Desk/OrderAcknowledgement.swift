package import TradingTime

/// Word of an order that came by the feed: a hint to look into the broker's book, never the ledger.
/// Nothing numbers these, nothing repeats what was missed, and the same one may come twice.
package struct OrderAcknowledgement: Hashable, Sendable {
  /// Whose connection brought it.
  package let accountID: String
  package let customerID: String?
  package let orderID: String
  package let exchangeOrderID: String?
  /// The broker's word, such as `NewOrderConfirmation`; which ones there are is not known for sure.
  package let state: String
  package let symbol: String?
  package let side: Side?
  package let quantity: Quantity?
  package let remaining: Quantity?
  /// Of the execution that caused it, as far as is known; 0 where there was none.
  package let tradedQuantity: Quantity?
  package let tradedPrice: Money?
  package let tradeID: String?
  package let exchangeAt: Instant?
  package let message: String?
  package let receivedAt: Instant
  /// The whole message, byte for byte.
  package let body: [UInt8]

  package init(
    accountID: String, customerID: String?, orderID: String, exchangeOrderID: String? = nil,
    state: String, symbol: String? = nil, side: Side? = nil, quantity: Quantity? = nil,
    remaining: Quantity? = nil, tradedQuantity: Quantity? = nil, tradedPrice: Money? = nil,
    tradeID: String? = nil, exchangeAt: Instant? = nil, message: String? = nil,
    receivedAt: Instant, body: [UInt8]
  ) {
    self.accountID = accountID
    self.customerID = customerID
    self.orderID = orderID
    self.exchangeOrderID = exchangeOrderID
    self.state = state
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.remaining = remaining
    self.tradedQuantity = tradedQuantity
    self.tradedPrice = tradedPrice
    self.tradeID = tradeID
    self.exchangeAt = exchangeAt
    self.message = message
    self.receivedAt = receivedAt
    self.body = body
  }
}
