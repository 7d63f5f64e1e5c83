/// Weighted average cost, for one instrument in one account: what most terminals show. The pool is
/// kept as cost and position, so the average itself is never rounded; only the share of the cost
/// that leaves with a partial close is, at twelve places.
package struct AverageCost: Hashable, Sendable {
  package private(set) var position: Quantity = 0
  /// Signed like the position.
  package private(set) var cost: Money = .zero
  package private(set) var realised: Money = .zero

  package init() {}

  package init(_ fills: some Sequence<Fill>) {
    for fill in fills.sorted(by: Fill.inExchangeOrder) { apply(fill.quantity, at: fill.price) }
  }

  package func averagePrice(places: Int = 4) -> Money? {
    cost.divided(by: position, places: places)
  }

  package func unrealised(at mark: Money) -> Money { mark * position - cost }

  package mutating func apply(_ quantity: Quantity, at price: Money) {
    let opposes = position != 0 && (position > 0) != (quantity > 0)
    guard opposes else {
      position += quantity
      cost += price * quantity
      return
    }
    let size = Quantity(min(position.magnitude, quantity.magnitude))
    let closed = position > 0 ? size : -size
    let leaving = (cost * closed).divided(by: position, places: 12) ?? .zero
    realised += price * closed - leaving
    position -= closed
    cost = position == 0 ? .zero : cost - leaving
    let rest = quantity + closed
    position += rest
    cost += price * rest
  }
}
