/// What was executed of one order in all, from whichever source: the broker may show one line for
/// many fills, and that is a match, not a break.
package struct ExecutedTotal: Hashable, Sendable {
  package let key: InstrumentKey
  package let orderID: String
  /// Signed.
  package let quantity: Quantity
  /// Nil if the source gave no price.
  package let value: Money?

  package init(key: InstrumentKey, orderID: String, quantity: Quantity, value: Money?) {
    self.key = key
    self.orderID = orderID
    self.quantity = quantity
    self.value = value
  }

  package init(_ order: BrokerOrder) {
    let average = order.averagePrice.flatMap { $0.isPositive ? $0 : nil }
    self.init(
      key: order.key, orderID: order.orderID, quantity: order.side.signed(order.executed),
      value: average.map { $0 * order.executed })
  }

  package var name: String { "\(key.exchange)/\(orderID)" }

  package static func ofOrders(_ orders: [BrokerOrder]) -> [ExecutedTotal] {
    orders.filter { $0.executed > 0 }.map(ExecutedTotal.init)
  }

  package static func ofFills(_ fills: [Fill]) -> [ExecutedTotal] {
    Dictionary(grouping: fills) { "\($0.key.exchange)/\($0.orderID)" }.values.compactMap { group in
      group.first.map { first in
        ExecutedTotal(
          key: first.key, orderID: first.orderID,
          quantity: group.reduce(0) { $0 + $1.quantity }, value: group.map(\.value).total())
      }
    }
  }

  /// The broker rounds averages to two decimals, so over `quantity` units half a paisa each may
  /// differ, and one paisa more for the value's own rounding.
  func valueTolerance() -> Money {
    (Money(rupees: 5) * Rate(1, tenToMinus: 3)) * Quantity(quantity.magnitude) + Money(paise: 1)
  }
}
