import Desk
import Threads
import TradingTime

/// What the lines tell of themselves; read by whoever asks how the feed is doing.
final class FeedBoard: Sendable {
  private struct State: Sendable {
    var report = FeedReport()
    var connections: [FeedPlan.Line: FeedReport.Connection] = [:]
    var hasSeenDepth = false
  }

  private let state = Locked(State())

  var report: FeedReport {
    state.withLock { state in
      var report = state.report
      report.connections = state.connections
        .sorted { ($0.key.account.id, $0.key.number) < ($1.key.account.id, $1.key.number) }
        .map(\.value)
      return report
    }
  }

  func plan(_ line: FeedPlan.Line, instruments: Int) {
    state.withLock { state in
      let new = FeedReport.Connection(
        account: line.account.id, number: line.number, state: .connecting,
        instruments: instruments, followsOrders: line.number == 1)
      state.connections[line, default: new].instruments = instruments
    }
  }

  func change(
    _ line: FeedPlan.Line, _ change: @Sendable (inout FeedReport.Connection) -> Void
  ) {
    state.withLock { state in
      if var connection = state.connections[line] {
        change(&connection)
        state.connections[line] = connection
      }
    }
  }

  func remove(_ line: FeedPlan.Line) {
    state.withLock { _ = $0.connections.removeValue(forKey: line) }
  }

  func count(_ change: @Sendable (inout FeedCounts) -> Void) {
    state.withLock { change(&$0.report.counts) }
  }

  func note(_ what: String, at instant: Instant) {
    state.withLock { $0.report.note(what, at: instant) }
  }

  /// True once. Nobody has captured a depth yet, so the first is shown as it came, for whoever is to
  /// believe what we read in it.
  var isFirstDepth: Bool {
    state.withLock { state in
      defer { state.hasSeenDepth = true }
      return !state.hasSeenDepth
    }
  }

  func opened(_ line: FeedPlan.Line, at instant: Instant) {
    count { $0.connects += 1 }
    change(line) { connection in
      connection.state = .open
      connection.lostAt = nil
      (connection.openedAt, connection.heardAt) = (instant, nil)
    }
  }

  func heard(_ line: FeedPlan.Line, at instant: Instant) {
    count { $0.messages += 1 }
    change(line) { $0.heardAt = instant }
  }

  func priced(_ line: FeedPlan.Line, at instant: Instant) { change(line) { $0.pricedAt = instant } }

  func lost(_ line: FeedPlan.Line, _ failure: FeedFailure, at instant: Instant) {
    let isSilence = if case .silent = failure { true } else { false }
    count { counts in
      counts.losses += 1
      if isSilence { counts.silences += 1 }
    }
    change(line) { connection in
      connection.state = .waiting
      connection.openedAt = nil
      connection.lostAt = connection.lostAt ?? instant
      connection.reason = "\(failure)"
    }
    note("\(line.account.id)/\(line.number): \(failure)", at: instant)
  }
}
