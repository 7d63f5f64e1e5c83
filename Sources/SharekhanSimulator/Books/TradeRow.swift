/// `GET /reports/{exchange}/{customer}/{order}/trades`: never captured. The columns are those that
/// the older terminal's trade rows had; a client must not build on their names.
enum TradeRow {
  static func row(_ fill: Fill, of order: Order) -> JSON {
    let moment = MarketTime(fill.at)
    let total = order.fills(through: fill.at).reduce(Paise(0)) { $0 + $1.value }
    return [
      "orderId": .string("\(order.id)"), "exchangeOrderId": .string(HistoryRow.exchangeID(order)),
      "tradeId": .string("\(fill.tradeID)"), "tradeTime": .string(moment.row),
      "exchAckDateTime": .string(moment.row),
      "customerId": .int(Accounts.customer(fill.ticket.account)),
      "scripCode": .string("\(fill.ticket.listing.code(at: fill.ticket.venue))"),
      "tradingSymbol": .string(fill.ticket.listing.symbol),
      "exchange": .string(fill.ticket.venue.rawValue),
      "buySell": .string(fill.ticket.side.rawValue), "tradeQty": .int(fill.quantity),
      "tradePrice": .price(fill.price), "tradeAmount": .price(fill.value),
      "totalTradeAmount": .price(total), "channelCode": .string(fill.ticket.channel.rawValue),
      "channelUser": .string(fill.ticket.channelUser), "brokerage": "0",
      "updateDate": .string(moment.row), "updateUser": "FO_AH_TC",
    ]
  }
}
