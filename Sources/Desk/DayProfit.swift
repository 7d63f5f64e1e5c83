/// A session's profit before charges: what was carried in is measured from the official previous
/// close, what was traded from its own price. A mark or a previous close that is missing makes the
/// profit missing; it is never taken for 0.
package enum DayProfit {
  package static func gross(
    opening: Quantity, previousClose: Money?, fills: some Sequence<Fill>, mark: Money?
  ) -> Money? {
    let traded = fills.map { ($0.quantity, $0.price) }
    let closing = traded.reduce(opening) { $0 + $1.0 }
    let start: Money
    if opening == 0 {
      start = .zero
    } else {
      guard let previousClose else { return nil }
      start = previousClose * opening
    }
    let end: Money
    if closing == 0 {
      end = .zero
    } else {
      guard let mark else { return nil }
      end = mark * closing
    }
    return end - start - traded.map { $0.1 * $0.0 }.total()
  }
}

/// Market value of positions, long and short apart. Positions without a price are counted, and the
/// totals then say that they are incomplete.
package struct Exposure: Hashable, Sendable {
  package private(set) var long: Money = .zero
  package private(set) var short: Money = .zero
  package private(set) var unpriced = 0

  package init() {}

  package mutating func add(_ quantity: Quantity, at mark: Money?) {
    guard quantity != 0 else { return }
    guard let mark else {
      unpriced += 1
      return
    }
    let value = mark * quantity
    if quantity > 0 { long += value } else { short += -value }
  }

  package var gross: Money { long + short }
  package var net: Money { long - short }
}
