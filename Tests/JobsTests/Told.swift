import Jobs
import TradingTime

/// Facts as a store would give them: a sync every 30 s in market hours, asked about at 12:00:10 on
/// an ordinary Thursday. The server's clock is another one, as in a rehearsal.
enum Told {
  static let now = at("2026-07-09T12:00:10")
  static let server = at("2026-11-22T18:00:00Z")
  static let slot = at("2026-07-09T12:00:00")

  static func facts(
    asked: Instant? = nil, _ change: (inout ExplanationFacts) -> Void = { _ in }
  ) -> ExplanationFacts {
    var job = Job(
      name: "sync", work: .unit("sync-positions"), timeout: .seconds(25), idempotent: true)
    job.schedule = .every(.seconds(30), during: .syncing)
    job.retry = RetryPolicy(attempts: 2)
    var facts = ExplanationFacts(
      job: job, almanac: SmallWorld.almanac, now: now, serverNow: server, asked: asked,
      watermark: now - .seconds(1), daemonSeenAt: server - .seconds(2))
    change(&facts)
    return facts
  }

  static func decided(
    _ decision: Decision, _ reason: String, late: Duration = .zero, through: Instant? = nil,
    count: Int = 1
  ) -> ExplanationFacts.Slot {
    ExplanationFacts.Slot(
      dueAt: slot, through: through, count: count, decision: decision, reason: reason,
      lateness: late)
  }

  static func run(
    _ state: RunState, id: Int64 = 812, item: String? = nil, reason: String? = nil,
    _ change: (inout ExplanationFacts.Run) -> Void = { _ in }
  ) -> ExplanationFacts.Run {
    var run = ExplanationFacts.Run(
      id: id, item: item, dueAt: slot, state: state, reason: reason, lock: "sync", readyAt: slot)
    if state != .ready && state != .skipped && state != .superseded {
      run.attempt = 1
      run.lateness = .milliseconds(120)
      run.holder = state.isActive ? "desk-1" : nil
      run.claimedAt = server - .seconds(9)
      run.startedAt = server - .seconds(9)
      run.finishedAt = state.isEnded ? server - .seconds(6) : nil
    }
    change(&run)
    return run
  }

  static func attempt(_ number: Int, _ outcome: Outcome?, _ error: String? = nil)
    -> ExplanationFacts.Attempt
  {
    ExplanationFacts.Attempt(
      number: number, outcome: outcome, error: error, holder: "desk-1",
      claimedAt: server - .seconds(30), finishedAt: outcome.map { _ in server - .seconds(27) })
  }
}
