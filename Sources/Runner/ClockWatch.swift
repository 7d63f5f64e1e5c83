import JobStore
import Jobs
import Threads
import TradingTime

/// What this machine's clocks and the database's did while this process watched.
final class ClockWatch: Sendable {
  private struct State {
    var last: ClockSample?
    var wasSuspect = false
    var events: [(event: ClockEvent, atBoot: Duration)] = []
    var owed: [ClockEvent] = []
  }

  private let state = Locked(State())
  /// More than anybody reads; the record keeps all.
  private static let most = 20

  /// Looks at all clocks now; a rehearsal's are no clocks to watch.
  ///
  /// - Returns: what happened since the last look.
  func look(at clock: JobClock) -> [ClockEvent] {
    let boot = SystemClock.sinceBoot()
    let server = clock.server(at: boot)
    return note(
      ClockSample(
        sinceBoot: boot, awake: SystemClock.awakeSinceBoot(),
        wall: Instant(microseconds: SystemClock.microsecondsSinceEpoch()),
        server: server?.clock, doubt: server?.doubt ?? .zero),
      suspicion: clock.suspicion, skew: clock.skew)
  }

  func note(_ sample: ClockSample, suspicion: String? = nil, skew: Duration? = nil) -> [ClockEvent]
  {
    state.withLock { state in
      var events = state.last.map { sample.events(since: $0) } ?? []
      if let suspicion, !state.wasSuspect {
        events.append(
          ClockEvent(
            kind: .disagreement, at: sample.wall, seconds: (skew ?? .zero) / .seconds(1),
            sentence: suspicion))
      }
      state.wasSuspect = suspicion != nil
      state.last = sample
      state.events = Array(
        (events.map { ($0, sample.sinceBoot) } + state.events).prefix(Self.most))
      state.owed += events
      return events
    }
  }

  /// Newest first.
  var events: [(event: ClockEvent, ago: Duration)] {
    let now = SystemClock.sinceBoot()
    return state.withLock { state in state.events.map { ($0.event, now - $0.atBoot) } }
  }

  /// Puts them on record; what cannot be written stays owed.
  func payRecords(to store: JobStore) async throws {
    for event in state.withLock({ $0.owed }) {
      try await store.record(event)
      state.withLock { state in state.owed.removeAll { $0 == event } }
    }
  }
}
