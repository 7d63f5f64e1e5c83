package import TradingTime

/// A quantity still open from one fill; signed like the fill.
package struct Lot: Hashable, Sendable {
  package let orderID: String
  package let tradeID: String
  package let openedOn: CivilDate
  package let price: Money
  package internal(set) var quantity: Quantity
}

/// One opening fill meeting one closing fill. Tax, holding periods and win statistics rest on it.
package struct LotMatch: Hashable, Sendable {
  package let openingOrderID: String
  package let openingTradeID: String
  package let openedOn: CivilDate
  package let openingPrice: Money
  package let closingOrderID: String
  package let closingTradeID: String
  package let closedOn: CivilDate
  package let closingPrice: Money
  /// Units closed, signed like the lot: positive closed a long lot.
  package let quantity: Quantity

  package var realised: Money { (closingPrice - openingPrice) * quantity }
}

/// First in, first out, for one instrument in one account. Lots all point the same way; a fill
/// larger than what is open closes everything and opens the rest at its own price, which is the
/// whole rule for crossing zero.
package struct LotBook: Hashable, Sendable {
  package private(set) var lots: [Lot] = []
  package private(set) var matches: [LotMatch] = []

  package init() {}

  package init(_ fills: some Sequence<Fill>) {
    for fill in fills.sorted(by: Fill.inExchangeOrder) { apply(fill) }
  }

  package var position: Quantity { lots.reduce(0) { $0 + $1.quantity } }
  package var realised: Money { matches.map(\.realised).total() }
  package var cost: Money { lots.map { $0.price * $0.quantity }.total() }

  package func unrealised(at mark: Money) -> Money { mark * position - cost }

  package func averagePrice(places: Int = 4) -> Money? {
    cost.divided(by: position, places: places)
  }

  @discardableResult
  package mutating func apply(_ fill: Fill) -> Money {
    var left = fill.quantity
    var gained = Money.zero
    while left != 0, let front = lots.first, (front.quantity > 0) != (left > 0) {
      let size = Quantity(min(front.quantity.magnitude, left.magnitude))
      let closed = front.quantity > 0 ? size : -size
      let match = LotMatch(closing: front, with: fill, quantity: closed)
      matches.append(match)
      gained += match.realised
      lots[0].quantity -= closed
      if lots[0].quantity == 0 { lots.removeFirst() }
      left += closed
    }
    if left != 0 { lots.append(Lot(openedBy: fill, quantity: left)) }
    return gained
  }
}

extension Lot {
  fileprivate init(openedBy fill: Fill, quantity: Quantity) {
    self.init(
      orderID: fill.orderID, tradeID: fill.tradeID, openedOn: fill.tradedOn, price: fill.price,
      quantity: quantity)
  }
}

extension LotMatch {
  fileprivate init(closing lot: Lot, with fill: Fill, quantity: Quantity) {
    self.init(
      openingOrderID: lot.orderID, openingTradeID: lot.tradeID, openedOn: lot.openedOn,
      openingPrice: lot.price, closingOrderID: fill.orderID, closingTradeID: fill.tradeID,
      closedOn: fill.tradedOn, closingPrice: fill.price, quantity: quantity)
  }
}
