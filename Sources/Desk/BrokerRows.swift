package import TradingTime

/// A line of the broker's position book, with the broker's own figures. They stand beside ours and
/// never replace them. Nothing here is invented: what the broker left out is nil.
package struct BrokerPosition: Hashable, Sendable {
  package let key: InstrumentKey
  package let symbol: String
  package let product: String
  package let buyQuantity: Quantity
  package let buyAverage: Money?
  package let sellQuantity: Quantity
  package let sellAverage: Money?
  /// Opening quantity plus buys less sells, signed.
  package let netQuantity: Quantity
  package let averagePrice: Money?
  package let bookedProfit: Money?
  package let unrealisedProfit: Money?

  package init(
    key: InstrumentKey, symbol: String, product: String, buyQuantity: Quantity = 0,
    buyAverage: Money? = nil, sellQuantity: Quantity = 0, sellAverage: Money? = nil,
    netQuantity: Quantity, averagePrice: Money? = nil, bookedProfit: Money? = nil,
    unrealisedProfit: Money? = nil
  ) {
    self.key = key
    self.symbol = symbol
    self.product = product
    self.buyQuantity = buyQuantity
    self.buyAverage = buyAverage
    self.sellQuantity = sellQuantity
    self.sellAverage = sellAverage
    self.netQuantity = netQuantity
    self.averagePrice = averagePrice
    self.bookedProfit = bookedProfit
    self.unrealisedProfit = unrealisedProfit
  }
}

/// A line of the broker's holdings. The broker names shares by listing (`NSE`) and symbol only.
/// Free, unsettled and pledged shares are all owned: a report of one of them alone shows zero for
/// a client who pledged.
package struct BrokerHolding: Hashable, Sendable {
  package let listing: String
  package let symbol: String
  /// In the demat account (`dp`).
  package let demat: Quantity
  /// Of these, free to sell (`aval`).
  package let available: Quantity
  /// Bought, not yet settled (`receivable`).
  package let receivable: Quantity
  package let pledged: Quantity
  /// Financed under margin trading (`mf`).
  package let financed: Quantity
  package let averagePrice: Money?

  package init(
    listing: String, symbol: String, demat: Quantity, available: Quantity,
    receivable: Quantity = 0, pledged: Quantity = 0, financed: Quantity = 0,
    averagePrice: Money? = nil
  ) {
    self.listing = listing
    self.symbol = symbol
    self.demat = demat
    self.available = available
    self.receivable = receivable
    self.pledged = pledged
    self.financed = financed
    self.averagePrice = averagePrice
  }

  /// Everything the client owns, wherever it lies.
  package var owned: Quantity { demat + receivable + pledged + financed }
}

/// The broker's limit statement of one exchange. `cash` is the figure the desk watches; `figures`
/// keeps every amount under the broker's own name, because no documented field is "the margin".
package struct BrokerFunds: Hashable, Sendable {
  package let exchange: String
  package let cash: Money?
  package let figures: [String: Money]

  package init(exchange: String, cash: Money?, figures: [String: Money]) {
    self.exchange = exchange
    self.cash = cash
    self.figures = figures
  }
}

/// One execution as the broker's trade list gives it. `quantity` is signed.
package struct BrokerTrade: Hashable, Sendable {
  package let key: InstrumentKey
  package let orderID: String
  package let tradeID: String
  package let quantity: Quantity
  package let price: Money
  package let tradedAt: Instant

  package init(
    key: InstrumentKey, orderID: String, tradeID: String, quantity: Quantity, price: Money,
    tradedAt: Instant
  ) {
    self.key = key
    self.orderID = orderID
    self.tradeID = tradeID
    self.quantity = quantity
    self.price = price
    self.tradedAt = tradedAt
  }
}
