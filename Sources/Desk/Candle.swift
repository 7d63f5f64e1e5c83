package import TradingTime

/// One bar of prices. `endedAt` is the time of its last trade, as the broker reports it.
package struct Candle: Hashable, Sendable {
  package let tradedOn: CivilDate
  package let endedAt: Instant
  package let open: Money
  package let high: Money
  package let low: Money
  package let close: Money
  package let volume: Quantity

  package init(
    tradedOn: CivilDate, endedAt: Instant, open: Money, high: Money, low: Money, close: Money,
    volume: Quantity
  ) {
    self.tradedOn = tradedOn
    self.endedAt = endedAt
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}
