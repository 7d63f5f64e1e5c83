/// The word about one step of an order, in capitalised keys. No scrip code and no product, and
/// `ExchangeDateTime` puts the day first where quotes on the same socket put the month.
enum AckRow {
  /// Nil for steps between broker and exchange, of which nobody is told.
  static func row(_ order: Order, step index: Int) -> JSON? {
    let step = order.steps[index]
    guard let state = state(step.change) else { return nil }
    let ticket = step.ticket
    let fill = order.fills(through: step.at).last.flatMap {
      if case .filled(let number, _, _) = step.change, number == $0.number { $0 } else { nil }
    }
    return [
      "Exchange": .string(ticket.venue.rawValue),
      "CustomerID": .string("\(Accounts.customer(ticket.account))"),
      "SharekhanOrderID": .string("\(order.id)"),
      "ExchangeOrderID": .string(HistoryRow.exchangeID(order)), "AckState": .string(state),
      "ExchangeCode": ticket.venue == .bse ? "BSE" : "NSE",
      "SegmentCode": ticket.venue == .derivatives ? "FO" : "EQ",
      "TradingSymbol": .string(ticket.listing.symbol),
      "BuySellString": .string(ticket.side.rawValue), "OrderQty": .int(ticket.quantity),
      "RemainingQty": .int(step.open), "TradeQty": .int(fill?.quantity ?? 0),
      "DisclosedQty": .int(ticket.disclosed), "DisclosedRemainingQty": .int(ticket.disclosed),
      "OrderPrice": price(ticket.limit), "TriggerPrice": price(ticket.trigger),
      "TradePrice": price(fill?.price), "TradeID": .int(fill?.tradeID ?? 0),
      "ExchangeDateTime": .string(MarketTime(step.at).dayFirst),
      "ChannelCode": .string(ticket.channel.rawValue), "ChannelUser": .string(ticket.channelUser),
      "ErrorMessage": .string(DayBookRow.reason(step) ?? "Success"), "OrderTrailingPrice": "0",
      "OrderTargetPrice": "0", "BookProfitPrice": "0", "ChildSLPrice": "0",
      "LimitLossToPrice": "0", "OrderType": "NOR", "CoverOrderId": "0",
    ]
  }

  /// With both decimals, unlike the books: `92.50`, and `0`.
  private static func price(_ price: Paise?) -> JSON {
    .string(price.map { Paise.trimmed($0.count, decimals: 2, least: 2) } ?? "0")
  }

  /// The first two are documented or seen in use; the rest are the older terminal's words.
  private static func state(_ change: OrderStep.Change) -> String? {
    switch change {
    case .confirmed: "NewOrderConfirmation"
    case .filled: "TradeConfirmation"
    case .rejected: "NewOrderRejection"
    case .modified: "ModifyOrderConfirmation"
    case .cancelled: "CancelOrderConfirmation"
    case .triggered: "StopLossTriggered"
    case .expired: "BatchOrderCancel"
    case .entered, .accepted: nil
    }
  }
}
