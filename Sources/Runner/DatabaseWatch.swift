import JobStore
import Threads
import TradingTime

/// Whether the database can be reached, and the spans in which it could not.
///
/// The first loop that fails opens a span; the first that succeeds closes it and owes the record.
final class DatabaseWatch: Sendable {
  struct Outage: Sendable {
    var lostAt: Instant
    var reason: String
  }

  private struct State {
    var open: Outage?
    var owed: [(outage: Outage, found: Instant)] = []
    var lastReturn: Duration?
  }

  private let state = Locked(State())

  func failed(_ error: any Error) {
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    state.withLock { state in
      if state.open == nil { state.open = Outage(lostAt: now, reason: "\(error)") }
    }
  }

  func succeeded() {
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    state.withLock { state in
      guard let outage = state.open else { return }
      state.open = nil
      state.owed.append((outage, now))
      state.lastReturn = SystemClock.sinceBoot()
    }
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
