/// What many Indian brokers print: all of a day's buys against all of its sells at their averages,
/// in whatever order they came. Needed only to explain the broker's screen; it moves profit
/// between booked and open when a position is closed and opened again.
package struct DayPool: Hashable, Sendable {
  package private(set) var bought: Quantity = 0
  package private(set) var boughtValue: Money = .zero
  package private(set) var sold: Quantity = 0
  package private(set) var soldValue: Money = .zero

  package init() {}

  package init(_ fills: some Sequence<Fill>) {
    for fill in fills { apply(fill.quantity, at: fill.price) }
  }

  package mutating func apply(_ quantity: Quantity, at price: Money) {
    let size = Quantity(quantity.magnitude)
    if quantity > 0 {
      bought += size
      boughtValue += price * size
    } else {
      sold += size
      soldValue += price * size
    }
  }

  package var net: Quantity { bought - sold }
  package var turnover: Money { boughtValue + soldValue }

  package var realised: Money {
    let matched = min(bought, sold)
    let sale = (soldValue * matched).divided(by: sold, places: 12) ?? .zero
    let purchase = (boughtValue * matched).divided(by: bought, places: 12) ?? .zero
    return sale - purchase
  }

  package func unrealised(at mark: Money) -> Money {
    soldValue - boughtValue + mark * net - realised
  }
}
