/// The end of an order that stands in the book, with the identifying fields and the side of its own
/// row. Only this type becomes the broker's CANCEL, and it can become nothing else.
///
/// Allowed whatever the order's state is called, unless that is an end: a cancellation that comes
/// too late is refused by the broker and does no harm.
package struct OrderCancellation: Hashable, Sendable {
  package let account: Account
  package let order: OrderOnBook

  package init(of order: OrderOnBook, for account: Account) throws(OrderProblem) {
    try OrderProblem.check([
      account.customerObjection, order.row.objectionToItsID, order.row.objectionToItsEnd,
      order.transaction.isEmpty ? "the book does not name the order's side" : nil,
    ])
    self.account = account
    self.order = order
  }
}

/// The end of an order of which nothing but its number is known: for when the book cannot be read.
package struct BareCancellation: Hashable, Sendable {
  package let account: Account
  package let orderID: String
  /// Whose limit of orders it counts against.
  package let exchange: String

  package init(
    orderID: String, exchange: String, for account: Account
  ) throws(OrderProblem) {
    try OrderProblem.check([
      account.customerObjection,
      isOrderID(orderID) ? nil : "\"\(orderID.prefix(24))\" is no number of the broker's",
    ])
    self.account = account
    self.orderID = orderID
    self.exchange = exchange
  }
}
