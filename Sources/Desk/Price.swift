package import TradingTime

/// The latest known price of an instrument, with its age and where it came from. No price is
/// represented by no value.
package struct Price: Hashable, Sendable {
  package let key: InstrumentKey
  package let last: Money
  package let previousClose: Money?
  /// When the exchange had it, as far as the source says.
  package let at: Instant
  package let source: String

  /// A price that is not above zero is no price; brokers send 0 for "none yet".
  package init?(
    key: InstrumentKey, last: Money, previousClose: Money? = nil, at: Instant, source: String
  ) {
    guard last.isPositive else { return nil }
    self.key = key
    self.last = last
    self.previousClose = previousClose.flatMap { $0.isPositive ? $0 : nil }
    self.at = at
    self.source = source
  }

  package func isStale(at now: Instant, limit: Duration) -> Bool { now - at > limit }
}
