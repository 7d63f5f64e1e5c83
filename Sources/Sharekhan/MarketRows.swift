import Desk
import TradingTime

/// `GET /master/{exchange}`: one contract a row.
extension Instrument {
  init(_ row: Row, exchange: String) throws {
    let code = try row.whole(required: "scripCode")
    let kind = row.kind(exchange)
    let lot = try row.quantity("lotSize") ?? 1
    guard code >= 0, lot >= 0 else { throw row.unreadable("scripCode, lotSize", "\(code), \(lot)") }
    self.init(
      key: InstrumentKey(exchange: exchange, scripCode: code),
      symbol: try row.text(required: "tradingSymbol"), name: row.text("companyName") ?? "",
      kind: kind, isin: row.text("isinCode"),
      // Older cash rows say 0 where newer ones say 1.
      lotSize: max(lot, 1), tickSize: try row.price("tickSize"), expiresOn: try row.expiry(),
      strike: kind == .option ? try row.price("strike") : nil, right: row.right,
      // No master that was seen has it; where one has, it counts.
      freezeQuantity: try row.quantity("freezeQty", "freezeQuantity").flatMap { $0 > 0 ? $0 : nil })
  }
}

extension [Instrument] {
  /// Lists of shares give ticks in paise in some captures and in rupees in others, and say nowhere
  /// which. Few shares are so dear that their tick is a rupee or more, so a list with most of its
  /// shares' ticks as large as that counts paise. Its indices may still be in rupees.
  mutating func readTicksInRupees() {
    let ticks = filter { $0.kind == .equity }.compactMap(\.tickSize).filter(\.isPositive)
    let large = ticks.count { $0 >= Money(rupees: 1) }
    guard large * 2 > ticks.count else { return }
    for index in indices {
      guard let tick = self[index].tickSize, tick >= Money(rupees: 1) else { continue }
      self[index].tickSize = tick * Rate(1, tenToMinus: 2)
    }
  }
}

/// `GET /historical/…`: one bar a row. Rows of nothing but zeros hold the place of a bar without
/// trades and are dropped: a missing price is missing.
extension Candle {
  init?(_ row: Row) throws {
    let prices = try ["open", "high", "low", "close"].map { name in
      guard let price = try row.money(name) else { throw row.unreadable(name, "missing") }
      return price
    }
    guard prices.contains(where: { !$0.isZero }) else { return nil }
    guard prices.allSatisfy({ $0.isPositive }) else {
      throw row.unreadable(
        "open, high, low, close", prices.map(\.description).joined(separator: ", "))
    }
    let dayText = try row.text(required: "tradeDate")
    guard let day = WireTime.date(dayText) else { throw row.unreadable("tradeDate", dayText) }
    // Bars of whole days may come without a time.
    let time = row.text("tradeTime") ?? "00:00:00"
    guard let endedAt = WireTime.instant(day, time) else { throw row.unreadable("tradeTime", time) }
    self.init(
      tradedOn: day, endedAt: endedAt, open: prices[0], high: prices[1], low: prices[2],
      close: prices[3], volume: try row.quantity("qty") ?? 0)
  }
}

extension Row {
  fileprivate func kind(_ exchange: String) -> InstrumentKind {
    if right != nil { return .option }
    let type = text("instType") ?? ""
    if ["XX", "FUT"].contains(text("optionType")) || type == "FI" || type == "FS"
      || type.hasPrefix("FUT")
    {
      return .future
    }
    if type.isEmpty { return .index }
    return exchange == "NC" || exchange == "BC" ? .equity : .other
  }

  var right: OptionRight? {
    switch text("optionType") {
    case "CE": .call
    case "PE": .put
    default: nil
    }
  }

  fileprivate func expiry() throws -> CivilDate? {
    guard let text = text("expiry", "expiryDate") else { return nil }
    guard let date = WireTime.date(text) else { throw unreadable("expiry", text) }
    return date
  }
}
