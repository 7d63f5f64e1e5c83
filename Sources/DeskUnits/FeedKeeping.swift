import Desk
import TradingTime

/// What the feed brought and is not written yet, with its counts.
struct FeedKeeping: Sendable {
  static let mostAcknowledgements = 10_000
  /// In one statement.
  static let batch = 500

  private var book = TickBook()
  private var acknowledgements: [OrderAcknowledgement] = []
  private var state = FeedStatus(feed: FeedReport())
  private var oddities: [FeedReport.Oddity] = []

  func status(_ report: FeedReport) -> FeedStatus {
    var status = state
    status.feed = report
    status.feed.oddities = (oddities + report.oddities).sorted { $0.at > $1.at }
    status.pricesWaiting = book.waiting
    status.acknowledgementsWaiting = acknowledgements.count
    return status
  }

  /// Whether word of orders is left that the database would take.
  var canGoOn: Bool { !acknowledgements.isEmpty && state.failure == nil }

  mutating func take(_ delivery: FeedDelivery) {
    switch delivery {
    case .ticks(let ticks):
      for tick in ticks where book.take(tick) == .late { state.lateTicks += 1 }
    case .acknowledgements(let new):
      acknowledgements += new
      shorten(at: new.last?.receivedAt)
    }
  }

  mutating func follow(_ wish: FeedWish, idleBecause reason: String?) {
    state.instruments = wish.keys.count
    state.idleBecause = reason
    // The database answered, and nothing waits for it.
    if book.waiting == 0, acknowledgements.isEmpty {
      (state.failure, state.failingSince) = (nil, nil)
    }
    // What is not followed any more is still written once: it may be what was just sold.
    if book.waiting == 0 { book.keep(only: wish.keys) }
  }

  mutating func takeChanges() -> TickBook.Changes { book.takeChanges() }

  mutating func takeAcknowledgements() -> [OrderAcknowledgement] {
    let batch = Array(acknowledgements.prefix(Self.batch))
    acknowledgements.removeFirst(batch.count)
    return batch
  }

  mutating func wrote(_ changes: TickBook.Changes, _ orders: Int, at now: Instant) {
    state.pricesWritten += changes.prices.count
    state.depthsWritten += changes.depths.count
    state.acknowledgementsWritten += orders
    if !changes.isEmpty || orders > 0 {
      state.writtenAt = now
      (state.failure, state.failingSince) = (nil, nil)
    }
  }

  mutating func putBack(
    _ changes: TickBook.Changes, _ orders: [OrderAcknowledgement], failure: String,
    at now: Instant
  ) {
    book.putBack(changes)
    acknowledgements = orders + acknowledgements
    shorten(at: now)
    note(failure: failure, at: now)
  }

  mutating func note(failure: String, at now: Instant) {
    state.failure = failure
    state.failingSince = state.failingSince ?? now
  }

  mutating func lost(_ orders: Int, because words: String, at now: Instant) {
    state.acknowledgementsLost += orders
    state.acknowledgementsWritten -= orders
    note("\(orders) acknowledgements were refused by the database: \(words)", at: now)
  }

  private mutating func shorten(at now: Instant?) {
    let excess = acknowledgements.count - Self.mostAcknowledgements
    guard excess > 0 else { return }
    acknowledgements.removeFirst(excess)
    state.acknowledgementsLost += excess
    if let now { note("\(excess) acknowledgements were dropped: the database is away", at: now) }
  }

  private mutating func note(_ what: String, at now: Instant) {
    oddities.insert(FeedReport.Oddity(at: now, what: what), at: 0)
    if oddities.count > 5 { oddities.removeLast() }
  }
}
