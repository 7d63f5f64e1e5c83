/// A number of units, never lots. Bought and long are positive, sold and short are negative; there
/// is no separate side to contradict the sign.
package typealias Quantity = Int64

/// The side of an order or a fill, where the broker names it apart from the number.
package enum Side: String, Hashable, Sendable, Codable {
  case buy
  case sell

  package init(signOf quantity: Quantity) {
    self = quantity < 0 ? .sell : .buy
  }

  package var opposite: Side { self == .buy ? .sell : .buy }

  package func signed(_ count: Quantity) -> Quantity {
    let size = Quantity(count.magnitude)
    return self == .buy ? size : -size
  }
}
