import Desk
import TradingTime

/// The fields of one object: numbers that come as text, and nothing that is guessed.
struct FeedFields {
  let object: JSON
  /// For remarks.
  let of: String

  func text(_ name: String) -> String? { object[name]?.scalar }

  /// The broker writes 0 where there is no price yet.
  func price(_ name: String) throws(FeedProblem) -> Money? {
    guard let text = text(name) else { return nil }
    guard let money = Money(text) else { throw unreadable(name, text) }
    return money.isPositive ? money : nil
  }

  func whole(_ name: String) throws(FeedProblem) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let number = wholeNumber(text) else { throw unreadable(name, text) }
    return number
  }

  func side(_ name: String) -> Side? {
    switch text(name)?.first {
    case "B": .buy
    case "S": .sell
    default: nil
    }
  }

  /// The order book as far as this object tells it: levels, or the best prices alone.
  func depth(toldAt instant: Instant) throws(FeedProblem) -> Depth? {
    let outer = object["depth"] ?? object
    var bids = levels(outer, ["bids", "buy", "bid"], toldAt: instant)
    var asks = levels(outer, ["asks", "sell", "ask", "offers"], toldAt: instant)
    if bids == nil { bids = try best("bidPrice", "bidQty", toldAt: instant) }
    if asks == nil { asks = try best("offPrice", "offQty", toldAt: instant) }
    return bids == nil && asks == nil ? nil : Depth(bids: bids, asks: asks)
  }

  /// Nobody stands where the broker writes a price of 0.
  private func best(
    _ price: String, _ quantity: String, toldAt instant: Instant
  ) throws(FeedProblem) -> DepthSide? {
    guard text(price) != nil else { return nil }
    var levels: [DepthLevel] = []
    if let price = try self.price(price) {
      levels = [DepthLevel(price: price, quantity: try whole(quantity) ?? 0)]
    }
    return DepthSide(levels: levels, toldAt: instant, levelsToldAt: nil)
  }

  /// How the broker names its levels was never captured, so every spelling that its users guess is
  /// tried; a level that does not read is left out.
  private func levels(
    _ outer: JSON, _ names: [String], toldAt instant: Instant
  ) -> DepthSide? {
    for name in names {
      guard case .list(let rows)? = outer[name] else { continue }
      let levels = rows.prefix(20).compactMap(level)
      // Rows that all fail to read say nothing; no rows say that nobody stands there.
      guard rows.isEmpty || !levels.isEmpty else { return nil }
      return DepthSide(levels: levels, toldAt: instant, levelsToldAt: instant)
    }
    return nil
  }

  private func level(_ row: JSON) -> DepthLevel? {
    let fields = FeedFields(object: row, of: of)
    let quantity = fields.text("quantity") ?? fields.text("qty")
    guard let price = try? fields.price("price"), let number = quantity.flatMap(wholeNumber)
    else { return nil }
    return DepthLevel(
      price: price, quantity: number, orders: fields.text("orders").flatMap(wholeNumber))
  }

  private func unreadable(_ name: String, _ text: String) -> FeedProblem {
    FeedProblem("\(of): \(name) is \"\(Shown.text(text))\"")
  }
}
