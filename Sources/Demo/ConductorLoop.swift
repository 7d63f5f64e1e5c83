package import JobStore
package import Jobs
import Threads
package import TradingTime

/// Plays a day on a database and a simulator.
package struct ConductorLoop: Sendable {
  private let store: JobStore
  private let clock: DemoClock
  private let conductor: Conductor
  private let almanac: Almanac
  private let finale: DemoDay.Finale?

  package init(
    _ store: JobStore, _ clock: DemoClock, _ conductor: Conductor, _ almanac: Almanac,
    finale: DemoDay.Finale?
  ) {
    self.store = store
    self.clock = clock
    self.conductor = conductor
    self.almanac = almanac
    self.finale = finale
  }

  /// - Parameter showing: told the job's time at each look.
  /// - Returns: whether the day's last run was seen to its end; only once the day is over.
  package func run(showing: @Sendable (Instant) async -> Void) async throws -> Bool {
    var score = ConductorScore(store, almanac, finale)
    while true {
      let (facts, real) = try await score.read()
      await showing(facts.now)
      switch conductor.step(facts) {
      case .stay: break
      case .hold: try await clock.hold()
      case .go(let until): try await clock.go(from: facts.now, at: real, until: until)
      case .finish(let completely): return completely
      }
      try await SystemClock.sleep(for: .milliseconds(8))
    }
  }
}
