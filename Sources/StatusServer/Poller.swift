import JobStore
import Jobs
import Logging
import ServiceLifecycle
import Threads
import TradingTime

/// Looks at the tables for everybody: however many watch, the database is asked once.
///
/// Every second while somebody watches, every five otherwise, and never more than a tenth of the
/// time, so that ten thousand jobs on a slow server are shown less often instead of slowing their
/// own work. The accounts' sums, which change with every price, get a hundredth.
struct Poller: Service, CustomStringConvertible {
  let store: JobStore
  let desk: DeskFace?
  let signIns: SignIns
  let almanac: @Sendable () -> Almanac
  let board: SnapshotBoard
  let feed: LiveFeed
  let publish: @Sendable () -> Void
  private let memory = OverviewMemory()
  private let summingTook = Locked(Duration.zero)

  var description: String { "poller" }

  init(
    store: JobStore, desk: DeskFace?, signIns: SignIns,
    almanac: @escaping @Sendable () -> Almanac, board: SnapshotBoard, feed: LiveFeed,
    publish: @escaping @Sendable () -> Void
  ) {
    self.store = store
    self.desk = desk
    self.signIns = signIns
    self.almanac = almanac
    self.board = board
    self.feed = feed
    self.publish = publish
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { loops in
        loops.addTask { await lookAgainAndAgain() }
        loops.addTask { await publishAgainAndAgain() }
      }
    }
  }

  /// Apart from looking: while a look hangs, watchers are told how old everything gets.
  private func publishAgainAndAgain() async {
    while !Task.isCancelled {
      if feed.hasWatchers { publish() }
      try? await SystemClock.sleep(for: .seconds(1))
    }
  }

  private func lookAgainAndAgain() async {
    while !Task.isCancelled {
      let began = SystemClock.sinceBoot()
      await look()
      let took = SystemClock.sinceBoot() - began
      // A look that failed has waited enough; the database may be back.
      let isWell = board.snapshot.failure == nil
      try? await rest(since: began, atLeast: isWell ? min(took * 10, .seconds(20)) : .zero)
    }
  }

  private func rest(since began: Duration, atLeast pause: Duration) async throws {
    repeat {
      try await SystemClock.sleep(for: .milliseconds(250))
      let waited = SystemClock.sinceBoot() - began
      let wanted: Duration = feed.hasWatchers ? .seconds(1) : .seconds(5)
      if waited >= max(wanted, pause) { return }
    } while !Task.isCancelled
  }

  /// One look. A part that is still young is left alone.
  func look() async {
    do {
      let overview = try await store.overview(almanac: almanac(), memory: memory)
      board.write { $0.overview = .init(overview) }
      let runners = try await store.runnersSeen()
      board.write { $0.runners = .init(runners) }
      try await lookAtTrends(overview)
      try await lookAtAccounts(overview.clock.jobTime)
      if isOlder(board.snapshot.figures?.ageSeconds, than: 15) {
        let figures = try await store.recentFigures()
        board.write { $0.figures = .init(figures) }
      }
      board.write { $0.failure = nil }
    } catch {
      let since = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
      let words = "\(error)"
      board.write { snapshot in
        snapshot.failure = .init(error: words, since: snapshot.failure?.since ?? since)
      }
    }
  }

  private func lookAtTrends(_ overview: Overview) async throws {
    // Strips of hundreds of jobs are no picture any more, and cost a second each time.
    let jobs = overview.jobs.map(\.name).prefix(Self.mostTrends)
    guard isOlder(board.snapshot.trends?.ageSeconds, than: jobs.count <= 50 ? 1 : 15) else {
      return
    }
    let zone = almanac().homeZone
    let today = zone.local(overview.clock.jobTime).date
    let span = StripSpan(from: zone.resolve(today, .midnight).earliest)
    let trends = try await store.trends(of: Array(jobs), over: span)
    board.write { $0.trends = .init(DayTrends(span: span, jobs: trends)) }
  }

  private static let mostTrends = 300

  private func lookAtAccounts(_ now: Instant) async throws {
    let pause = min(max(.seconds(5), summingTook.withLock { $0 } * 100), .seconds(30))
    guard let desk, isOlder(board.snapshot.accounts?.ageSeconds, than: pause / .seconds(1)) else {
      return
    }
    let began = SystemClock.sinceBoot()
    let accounts = try await desk.summaries(at: now, signIns: signIns)
    summingTook.withLock { $0 = SystemClock.sinceBoot() - began }
    board.write { $0.accounts = .init(accounts) }
  }

  private func isOlder(_ age: Double?, than limit: Double) -> Bool {
    age.map { $0 >= limit - 0.2 } ?? true
  }
}
