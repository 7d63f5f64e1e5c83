/// New terms for an order that stands in the book and of which nothing is executed. Only this type
/// becomes the broker's MODIFY.
///
/// A partly executed order is refused: whether the broker takes the quantity of a change for the
/// whole or for the rest is not known, and the wrong guess trades what nobody wanted. Such an order
/// is cancelled, and a new one placed.
package struct OrderChange: Hashable, Sendable {
  package let account: Account
  package let order: OrderOnBook
  package let quantity: Quantity
  package let limit: Money
  package let trigger: Money?

  package init(
    of order: OrderOnBook, in instrument: Instrument, for account: Account, quantity: Quantity,
    limit: Money, trigger: Money? = nil, freezeQuantity: Quantity? = nil
  ) throws(OrderProblem) {
    let rules = ContractRules(instrument: instrument, freezeQuantity: freezeQuantity)
    let row = order.row
    let isSame = (quantity, limit, trigger) == (row.quantity, row.price, row.triggerPrice)
    try OrderProblem.check(
      [
        account.customerObjection, row.objectionToItsID, row.objectionToItsEnd,
        instrument.key == row.key ? nil : "the order is in \(row.key), not in \(instrument.key)",
        row.executed == 0
          ? nil : "a part of the order is executed; cancel it and place the rest anew",
        row.status.isKnown ? nil : "nobody knows what the order's state means",
        ["", "ANY"].contains(order.rmsCode) ? "the book does not name the order's RMS code" : nil,
        row.key.isCash || order.contract != nil
          ? nil : "the book does not name the order's whole contract; cancel it and place it anew",
        isSame ? "the change changes nothing" : nil,
      ]
        + rules.objections(
          quantity: quantity, disclosed: order.disclosed, limit: limit, trigger: trigger))
    self.account = account
    self.order = order
    self.quantity = quantity
    self.limit = limit
    self.trigger = trigger
  }
}

extension OrderStatus {
  fileprivate var isKnown: Bool {
    if case .unrecognised = self { false } else { true }
  }
}

extension BrokerOrder {
  /// Without its number the broker could take the message for something else.
  var objectionToItsID: String? {
    isOrderID(orderID) ? nil : "the order has no number of the broker's"
  }

  var objectionToItsEnd: String? {
    status.isTerminal ? "the order is over: \(statusText)" : nil
  }
}

/// A positive number that is neither short of digits nor a word such as `NA`.
package func isOrderID(_ text: String) -> Bool {
  (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    && text.utf8.contains { $0 != 0x30 }
}
