import JobStore
import Jobs
import Runner
import Threads
import TradingTime

/// `run JOB --due`: decides what is owed with the daemon's own statement, and runs what it got.
struct DueRun: Sendable {
  let house: House
  let runner: Runner
  let definition: JobStore.Definition
  let json: Bool

  func run() async throws -> (Exit, [Int64]) {
    let job = definition.job
    guard let schedule = job.schedule else {
      throw Refusal(.usage, "job '\(job.name)' has no schedule; run it without --due")
    }
    let almanac = try house.almanacSource.almanac(for: [job])
    try await waitForSlotAboutToFall(schedule, almanac)
    let decided = try await house.control.decide(
      [job.name], in: almanac, workshop: house.workshop, waiting: true)
    if let holds = decided.first?.holds { Console.complain("\(job.name) holds: \(holds)") }
    return try await runWhatIsReady(job)
  }

  /// A timer fires a little early or late; a slot within two seconds is what it came for.
  private func waitForSlotAboutToFall(_ schedule: Schedule, _ almanac: Almanac) async throws {
    guard let now = house.clock.now, !house.clock.isUneven,
      let next = schedule.next(after: now, before: now + .seconds(2), in: almanac)
    else { return }
    try await SystemClock.sleep(for: next - now + .milliseconds(5))
  }

  private func runWhatIsReady(_ job: Job) async throws -> (Exit, [Int64]) {
    var worst = Exit.done
    var runs: [Int64] = []
    while !runner.isInterrupted {
      let askedAt = SystemClock.sinceBoot()
      let claims = try await house.control.claim(upTo: 16, of: [job.name])
      if claims.isEmpty { break }
      runs += claims.map(\.run)
      let ends = try await withThrowingTaskGroup(of: Exit.self) { group in
        for claim in claims {
          group.addTask {
            let end = try await runner.finish(
              claim, askedAt: askedAt, saying: { Console.complain($0) })
            return tell(end, claim)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      worst = ends.reduce(worst, max)
    }
    if runs.isEmpty, !json {
      Console.say("\(job.name): nothing to do; see: muhurat why \(job.name)")
    }
    return (worst, runs)
  }

  private func tell(_ end: Runner.ForegroundEnd, _ claim: Claim) -> Exit {
    guard case .ended(let state, let reason, _) = end else { return .done }
    let item = claim.item.map { " (\($0))" } ?? ""
    if !json {
      Console.say(
        "run \(claim.run)\(item) \(state.rawValue)" + (reason.map { ": \($0)" } ?? ""))
    }
    switch state {
    // Decided not to run, and said why: that is no failure of a timer.
    case .succeeded, .gated, .expired, .superseded, .skipped, .cancelled, .ready: return .done
    case .unknown: return .unknown
    default: return .failed
    }
  }
}
