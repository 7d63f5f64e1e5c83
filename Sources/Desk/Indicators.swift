/// Figures over a row of closes, oldest first. Prices stay exact decimals, each step kept to
/// twelve places; too short a row gives an empty answer, never a guess.
package enum Indicators {
  private static let places = 12

  package static func sma(_ closes: [Money], length: Int) -> [Money] {
    guard length > 0, closes.count >= length else { return [] }
    var sum = closes[..<length].total()
    var averages = [sum]
    for index in length..<closes.count {
      sum += closes[index] - closes[index - length]
      averages.append(sum)
    }
    return averages.compactMap { $0.divided(by: Quantity(length), places: places) }
  }

  /// Seeded with the plain average of the first `length` closes.
  package static func ema(_ closes: [Money], length: Int) -> [Money] {
    guard length > 0, closes.count >= length,
      let seed = closes[..<length].total().divided(by: Quantity(length), places: places)
    else { return [] }
    var averages = [seed]
    var last = seed
    for close in closes[length...] {
      last += ((close - last) * 2).divided(by: Quantity(length + 1), places: places) ?? .zero
      averages.append(last)
    }
    return averages
  }

  /// Wilder's smoothing. 100 when nothing fell.
  package static func rsi(_ closes: [Money], length: Int = 14) -> [Double] {
    guard length > 0, closes.count > length else { return [] }
    let moves = zip(closes.dropFirst(), closes).map { $0 - $1 }
    var gain = average(moves[..<length].map { $0.isPositive ? $0 : .zero })
    var loss = average(moves[..<length].map { $0.isNegative ? -$0 : .zero })
    var values = [strength(gain, loss)]
    for move in moves[length...] {
      gain = smoothed(gain, with: move.isPositive ? move : .zero, length)
      loss = smoothed(loss, with: move.isNegative ? -move : .zero, length)
      values.append(strength(gain, loss))
    }
    return values
  }

  /// Volume-weighted from the first bar on; nil while nothing was traded.
  package static func vwap(_ bars: [Candle]) -> [Money?] {
    var value = Money.zero
    var volume: Quantity = 0
    return bars.map { bar in
      value += (bar.high + bar.low + bar.close) * bar.volume
      volume += bar.volume
      return value.divided(by: 3 * volume, places: places)
    }
  }

  private static func average(_ values: [Money]) -> Money {
    values.total().divided(by: Quantity(values.count), places: places) ?? .zero
  }

  private static func smoothed(_ known: Money, with move: Money, _ length: Int) -> Money {
    (known * Quantity(length - 1) + move).divided(by: Quantity(length), places: places) ?? known
  }

  private static func strength(_ gain: Money, _ loss: Money) -> Double {
    guard loss.isPositive else { return 100 }
    return 100 - 100 / (1 + gain.approximate / loss.approximate)
  }
}

/// High and low of the opening bars.
package struct OpeningRange: Hashable, Sendable {
  package let high: Money
  package let low: Money

  package init?(_ bars: some Sequence<Candle>) {
    let bars = Array(bars)
    guard let high = bars.map(\.high).max(), let low = bars.map(\.low).min() else { return nil }
    self.high = high
    self.low = low
  }

  /// The side a completed close breaks out to; nil inside the range.
  package func breakout(_ close: Money) -> Side? {
    if close > high { return .buy }
    return close < low ? .sell : nil
  }
}
