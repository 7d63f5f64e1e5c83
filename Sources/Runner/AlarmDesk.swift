package import Jobs
import JobStore
import Threads
import TradingTime

/// The alarms as this process knows them, and what it has to say of them.
///
/// With the database the rows of `jobs.alarm` are the alarms, and what is to be said is claimed
/// there, so that of all daemons one says it. Without it this process judges what it knows by
/// itself and says it at once; several daemons that lose their database say so each, because saying
/// it twice is better than not at all. What was judged so is brought in when the database is back.
package final class AlarmDesk: Sendable {
  package let settings: AlarmSettings
  package let board: LoopBoard
  let posts: [AlertChannel: AlarmPost]

  private struct State {
    var book = AlarmBook()
    /// Causes judged here while there was no database, which it does not know of.
    var own: Set<String> = []
    var isKept = false
    var judgedAt: Instant?
    var heartbeat: AlarmReport.Heartbeat?
  }

  private let state = Locked(State())
  private let feeds = Locked<@Sendable () -> [AlarmFacts.FeedFacts]>({ [] })

  package init(_ settings: AlarmSettings, board: LoopBoard = LoopBoard()) {
    self.settings = settings
    self.board = board
    posts = Dictionary(
      settings.ways.map { ($0.channel, AlarmPost($0, settings: settings, board: board)) }
    ) { first, _ in first }
    if settings.heartbeat != nil { state.withLock { $0.heartbeat = .init() } }
  }

  /// Sends what is to be said, until the task is cancelled. To be started before there is a
  /// database: that there is none may be the first thing to say.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      for post in posts.values { group.addTask { await post.run() } }
    }
  }

  /// Whom to ask which feeds bring nothing; the engine knows of none itself.
  package func ask(_ feeds: @escaping @Sendable () -> [AlarmFacts.FeedFacts]) {
    self.feeds.withLock { $0 = feeds }
  }

  var missingFeeds: [AlarmFacts.FeedFacts] { feeds.withLock { $0 }() }

  package var report: AlarmReport {
    let (entries, state) = state.withLock { state in (Array(state.book.entries.values), state) }
    let standing = entries.filter(\.stands).sorted {
      ($1.severity, $0.since, $0.cause) < ($0.severity, $1.since, $1.cause)
    }
    let cleared = entries.filter { !$0.stands }.sorted {
      ($1.clearedAt ?? $1.since, $0.cause) < ($0.clearedAt ?? $0.since, $1.cause)
    }
    return AlarmReport(
      standing: standing.map { .init($0) }, cleared: cleared.prefix(20).map { .init($0) },
      channels: settings.channels.compactMap { posts[$0]?.state }, heartbeat: state.heartbeat,
      judgedAt: state.judgedAt, isKept: state.isKept)
  }

  var standing: Set<String> {
    state.withLock { state in Set(state.book.entries.values.filter(\.stands).map(\.cause)) }
  }

  func setHeartbeat(_ change: (inout AlarmReport.Heartbeat) -> Void) {
    var heartbeat = state.withLock { $0.heartbeat } ?? .init()
    change(&heartbeat)
    let new = heartbeat
    state.withLock { $0.heartbeat = new }
  }

  /// Judges by this process's own knowledge alone.
  package func judgeAlone(_ facts: AlarmFacts) {
    var facts = facts
    facts.tables = nil
    let standing = AlarmRules.standing(facts)
    let judge = AlarmBook.Judge(
      holder: facts.holder, host: facts.host, asOf: facts.now, now: facts.now, readsTables: false,
      manners: settings.manners)
    let messages = state.withLock { state in
      let outcome = state.book.judge(standing, judge)
      state.own.formUnion(outcome.changed)
      state.isKept = false
      state.judgedAt = judge.now
      return outcome.messages
    }
    for (message, wanted) in messages {
      for channel in AlertChannel.chosen(from: settings.channels, wanted: wanted) {
        posts[channel]?.add(message)
      }
    }
  }

  /// Judges on record. Does nothing if another daemon is doing so at this moment.
  func judge(_ facts: AlarmFacts, in store: JobStore) async throws {
    let standing = AlarmRules.standing(facts)
    let own = state.withLock { state in state.own.sorted().compactMap { state.book.entries[$0] } }
    let kept = try await store.keepAlarms(
      standing, own: own.isEmpty ? nil : (own, facts.now), host: facts.host,
      asOf: facts.tables?.asOf, readsTables: facts.tables != nil, channels: settings.channels,
      manners: settings.manners)
    guard let kept else { return }
    let now = facts.now
    state.withLock { state in
      state.book = kept.book
      state.own = []
      state.isKept = true
      state.judgedAt = now
    }
    for channel in kept.due { posts[channel]?.fetch(from: store) }
  }
}
