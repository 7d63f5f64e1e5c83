import JobStore
import Logging
import Postgres
import Threads
import TradingTime

/// Whether the database can be reached, and the spans in which it could not.
///
/// The first loop that fails opens a span; the first that succeeds closes it and owes the record.
/// Who asked before that tells nothing new: many statements are under way when a server goes, and
/// each ends in its own time.
final class DatabaseWatch: Sendable {
  struct Outage: Sendable {
    var lostAt: Instant
    /// The same on the boot clock.
    var sinceBoot: Duration
    var reason: String

    var span: Duration { SystemClock.sinceBoot() - sinceBoot }
  }

  private struct State {
    var open: Outage?
    var changedAt = Duration.zero
    var owed: [(outage: Outage, found: Instant)] = []
    var lastReturn: Duration?
    /// When each loop's trouble was last put into the log.
    var saidAt: [String: Duration] = [:]
  }

  private let state = Locked(State())
  private let log: Logger

  init(log: Logger) { self.log = log }

  /// - Parameter askedAt: the boot clock before the statement was sent.
  func failed(_ error: any Error, in loop: String, askedAt: Duration) {
    guard error.meansNoDatabase else { return say(error, in: loop) }
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    let isNew = state.withLock { state in
      guard state.open == nil, askedAt >= state.changedAt else { return false }
      state.changedAt = SystemClock.sinceBoot()
      state.open = Outage(lostAt: now, sinceBoot: state.changedAt, reason: "\(error)")
      return true
    }
    if isNew { log.error("the database is out of reach", metadata: [LogKey.error: "\(error)"]) }
  }

  func succeeded(askedAt: Duration) {
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    let outage = state.withLock { state -> Outage? in
      guard let outage = state.open, askedAt >= state.changedAt else { return nil }
      state.open = nil
      state.changedAt = SystemClock.sinceBoot()
      state.owed.append((outage, now))
      state.lastReturn = SystemClock.sinceBoot()
      return outage
    }
    guard let outage else { return }
    log.notice("the database is back", metadata: ["lost_at": "\(outage.lostAt)"])
  }

  /// Trouble that time alone may not cure must be heard of, but not twice a second.
  private func say(_ error: any Error, in loop: String) {
    if case PostgresError.cancelled = error { return }
    let now = SystemClock.sinceBoot()
    let isDue = state.withLock { state in
      if let said = state.saidAt[loop], now - said < .seconds(30) { return false }
      state.saidAt[loop] = now
      return true
    }
    guard isDue else { return }
    log.error("a loop could not do its work", metadata: ["loop": "\(loop)", "error": "\(error)"])
  }

  var outage: Outage? { state.withLock { $0.open } }

  /// Since when the database is back after an outage of this process; nil if there was none.
  var sinceReturn: Duration? {
    state.withLock { state in state.lastReturn.map { SystemClock.sinceBoot() - $0 } }
  }

  /// Puts ended spans on record; what cannot be written stays owed.
  func payRecords(to store: JobStore) async throws {
    for (outage, found) in state.withLock({ $0.owed }) {
      try await store.recordOutage(from: outage.lostAt, to: found, reason: outage.reason)
      state.withLock { state in state.owed.removeAll { $0.outage.lostAt == outage.lostAt } }
    }
  }
}

extension Error {
  /// The server was not there to answer; any other error is an answer.
  var meansNoDatabase: Bool {
    switch self as? PostgresError {
    case .unavailable, .connectionLost, .timedOut, .commitUnknown: true
    case .server(let error): error.sqlState.hasPrefix("57P") || error.sqlState.hasPrefix("08")
    case .pipeline(_, _, let error): error.meansNoDatabase
    default: false
    }
  }
}
