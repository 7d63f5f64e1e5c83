import Hummingbird
import JobStore
import Jobs
import Postgres
import Threads
import TradingTime

/// What supervisors ask: is it alive, can it work, how is it doing.
struct ProbeRoutes {
  let store: JobStore
  let report: @Sendable () -> RunnerReport
  let document: @Sendable () -> StatusDocument
  private let lastReach = Locked<Reach?>(nil)

  private struct Reach: Sendable {
    var at: Duration
    var failure: String?
  }

  init(
    store: JobStore, report: @escaping @Sendable () -> RunnerReport,
    document: @escaping @Sendable () -> StatusDocument
  ) {
    self.store = store
    self.report = report
    self.document = document
  }

  struct Answer: Encodable {
    var status: String
    var failures: [String]
  }

  /// 200 while every loop of this process moves, whatever the database does: restarting would not
  /// help it.
  func livez(_: Request, _: StatusContext) throws -> Response {
    try answer(stuckLoops())
  }

  /// 200 while this process can do its work: the database answers within a second, leases are kept.
  func readyz(_: Request, _: StatusContext) async throws -> Response {
    var failures = stuckLoops()
    let report = report()
    if report.isDraining { failures.append("draining: no new work is claimed") }
    if let lost = report.databaseLostAt {
      failures.append(
        "the runner lost the database at \(lost): \(report.databaseError ?? "no reason given")")
    }
    if let failure = await unreachable() { failures.append(failure) }
    return try answer(failures)
  }

  func status(_: Request, _: StatusContext) throws -> Response { try .json(document()) }

  private func answer(_ failures: [String]) throws -> Response {
    try .json(
      Answer(status: failures.isEmpty ? "ok" : "failing", failures: failures),
      status: failures.isEmpty ? .ok : .serviceUnavailable)
  }

  private func stuckLoops() -> [String] {
    report().loops.filter { !$0.isAlive }.map { loop in
      let age = Duration.seconds(Int64(loop.movedSecondsAgo)).spelled
      let limit = Duration.seconds(Int64(loop.limitSeconds)).spelled
      return "loop '\(loop.name)' has not moved for \(age), limit \(limit)"
    }
  }

  /// Asked at most once a second, however many probe.
  private func unreachable() async -> String? {
    let now = SystemClock.sinceBoot()
    if let last = lastReach.withLock({ $0 }), now - last.at < .seconds(1) { return last.failure }
    var reach = Reach(at: now)
    do {
      try await store.pool.query("select 1", deadline: .after(.seconds(1)))
    } catch {
      reach.failure = "\(error)"
    }
    let found = reach
    lastReach.withLock { $0 = found }
    return found.failure
  }
}
