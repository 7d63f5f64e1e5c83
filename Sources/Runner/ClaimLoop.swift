import Jobs
import JobStore
import Threads
import TradingTime

/// Claims ready runs while there is room, and starts an attempt for each.
struct ClaimLoop: Sendable {
  let runner: Runner

  func run() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        runner.board.moved("claim")
        let nap = await goRound(&group)
        await runner.claimWake.wait(for: nap)
      }
    }
    runner.board.left("claim")
  }

  private func goRound(_ group: inout DiscardingTaskGroup) async -> Duration {
    let room = runner.settings.concurrency - runner.attempts.count
    guard runner.isClaiming, room > 0 else { return runner.settings.longestNap }
    do {
      let askedAt = SystemClock.sinceBoot()
      let claims = try await runner.control.claim(
        upTo: min(room, 100), of: try await runner.knownJobs())
      runner.watch.succeeded()
      for claim in claims {
        let active = ActiveAttempt(claim, askedAt: askedAt, settings: runner.settings)
        runner.attempts.add(active)
        group.addTask { await attempt(active) }
      }
      return claims.isEmpty ? try await napUntilReady() : .zero
    } catch {
      runner.watch.failed(error)
      return .milliseconds(500)
    }
  }

  private func attempt(_ active: ActiveAttempt) async {
    let end = await runner.attemptRunner.run(active)
    runner.attempts.remove(active)
    runner.settled.ring()
    // What follows from an end may be claimable now: the lock is free, a condition met, a retry due.
    if case .waiting = end { return }
    runner.claimWake.ring()
  }

  private func napUntilReady() async throws -> Duration {
    guard let next = try await runner.control.nextReadyAt(of: try await runner.knownJobs()),
      let now = runner.clock.now
    else { return runner.settings.longestNap }
    if runner.clock.isShifted { return .milliseconds(25) }
    return min(max(next - now, .milliseconds(1)), runner.settings.longestNap)
  }
}
