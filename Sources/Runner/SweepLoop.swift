import Jobs
import JobStore
import Logging
import Threads

/// Rescues what dead runners left, ends what may not start any more, and keeps the records of
/// absence.
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
    let askedAt = SystemClock.sinceBoot()
    do {
      let needs = try await runner.control.sweepNeeds()
      runner.clock.set(needs.clocks, askedAt: needs.askedAt)
      runner.watch.succeeded(askedAt: askedAt)
      if needs.hasExpired { try await expire() }
      if needs.hasAbandoned { try await rescue(needs) }
      try await runner.watch.payRecords(to: runner.control)
      try await beSeen()
    } catch {
      runner.watch.failed(error, in: "sweep", askedAt: askedAt)
    }
  }

  private func beSeen() async throws {
    let now = SystemClock.sinceBoot()
    guard runner.planning.withLock({ ($0.seenAt ?? .zero) + .seconds(10) <= now }) else { return }
    try await runner.control.beSeen(as: kind)
    runner.planning.withLock { $0.seenAt = now }
  }

  private func expire() async throws {
    let ended = try await runner.control.expire()
    guard !ended.isEmpty else { return }
    runner.log.notice("runs expired", metadata: ["runs": "\(ended)"])
    // A retry that waited may have been at the head of its lock.
    runner.claimWake.ring()
  }

  /// After an outage all leases look dead, and their holders deserve one renewal first.
  private func rescue(_ needs: JobStore.SweepNeeds) async throws {
    if let back = runner.watch.sinceReturn, back < runner.settings.rescuePause { return }
    guard needs.serverUptime >= runner.settings.rescuePause else { return }
    var rescued: [JobStore.RescuedRun]
    repeat {
      runner.board.moved("sweep")
      rescued = try await runner.control.rescue(limit: 100, chance: Double.random(in: 0...1))
      rescued.forEach(note)
      if !rescued.isEmpty { runner.claimWake.ring() }
    } while rescued.count == 100
  }

  private func note(_ run: JobStore.RescuedRun) {
    runner.log.warning(
      "a run was rescued from a runner that stopped renewing",
      metadata: [
        LogKey.job: "\(run.job)", LogKey.run: "\(run.run)", LogKey.worker: "\(run.lostBy)",
        LogKey.outcome: "\(run.settlement.state.rawValue)",
      ])
  }
}
