package import TradingTime

/// The feed and what becomes of what it brings.
package struct FeedStatus: Hashable, Sendable {
  package var feed: FeedReport
  /// Why nothing is followed now; nil while something is.
  package var idleBecause: String?
  package var instruments = 0
  /// Instruments of which a price or a depth waits to be written.
  package var pricesWaiting = 0
  package var pricesWritten = 0
  /// Order books of instruments, as far as they were told.
  package var depthsWritten = 0
  /// Ticks that told of an earlier moment than what was known.
  package var lateTicks = 0
  package var acknowledgementsWaiting = 0
  package var acknowledgementsWritten = 0
  /// Lost because the database was away for too long, or refused them.
  package var acknowledgementsLost = 0
  package var writtenAt: Instant?
  /// Why the last writing failed, and since when; nil while it succeeds.
  package var failure: String?
  package var failingSince: Instant?

  /// When this was so, on the job's clock.
  package var asOf: Instant?

  package init(feed: FeedReport) { self.feed = feed }

  /// For as long as this a connection may be down without a word: it comes back by itself.
  package static let patience = Duration.seconds(20)

  /// What a person should know, in a sentence; nil if all is well.
  package var complaint: String? {
    guard idleBecause == nil else { return nil }
    if let failure { return "prices of the feed cannot be written: \(failure)" }
    let ill = feed.connections.first { connection in
      guard let lostAt = connection.lostAt, let asOf else { return false }
      return asOf - lostAt >= Self.patience
    }
    return ill.map { "the feed is down for \($0.account): \($0.reason ?? "")" }
  }
}
