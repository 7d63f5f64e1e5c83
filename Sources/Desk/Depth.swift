package import TradingTime

/// One price of an order book. `orders` is how many stand at it, where the source says so.
package struct DepthLevel: Hashable, Sendable {
  package let price: Money
  package let quantity: Quantity
  package let orders: Int64?

  package init(price: Money, quantity: Quantity, orders: Int64? = nil) {
    self.price = price
    self.quantity = quantity
    self.orders = orders
  }
}

/// What stands on one side of an instrument's order book, by the feed.
package struct DepthSide: Hashable, Sendable {
  /// The best first; none: nobody stands there.
  package let levels: [DepthLevel]
  /// When the best was told last, on the job's clock.
  package let toldAt: Instant
  /// When those below the best were told; nil: never, and the best is all that is known.
  package let levelsToldAt: Instant?

  package init(levels: [DepthLevel], toldAt: Instant, levelsToldAt: Instant?) {
    self.levels = levels
    self.toldAt = toldAt
    self.levelsToldAt = levelsToldAt
  }

  package var best: DepthLevel? { levels.first }

  /// A quote tells the best price alone: what was told below it stays, with its own age.
  func merged(with newer: DepthSide, of side: Side) -> DepthSide {
    guard let best = newer.levels.first, newer.levelsToldAt == nil, let known = levels.first
    else { return newer }
    let below = levels.filter { side == .buy ? $0.price < best.price : $0.price > best.price }
    let isAsTold = best.price == known.price && best.quantity == known.quantity
    return DepthSide(
      levels: [isAsTold ? known : best] + below.prefix(levels.count - 1), toldAt: newer.toldAt,
      levelsToldAt: levelsToldAt)
  }
}

/// Both sides of an order book; nil: that side was never spoken of.
package struct Depth: Hashable, Sendable {
  package let bids: DepthSide?
  package let asks: DepthSide?

  package init(bids: DepthSide?, asks: DepthSide?) {
    self.bids = bids
    self.asks = asks
  }

  /// When the older of both sides was told.
  package var toldAt: Instant? { [bids?.toldAt, asks?.toldAt].compactMap(\.self).min() }

  func merged(with newer: Depth) -> Depth {
    Depth(bids: merged(\.bids, with: newer, .buy), asks: merged(\.asks, with: newer, .sell))
  }

  private func merged(
    _ path: KeyPath<Depth, DepthSide?>, with newer: Depth, _ side: Side
  ) -> DepthSide? {
    guard let known = self[keyPath: path], let newer = newer[keyPath: path] else {
      return newer[keyPath: path] ?? self[keyPath: path]
    }
    return known.merged(with: newer, of: side)
  }
}
