import Jobs
import JobStore
import Threads
import TradingTime

/// Claims ready runs while there is room, and starts an attempt for each.
struct ClaimLoop: Sendable {
  let runner: Runner

  /// What one round leaves for the next.
  private struct Memory {
    /// Until when a claim whose answer was lost may be there without our knowing.
    var inDoubt: Deadline?
    /// Until when a runner with more than half of its places taken waits for more room.
    var mayWait = Deadline.after(.zero)
  }

  func run() async {
    var memory = Memory()
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        runner.board.moved("claim")
        let nap = await goRound(&group, &memory)
        await runner.claimWake.wait(for: nap)
      }
    }
    runner.board.left("claim")
  }

  private func goRound(
    _ group: inout DiscardingTaskGroup, _ memory: inout Memory
  ) async -> Duration {
    runner.attempts.setClaiming(true)
    defer {
      runner.attempts.setClaiming(false)
      if !runner.isClaiming { runner.settled.ring() }
    }
    let room = runner.settings.concurrency - runner.attempts.count
    guard runner.isClaiming, room > 0 else { return runner.settings.longestNap }
    if room < runner.settings.concurrency / 2, let wait = memory.mayWait.remaining, wait > .zero {
      return wait
    }
    let askedAt = SystemClock.sinceBoot()
    do {
      if let until = memory.inDoubt {
        try await takeUpUnknown(&group, askedAt)
        if until.hasPassed { memory.inDoubt = nil }
      }
      let claims = try await runner.control.claim(
        upTo: min(room, 100), of: try await runner.knownJobs())
      runner.watch.succeeded(askedAt: askedAt)
      // With a thousand runs ready a claim takes 20 ms, and costs much the same whether it brings one
      // of them or ten; so while places are short it gets a tenth of the time.
      memory.mayWait = .after(min((SystemClock.sinceBoot() - askedAt) * 9, .milliseconds(250)))
      for claim in claims { begin(claim, askedAt: askedAt, &group) }
      return claims.isEmpty ? try await napUntilReady() : .zero
    } catch {
      runner.watch.failed(error, in: "claim", askedAt: askedAt)
      memory.inDoubt = .after(runner.settings.lease)
      return .milliseconds(500)
    }
  }

  private func begin(
    _ claim: Claim, askedAt: Duration, _ group: inout DiscardingTaskGroup
  ) {
    let active = ActiveAttempt(claim, askedAt: askedAt, settings: runner.settings)
    runner.attempts.add(active)
    // Claimed while we were told to leave: it is handed back unbegun.
    if !runner.isClaiming { active.stopUnlessBegun(.draining) }
    let place = runner.attemptRunner.place(of: claim)
    group.addTask(executorPreference: place) { await attempt(active) }
  }

  /// After a claim without an answer: what it brought is found by this process's identity.
  private func takeUpUnknown(
    _ group: inout DiscardingTaskGroup, _ askedAt: Duration
  ) async throws {
    let unknown = try await runner.control.unknownClaims(besides: runner.attempts.runs)
    // They have five seconds of lease left at least; the next renewal gives them more.
    let begunAt = askedAt + .seconds(5) - runner.settings.lease
    for claim in unknown { begin(claim, askedAt: begunAt, &group) }
    if !unknown.isEmpty { runner.renewWake.ring() }
  }

  private func attempt(_ active: ActiveAttempt) async {
    let end = await runner.attemptRunner.run(active)
    runner.attempts.remove(active)
    runner.settled.ring()
    // What follows from an end may be claimable now: the lock is free, a condition met, a retry
    // due.
    if case .waiting = end { return }
    runner.claimWake.ring()
  }

  private func napUntilReady() async throws -> Duration {
    guard let next = try await runner.control.nextReadyAt(of: try await runner.knownJobs()),
      let now = runner.clock.now
    else { return runner.settings.longestNap }
    if runner.clock.isUneven { return .milliseconds(25) }
    return min(max(next - now, .milliseconds(1)), runner.settings.longestNap)
  }
}
