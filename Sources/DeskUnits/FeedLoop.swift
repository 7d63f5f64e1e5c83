package import Desk
package import DeskStore
package import Jobs
package import Postgres
import Threads
package import TradingTime

/// The feed within the daemon: says what to follow while a session is near, and writes what came,
/// many prices at once. While the database is away the newest of each is kept.
package final class FeedLoop: Sendable {
  /// What the loop needs of its surroundings.
  package struct Surroundings: Sendable {
    package var desk: DeskDatabase
    package var pool: Pool
    package var broker: any Broker
    package var feed: any MarketFeed
    package var almanac: @Sendable () -> Almanac
    /// Instruments to follow besides those held.
    package var watched: @Sendable () -> Set<InstrumentKey>
    /// The job's clock.
    package var now: @Sendable () -> Instant
    /// The clock that neither jumps nor stops.
    package var uptime: @Sendable () -> Duration
    /// Told whenever one of its two rounds is done, by name.
    package var moved: @Sendable (String) -> Void

    package init(
      desk: DeskDatabase, pool: Pool, broker: any Broker, feed: any MarketFeed,
      almanac: @escaping @Sendable () -> Almanac,
      watched: @escaping @Sendable () -> Set<InstrumentKey> = { [] },
      now: @escaping @Sendable () -> Instant,
      uptime: @escaping @Sendable () -> Duration = SystemClock.sinceBoot,
      moved: @escaping @Sendable (String) -> Void = { _ in }
    ) {
      self.desk = desk
      self.pool = pool
      self.broker = broker
      self.feed = feed
      self.almanac = almanac
      self.watched = watched
      self.now = now
      self.uptime = uptime
      self.moved = moved
    }
  }

  package static let rounds = ["feed", "feed-writer"]

  private let around: Surroundings
  private let kept = Locked(FeedKeeping())
  private let watch = Locked(FeedWatch())
  /// Accounts whose feed was wished for last.
  private let followed = Locked([String]())
  private let wishPause: Duration
  private let writePause: Duration

  package init(
    _ surroundings: Surroundings, wishEvery: Duration = .seconds(5),
    writeEvery: Duration = .milliseconds(500)
  ) {
    around = surroundings
    wishPause = wishEvery
    writePause = writeEvery
  }

  package var status: FeedStatus {
    let report = around.feed.report
    var status = kept.withLock { $0.status(report) }
    status.asOf = around.now()
    return status
  }

  /// Whose feed brings nothing although it should.
  package var missing: [AlarmFacts.FeedFacts] {
    watch.withLock { $0.missing(at: around.uptime()) }
  }

  /// Until the task is cancelled; what came last is written still.
  package func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.around.feed.run { self.take($0) } }
      group.addTask { await self.again("feed", self.wishPause, self.wish) }
      group.addTask { await self.again("feed-writer", self.writePause, self.write) }
    }
    // Cancelled, this task would be refused by the database; these writes have deadlines of their own.
    await Task { await writeTheRest() }.value
  }

  /// In as many batches as it takes, for as long as the database takes them.
  private func writeTheRest() async {
    repeat { await write() } while kept.withLock { $0.canGoOn }
  }

  private func again(
    _ name: String, _ pause: Duration, _ round: @Sendable () async -> Void
  ) async {
    while !Task.isCancelled {
      await round()
      around.moved(name)
      try? await SystemClock.sleep(for: pause)
    }
  }

  private func take(_ delivery: FeedDelivery) {
    kept.withLock { $0.take(delivery) }
  }

  /// What to follow from now on. What cannot be read leaves the wish as it was: the feed must not
  /// stop because the database does.
  func wish() async {
    do {
      let (wish, reason) = try await wanted()
      around.feed.follow(wish)
      followed.withLock { $0 = wish.accounts.map(\.id) }
      kept.withLock { $0.follow(wish, idleBecause: reason) }
    } catch {
      let words = "\(error)"
      kept.withLock { $0.note(failure: words, at: around.now()) }
    }
    look()
  }

  /// Without asking the database, so that its absence hides no other.
  private func look() {
    let now = around.now()
    let expected = around.almanac().isTrading(at: now) ? followed.withLock { $0 } : []
    let report = around.feed.report
    let silent = watch.withLock { watch in
      watch.look(expecting: expected, report, at: now, uptime: around.uptime())
      return watch.takeSilent(at: around.uptime())
    }
    if !silent.isEmpty { around.feed.renew(silent) }
  }

  private func wanted() async throws -> (FeedWish, idleBecause: String?) {
    guard around.almanac().isSessionNear(at: around.now()) else {
      return (FeedWish(), "no session is near")
    }
    let accounts = try await around.desk.accounts(onlyEnabled: true, on: around.pool)
      .filter(around.broker.holdsSignIn)
    guard !accounts.isEmpty else { return (FeedWish(), "nobody is signed in") }
    let held = try await around.desk.instrumentsToPrice(on: around.pool)
    return (FeedWish(accounts: accounts, keys: around.watched().union(held)), nil)
  }

  /// Writes what has changed. Acknowledgements go first: a price comes again.
  func write() async {
    let now = around.now()
    let deadline = Deadline.after(.seconds(5))
    let (acknowledgements, changes) = kept.withLock {
      ($0.takeAcknowledgements(), $0.takeChanges())
    }
    do {
      if !acknowledgements.isEmpty {
        try await keep(acknowledgements, by: deadline)
      }
      if !changes.isEmpty {
        try await around.pool.transaction(deadline: deadline) { transaction in
          try await self.around.desk.upsert(changes.prices, on: transaction)
          try await self.around.desk.upsert(changes.depths, on: transaction)
        }
      }
      kept.withLock { $0.wrote(changes, acknowledgements.count, at: now) }
    } catch {
      let words = "\(error)"
      kept.withLock { $0.putBack(changes, acknowledgements, failure: words, at: now) }
    }
  }

  /// A batch that the database refuses would be refused for ever, and hold up all after it: for its
  /// values (22), its references (23) or its size (54).
  private func keep(_ batch: [OrderAcknowledgement], by deadline: Deadline) async throws {
    do {
      try await around.pool.transaction(deadline: deadline) { transaction in
        _ = try await self.around.desk.keep(batch, on: transaction)
      }
    } catch let error as PostgresError
      where ["22", "23", "54"].contains(error.server?.sqlState.prefix(2))
    {
      let words = "\(error)"
      kept.withLock { $0.lost(batch.count, because: words, at: around.now()) }
    }
  }
}

extension Almanac {
  /// Whether any market is open, or opens or closed shortly. Where a day's hours are not known,
  /// listening costs nothing and missing prices would.
  func isSessionNear(at now: Instant, margin: Duration = .seconds(15 * 60)) -> Bool {
    calendars.values.contains { calendar in
      switch calendar.day(calendar.zone.local(now).date) {
      case .session(let session):
        guard let first = session.phases.map(\.start).min(),
          let last = session.phases.map(\.end).max()
        else { return false }
        return now >= first - margin && now <= last + margin
      case .hoursUnknown: return true
      case .holiday, .weekend, .outsideCoverage: return false
      }
    }
  }
}
