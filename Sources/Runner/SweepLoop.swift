import Jobs
import JobStore
import Logging
import Threads

/// Rescues what dead runners left, ends what may not start any more, and keeps the records of absence.
struct SweepLoop: Sendable {
  let runner: Runner
  /// What this process is to others: `serve`, or `run`.
  var kind = "serve"

  func run() async {
    while !Task.isCancelled {
      runner.board.moved("sweep")
      await goRound()
      try? await SystemClock.sleep(for: runner.settings.sweepEvery)
    }
    runner.board.left("sweep")
  }

  private func goRound() async {
    do {
      try await runner.watch.payRecords(to: runner.control)
      let needs = try await runner.control.sweepNeeds()
      runner.clock.set(needs.clocks, askedAt: needs.askedAt)
      runner.watch.succeeded()
      if needs.hasExpired { try await runner.control.expire() }
      if needs.hasAbandoned { try await rescue(needs) }
      try await beSeen()
    } catch {
      runner.watch.failed(error)
    }
  }

  private func beSeen() async throws {
    let now = SystemClock.sinceBoot()
    guard runner.planning.withLock({ ($0.seenAt ?? .zero) + .seconds(10) <= now }) else { return }
    try await runner.control.beSeen(as: kind)
    runner.planning.withLock { $0.seenAt = now }
  }

  /// After an outage all leases look dead, and their holders deserve one renewal first.
  private func rescue(_ needs: JobStore.SweepNeeds) async throws {
    if let back = runner.watch.sinceReturn, back < runner.settings.lease { return }
    guard needs.serverUptime >= runner.settings.lease else { return }
    let rescued = try await runner.control.rescue(chance: Double.random(in: 0...1))
    for run in rescued {
      runner.log.warning(
        "a run was rescued from a runner that stopped renewing",
        metadata: [
          LogKey.job: "\(run.job)", LogKey.run: "\(run.run)", LogKey.worker: "\(run.lostBy)",
          LogKey.outcome: "\(run.settlement.state.rawValue)",
        ])
    }
    if !rescued.isEmpty { runner.claimWake.ring() }
  }
}
