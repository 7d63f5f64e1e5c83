import Desk
import TradingTime

/// The day's order book, and the history of one order: the same facts under two sets of names.
extension BrokerOrder {
  init(_ row: Row) throws {
    let statusText = try row.text(required: "orderStatus")
    let status = OrderStatus(broker: statusText)
    let quantity = try row.quantity(required: "orderQty")
    guard quantity >= 0 else { throw row.unreadable("orderQty", "\(quantity)") }
    let product = row.text("productType", "productCode") ?? ""
    let exchangeOrderID = row.text("exchangeOrderId", "exchOrderId") ?? ""
    self.init(
      key: try row.instrumentKey(), symbol: row.text("tradingSymbol") ?? "",
      product: product == "0" ? "" : product,
      orderID: try row.identifier("orderId"),
      exchangeOrderID: exchangeOrderID == "0" ? "" : exchangeOrderID,
      side: try row.side(), quantity: quantity, executed: try row.executed(of: quantity, status),
      price: try row.price("orderPrice"),
      triggerPrice: try row.price("trigPrice", "orderTriggerPrice"),
      averagePrice: try row.price("execPrice", "avgPrice"), status: status, statusText: statusText,
      requestStatus: row.text("requestStatus") ?? "", channel: row.text("channelCode") ?? "",
      orderedAt: try row.time("orderDateTime"),
      updatedAt: try row.time("lastModTime", "updateDate", "exchDateTime"),
      message: row.text("errorMsg", "errormsg").map(Shown.text) ?? "")
  }
}

/// One execution. The broker's names were never captured; these are the documented ones of the
/// order system behind it. A row without them does not read, rather than reading as something else.
extension BrokerTrade {
  init(_ row: Row, exchange: String?) throws {
    let count = try row.quantity(required: "tradeQty")
    guard count > 0 else { throw row.unreadable("tradeQty", "\(count)") }
    guard let tradedAt = try row.time("tradeTime", "tradeDateTime", "exchAckDateTime") else {
      throw row.unreadable("tradeTime", "missing")
    }
    self.init(
      key: try row.instrumentKey(exchange: exchange), orderID: try row.identifier("orderId"),
      tradeID: try row.identifier("tradeId"), quantity: try row.side().signed(count),
      price: try row.price(required: "tradePrice"), tradedAt: tradedAt)
  }
}

extension OrderStatus {
  /// Compared whole, without case, blanks and signs: `FullyExecuted` is `Fully Executed`, but
  /// `Cancel Pending` is neither cancelled nor pending, and is left for a person.
  init(broker text: String) {
    self =
      switch letters(of: text) {
      case "inprocess": .inProcess
      case "pending": .pending
      case "partlyexecuted": .partlyExecuted
      case "fullyexecuted": .fullyExecuted
      case "rejected": .rejected
      case "cancelled", "canceled": .cancelled
      case "expired": .expired
      default: .unrecognised(text)
      }
  }
}

/// In lower case. Unicode's tables are asked only for what is not ASCII.
private func letters(of text: String) -> String {
  guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased().filter(\.isLetter) }
  let letters = text.utf8.lazy.map { $0 | 0x20 }
    .filter { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  return String(decoding: Array(letters), as: UTF8.self)
}

extension Row {
  /// Scrip codes collide across exchanges: the pair is the key.
  func instrumentKey(exchange: String? = nil) throws -> InstrumentKey {
    let code = try whole(required: "scripCode")
    guard code >= 0 else { throw unreadable("scripCode", "\(code)") }
    guard let exchange = text("exchange") ?? exchange else {
      throw unreadable("exchange", "missing")
    }
    return InstrumentKey(exchange: exchange, scripCode: code)
  }

  fileprivate func identifier(_ name: String) throws -> String {
    let id = try text(required: name)
    guard id != "0" else { throw unreadable(name, id) }
    return id
  }

  fileprivate func side() throws -> Side {
    let word = try text(required: "buySell")
    switch word {
    case "B", "BM", "BMP": return .buy
    case "S", "SM", "SAM", "SMP": return .sell
    default: throw unreadable("buySell", word)
    }
  }

  /// Missing means nothing only where the status leaves no other meaning.
  fileprivate func executed(of quantity: Quantity, _ status: OrderStatus) throws -> Quantity {
    if let executed = try self.quantity("execQty") {
      guard executed >= 0 else { throw unreadable("execQty", "\(executed)") }
      return executed
    }
    if let open = try self.quantity("openQty"), (0...max(0, quantity)).contains(open) {
      return quantity - open
    }
    switch status {
    case .inProcess, .pending, .rejected: return 0
    case .fullyExecuted: return quantity
    case .partlyExecuted, .cancelled, .expired, .unrecognised:
      throw unreadable("execQty", "missing")
    }
  }

  fileprivate func time(_ names: String...) throws -> Instant? {
    for name in names {
      guard let text = text(name) else { continue }
      guard let instant = WireTime.instant(text) else { throw unreadable(name, text) }
      return instant
    }
    return nil
  }
}
