import Desk
import TradingTime

/// Reads the objects of one message.
struct FeedReading {
  let account: Account
  let receivedAt: Instant
  let sentAt: Instant?
  /// The whole message, kept as evidence of an acknowledgement.
  let body: [UInt8]

  func items(_ data: JSON) -> [FeedItem] {
    if case .list(let rows) = data { return rows.map(item) }
    return [item(data)]
  }

  private func item(_ object: JSON) -> FeedItem {
    do throws(FeedProblem) {
      if object["SharekhanOrderID"] != nil || object["AckState"] != nil {
        return .acknowledgement(try acknowledgement(object))
      }
      if object["scripCode"] != nil { return .quote(try tick(object)) }
    } catch {
      return .unknown(error.text)
    }
    return .unknown("neither quote nor acknowledgement: \(object.spelled(80))")
  }

  private func tick(_ object: JSON) throws(FeedProblem) -> Tick {
    guard let exchange = object["exchangeCode"]?.scalar ?? object["exchange"]?.scalar,
      let code = object["scripCode"]?.scalar.flatMap({ Int64($0) }), code >= 0,
      exchange.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }), (2...4).contains(exchange.utf8.count)
    else { throw FeedProblem("a quote of nothing: \(object.spelled(80))") }
    let fields = FeedFields(object: object, of: "quote of \(exchange):\(code)")
    var tick = Tick(
      key: InstrumentKey(exchange: exchange, scripCode: code), last: try fields.price("ltp"),
      receivedAt: receivedAt)
    tick.tradedAt = try fields.text("ltt").map { (text) throws(FeedProblem) in
      guard let instant = FeedTime.instant(text) else {
        throw FeedProblem("quote of \(exchange):\(code): ltt is \"\(Shown.text(text))\"")
      }
      return instant
    }
    tick.sentAt = fields.text("lastUpdatedTime").flatMap(FeedTime.instant) ?? sentAt
    tick.depth = try fields.depth(toldAt: min(tick.sentAt ?? receivedAt, receivedAt))
    // Before its first trade of a session the broker shows the one before, and nobody knows to which
    // of both the figures of the day belong.
    if let tradedAt = tick.tradedAt, !isOfToday(tradedAt) { return tick }
    tick.previousClose = try fields.price("close")
    tick.open = try fields.price("open")
    tick.high = try fields.price("high")
    tick.low = try fields.price("low")
    tick.volume = try fields.whole("qty")
    return tick
  }

  private func isOfToday(_ instant: Instant) -> Bool {
    let india = ZoneRules.india
    return india.local(instant).date >= india.local(receivedAt).date
  }

  private func acknowledgement(_ object: JSON) throws(FeedProblem) -> OrderAcknowledgement {
    let fields = FeedFields(object: object, of: "acknowledgement")
    guard let order = fields.text("SharekhanOrderID"), order != "0" else {
      throw FeedProblem("an acknowledgement of no order: \(object.spelled(80))")
    }
    let customer = fields.text("CustomerID")
    guard customer == nil || customer == account.customerID else {
      throw FeedProblem("order \(order) is acknowledged for a customer who did not ask")
    }
    return OrderAcknowledgement(
      accountID: account.id, customerID: customer, orderID: order,
      exchangeOrderID: fields.text("ExchangeOrderID"), state: fields.text("AckState") ?? "",
      symbol: fields.text("TradingSymbol"), side: fields.side("BuySellString"),
      quantity: try fields.whole("OrderQty"), remaining: try fields.whole("RemainingQty"),
      tradedQuantity: try fields.whole("TradeQty"), tradedPrice: try fields.price("TradePrice"),
      tradeID: fields.text("TradeID").flatMap { $0 == "0" ? nil : $0 },
      // Day first here, where quotes have the month first.
      exchangeAt: fields.text("ExchangeDateTime").flatMap(WireTime.instant),
      message: fields.text("ErrorMessage").map(Shown.text), receivedAt: receivedAt, body: body)
  }
}

struct FeedProblem: Error, Equatable {
  let text: String

  init(_ text: String) { self.text = text }
}
