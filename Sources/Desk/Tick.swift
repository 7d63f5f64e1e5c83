package import TradingTime

/// What one message of the feed says of an instrument: often only a part. Nil means that it was not
/// said; it never means 0.
package struct Tick: Hashable, Sendable {
  package let key: InstrumentKey
  package var last: Money?
  /// When the last trade was, by the exchange; nil if the message does not tell.
  package var tradedAt: Instant?
  /// When the broker sent it, by its own clock.
  package var sentAt: Instant?
  /// When we had it, on the job's clock.
  package var receivedAt: Instant
  package var previousClose: Money?
  package var open: Money?
  package var high: Money?
  package var low: Money?
  /// Of the day.
  package var volume: Quantity?
  package var depth: Depth?

  package init(key: InstrumentKey, last: Money? = nil, receivedAt: Instant) {
    self.key = key
    self.last = last
    self.receivedAt = receivedAt
  }
}

extension Tick {
  /// The moment this tick's price is of: the last trade's, or else the sending, which is later than
  /// the trade and never makes an old price look older than it is. Nothing is of a later moment than
  /// its arrival: a clock of theirs that is ahead would otherwise shut out every price after it.
  var at: Instant { min(tradedAt ?? sentAt ?? receivedAt, receivedAt) }

  /// This state with what a newer message says laid over it.
  func merged(with newer: Tick) -> Tick {
    var merged = newer
    merged.depth = newer.depth.map { depth?.merged(with: $0) ?? $0 } ?? depth
    if newer.last == nil || newer.last == last && newer.tradedAt == nil {
      // The price stays of its own moment, unless there was a later trade at the same price: a
      // message that only repeats it makes it no newer.
      merged.last = last
      merged.tradedAt = max(newer.tradedAt ?? at, at)
    }
    // The figures of a day are no figures of the next.
    guard merged.date == date else { return merged }
    merged.previousClose = newer.previousClose ?? previousClose
    merged.open = newer.open ?? open
    merged.high = newer.high ?? high
    merged.low = newer.low ?? low
    merged.volume = newer.volume ?? volume
    return merged
  }

  private var date: CivilDate { ZoneRules.india.local(at).date }

  /// Nil until a message has told a price.
  package var price: Price? {
    last.flatMap {
      Price(key: key, last: $0, previousClose: previousClose, at: at, source: Price.feed)
    }
  }
}

extension Price {
  /// The `source` of prices that came by the feed.
  package static let feed = "feed"
}
