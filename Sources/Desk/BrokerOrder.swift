package import TradingTime

/// What the broker's status text means. A text we do not know stays what it is: it is treated as
/// open, never as the end of an order, and makes the order layer not comparable.
package enum OrderStatus: Hashable, Sendable {
  case inProcess, pending, partlyExecuted, fullyExecuted, rejected, cancelled, expired
  case unrecognised(String)

  package var isTerminal: Bool {
    switch self {
    case .fullyExecuted, .rejected, .cancelled, .expired: true
    case .inProcess, .pending, .partlyExecuted, .unrecognised: false
    }
  }

  /// The word kept in tables.
  package var word: String {
    switch self {
    case .inProcess: "in-process"
    case .pending: "pending"
    case .partlyExecuted: "partly-executed"
    case .fullyExecuted: "fully-executed"
    case .rejected: "rejected"
    case .cancelled: "cancelled"
    case .expired: "expired"
    case .unrecognised: "unrecognised"
    }
  }
}

extension OrderStatus {
  /// A status read back from a table, with the broker's text beside it.
  package init?(word: String, text: String) {
    let known: [OrderStatus] = [
      .inProcess, .pending, .partlyExecuted, .fullyExecuted, .rejected, .cancelled, .expired,
      .unrecognised(text),
    ]
    guard let status = known.first(where: { $0.word == word }) else { return nil }
    self = status
  }
}

/// One order as the broker's day book shows it: one row in its latest state, or one row of the
/// order's history. Quantities are counts; the side gives them their sign.
package struct BrokerOrder: Hashable, Sendable {
  package let key: InstrumentKey
  package let symbol: String
  package let product: String
  package let orderID: String
  /// Empty until the exchange has acknowledged.
  package let exchangeOrderID: String
  package let side: Side
  package let quantity: Quantity
  package let executed: Quantity
  package let price: Money?
  package let triggerPrice: Money?
  /// Average price of what is executed, rounded to two decimals by the broker; nil before that.
  package let averagePrice: Money?
  package let status: OrderStatus
  package let statusText: String
  package let requestStatus: String
  package let channel: String
  package let orderedAt: Instant?
  package let updatedAt: Instant?
  package let message: String

  package init(
    key: InstrumentKey, symbol: String, product: String = "", orderID: String,
    exchangeOrderID: String = "", side: Side, quantity: Quantity, executed: Quantity,
    price: Money? = nil, triggerPrice: Money? = nil, averagePrice: Money? = nil,
    status: OrderStatus, statusText: String, requestStatus: String = "", channel: String = "",
    orderedAt: Instant? = nil, updatedAt: Instant? = nil, message: String = ""
  ) {
    self.key = key
    self.symbol = symbol
    self.product = product
    self.orderID = orderID
    self.exchangeOrderID = exchangeOrderID
    self.side = side
    self.quantity = quantity
    self.executed = executed
    self.price = price
    self.triggerPrice = triggerPrice
    self.averagePrice = averagePrice
    self.status = status
    self.statusText = statusText
    self.requestStatus = requestStatus
    self.channel = channel
    self.orderedAt = orderedAt
    self.updatedAt = updatedAt
    self.message = message
  }
}
