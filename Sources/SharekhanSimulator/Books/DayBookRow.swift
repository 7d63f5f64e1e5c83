/// `GET /reports/{customer}`: one row per order in its latest state. No such row was ever captured
/// whole: names are the documented ones, types follow the history's.
enum DayBookRow {
  static func row(_ order: Order, at now: MarketTime) -> JSON? {
    let steps = order.steps(through: now.instant)
    guard let step = steps.last else { return nil }
    let ticket = step.ticket
    let acknowledged = steps.first { $0.change == .confirmed }.map { MarketTime($0.at).bookRow }
    return [
      "orderId": .string("\(order.id)"), "customerId": .int(Accounts.customer(ticket.account)),
      "scripCode": .string("\(ticket.listing.code(at: ticket.venue))"),
      "tradingSymbol": .string(ticket.listing.symbol),
      "exchange": .string(ticket.venue.rawValue), "buySell": .string(ticket.side.rawValue),
      "orderQty": .int(ticket.quantity), "disclosedQty": .int(ticket.disclosed),
      "execQty": .int(step.filled), "orderPrice": .price(ticket.limit ?? Paise(0)),
      "execPrice": .string(RateText.text(step.meanPrice)),
      "trigPrice": .price(ticket.trigger ?? Paise(0)),
      "orderStatus": .string(status(of: step)),
      "requestStatus": .string(HistoryRow.request(steps)),
      "priceType": ticket.limit == nil ? "Market" : "Limit",
      "lastModTime": .string(MarketTime(step.at).bookRow),
      "orderDateTime": .string(MarketTime(order.entry.at).bookRow),
      "exchDateTime": .string(acknowledged ?? ""),
      "productType": .string(ticket.product.rawValue),
      "instrumentType": .string(ticket.listing.contract?.type ?? ""),
      "strikePrice": .string(ticket.listing.contract?.strikeText ?? "0"),
      "optionType": .string(ticket.listing.contract?.right ?? ""),
      "expiryDate": .string(ticket.listing.contract?.expiryText ?? ""),
      "rmsCode": .string(OrderDesk.rms), "errorMsg": .string(reason(step) ?? ""),
      "afterHour": ticket.isAfterHours ? "Y" : "N", "goodTill": .string(ticket.validity.rawValue),
      "orderType": "NOR", "channelCode": .string(ticket.channel.rawValue),
      "channelUser": .string(ticket.channelUser),
    ]
  }

  /// The cash day book writes executed states without a space.
  private static func status(of step: OrderStep) -> String {
    switch HistoryRow.status(of: step) {
    case "Fully Executed": "FullyExecuted"
    case "Partly Executed": "PartlyExecuted"
    case let other: other
    }
  }

  static func reason(_ step: OrderStep) -> String? {
    if case .rejected(let reason) = step.change { return reason }
    return nil
  }
}
