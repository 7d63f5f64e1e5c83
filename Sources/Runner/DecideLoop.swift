import Jobs
import JobStore
import Logging
import Threads
import TradingTime

/// Looks at each job's next slot and decides when it has come.
///
/// The sleep is computed from the nearest slot. Waking too early decides nothing, because the
/// server's clock has the last word; waking late is made up for by the watermark.
struct DecideLoop: Sendable {
  let runner: Runner

  func run() async {
    var plan = SlotPlan()
    while !Task.isCancelled {
      // Catching up after a long absence is allowed its time.
      runner.board.moved("decide", limit: .seconds(60))
      let nap = await goRound(&plan)
      await runner.decideWake.wait(for: nap)
    }
    runner.board.left("decide")
  }

  private func goRound(_ plan: inout SlotPlan) async -> Duration {
    guard runner.isClaiming else { return runner.settings.longestNap }
    let askedAt = SystemClock.sinceBoot()
    do {
      if !plan.isMade { try await plan.renew(runner) }
      let due = plan.due(at: try await now())
      if !due.isEmpty {
        try await decide(due, &plan)
        runner.watch.succeeded(askedAt: askedAt)
      }
      // Afterwards, because it takes a while with thousands of jobs and a slot that is due waits for
      // nothing; what is decided follows the tables, not this plan.
      if plan.isStale(runner) {
        try await plan.renew(runner)
        return .zero
      }
      return plan.nap(runner)
    } catch {
      runner.watch.failed(error, in: "decide", askedAt: askedAt)
      plan = SlotPlan()
      return .milliseconds(500)
    }
  }

  private func now() async throws -> Instant {
    if !runner.clock.isUneven, let now = runner.clock.now { return now }
    return try await runner.readClock()
  }

  private func decide(_ jobs: [String], _ plan: inout SlotPlan) async throws {
    do {
      try await decideTogether(jobs, &plan)
    } catch  where !error.meansNoDatabase && !Task.isCancelled {
      // One job's trouble must not silence the others.
      for job in jobs {
        runner.board.moved("decide", limit: .seconds(60))
        do {
          try await decideTogether([job], &plan)
        } catch  where !error.meansNoDatabase && !Task.isCancelled {
          runner.watch.failed(error, in: "decide \(job)", askedAt: .zero)
          plan.putOff(job, now: runner.clock.now)
        }
      }
    }
  }

  private func decideTogether(_ jobs: [String], _ plan: inout SlotPlan) async throws {
    let almanac = runner.almanac.withLock { $0 }
    let answers = try await runner.control.decide(
      jobs, in: almanac, workshop: runner.workshop, suspectClock: runner.clock.suspicion)
    if answers.contains(where: { $0.slots > 0 }) { runner.claimWake.ring() }
    plan.note(answers, asked: jobs, almanac, now: runner.clock.now)
    for answer in answers where answer.holds != nil {
      runner.log.debug(
        "a job holds", metadata: [LogKey.job: "\(answer.job)", "why": "\(answer.holds ?? "")"])
    }
  }
}
