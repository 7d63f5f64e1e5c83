import Jobs
import JobStore
import Logging
import Threads
import TradingTime

/// Looks at each job's next slot and decides when it has come.
///
/// The sleep is computed from the nearest slot. Waking too early decides nothing, because the server's
/// clock has the last word; waking late is made up for by the watermark.
struct DecideLoop: Sendable {
  let runner: Runner

  func run() async {
    var plan = SlotPlan()
    while !Task.isCancelled {
      runner.board.moved("decide")
      let nap = await goRound(&plan)
      await runner.decideWake.wait(for: nap)
    }
    runner.board.left("decide")
  }

  private func goRound(_ plan: inout SlotPlan) async -> Duration {
    guard runner.isClaiming else { return runner.settings.longestNap }
    do {
      if plan.isStale(runner) { try await plan.renew(runner) }
      let due = plan.due(at: try await now(plan))
      if !due.isEmpty { try await decide(due, &plan) }
      runner.watch.succeeded()
      return plan.nap(runner)
    } catch {
      runner.watch.failed(error)
      plan = SlotPlan()
      return .milliseconds(500)
    }
  }

  private func now(_ plan: SlotPlan) async throws -> Instant {
    if !runner.clock.isShifted, let now = runner.clock.now { return now }
    return try await runner.readClock()
  }

  private func decide(_ jobs: [String], _ plan: inout SlotPlan) async throws {
    let almanac = runner.almanac.withLock { $0 }
    let answers = try await runner.control.decide(jobs, in: almanac, workshop: runner.workshop)
    if answers.contains(where: { $0.slots > 0 }) { runner.claimWake.ring() }
    plan.note(answers, asked: jobs, almanac, now: runner.clock.now)
    for answer in answers where answer.holds != nil {
      runner.log.debug(
        "a job holds", metadata: ["job": "\(answer.job)", "why": "\(answer.holds ?? "")"])
    }
  }
}

/// When each job is to be looked at next.
struct SlotPlan {
  private var schedules: [String: Schedule] = [:]
  private var nextAt: [String: Instant] = [:]
  private var madeAt: Duration?
  /// Definitions and watermarks are read again this often, should a hint have been lost.
  private static let validity = Duration.seconds(15)

  func isStale(_ runner: Runner) -> Bool {
    guard let madeAt else { return true }
    return SystemClock.sinceBoot() - madeAt > Self.validity || runner.definitionsChanged
  }

  mutating func renew(_ runner: Runner) async throws {
    runner.definitionsChanged = false
    let now = try await runner.readClock()
    let almanac = runner.almanac.withLock { $0 }
    schedules = [:]
    nextAt = [:]
    for definition in try await runner.control.definitions() {
      guard let schedule = definition.job.schedule, runner.workshop.knows(definition.job) else {
        continue
      }
      schedules[definition.job.name] = schedule
      look(definition.job.name, schedule, after: definition.watermark, almanac, now)
    }
    madeAt = SystemClock.sinceBoot()
  }

  func due(at now: Instant) -> [String] {
    nextAt.filter { $0.value <= now }.map(\.key).sorted()
  }

  /// A job that somebody else was deciding is looked at again at once after him.
  mutating func note(
    _ answers: [Decided], asked: [String], _ almanac: Almanac, now: Instant?
  ) {
    let answered = Dictionary(uniqueKeysWithValues: answers.map { ($0.job, $0) })
    for job in asked {
      guard let schedule = schedules[job] else { continue }
      if let answer = answered[job] {
        look(job, schedule, after: answer.watermark, almanac, now ?? answer.watermark)
      } else if let now {
        nextAt[job] = now + .milliseconds(20)
      }
    }
  }

  /// The next open slot, or the next moment something can be said about a closed one.
  private mutating func look(
    _ job: String, _ schedule: Schedule, after watermark: Instant, _ almanac: Almanac,
    _ now: Instant
  ) {
    let horizon = max(watermark, now) + .seconds(3 * 86_400)
    if schedule.interval == nil {
      // Wall-clock slots are decided one by one, closed ones too: the day's row says why.
      let due = schedule.slots(after: watermark, through: horizon, in: almanac, limit: 1)
      nextAt[job] = due.spans.first?.first ?? horizon
    } else {
      nextAt[job] = schedule.next(after: watermark, before: horizon, in: almanac) ?? horizon
    }
  }

  func nap(_ runner: Runner) -> Duration {
    if runner.clock.isShifted { return .milliseconds(25) }
    guard let next = nextAt.values.min(), let now = runner.clock.now else {
      return runner.settings.longestNap
    }
    // Half a millisecond late rather than early: an early look costs a second one.
    return min(max(next - now, .zero) + .microseconds(500), runner.settings.longestNap)
  }
}
