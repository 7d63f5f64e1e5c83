import Desk

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

  func level(_ price: String, _ quantity: String) throws(FeedProblem) -> DepthLevel? {
    guard let price = try self.price(price) else { return nil }
    return DepthLevel(price: price, quantity: try whole(quantity) ?? 0)
  }

  func side(_ name: String) -> Side? {
    switch text(name)?.first {
    case "B": .buy
    case "S": .sell
    default: nil
    }
  }

  /// How the broker names its levels was never captured, so every spelling that its users guess is
  /// tried; a level that does not read is left out.
  var depth: Depth? {
    let outer = object["depth"] ?? object
    let bids = levels(outer, ["bids", "buy", "bid"])
    let asks = levels(outer, ["asks", "sell", "ask", "offers"])
    return bids.isEmpty && asks.isEmpty ? nil : Depth(bids: bids, asks: asks)
  }

  private func levels(_ outer: JSON, _ names: [String]) -> [DepthLevel] {
    for name in names {
      guard case .list(let rows)? = outer[name] else { continue }
      return rows.prefix(20).compactMap { row in
        let fields = FeedFields(object: row, of: of)
        let quantity = row["quantity"]?.scalar ?? row["qty"]?.scalar
        guard let price = try? fields.price("price"), let number = quantity.flatMap(wholeNumber)
        else { return nil }
        return DepthLevel(
          price: price, quantity: number, orders: row["orders"]?.scalar.flatMap(wholeNumber))
      }
    }
    return []
  }

  private func unreadable(_ name: String, _ text: String) -> FeedProblem {
    FeedProblem("\(of): \(name) is \"\(Shown.text(text))\"")
  }
}
