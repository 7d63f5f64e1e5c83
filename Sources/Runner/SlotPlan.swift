import Jobs
import JobStore
import Threads
import TradingTime

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
    let askedAt = SystemClock.sinceBoot()
    let now = try await runner.readClock()
    let almanac = runner.almanac.withLock { $0 }
    schedules = [:]
    nextAt = [:]
    for definition in try await runner.readableDefinitions() where definition.retiredAt == nil {
      guard let schedule = definition.job.schedule, runner.workshop.knows(definition.job) else {
        continue
      }
      schedules[definition.job.name] = schedule
      look(definition.job.name, schedule, after: definition.watermark, almanac, now)
    }
    madeAt = SystemClock.sinceBoot()
    runner.watch.succeeded(askedAt: askedAt)
  }

  func due(at now: Instant) -> [String] {
    nextAt.filter { $0.value <= now }.map(\.key).sorted()
  }

  mutating func note(
    _ answers: [Decided], asked: [String], _ almanac: Almanac, now: Instant?
  ) {
    let answered = Dictionary(uniqueKeysWithValues: answers.map { ($0.job, $0) })
    for job in asked {
      guard let schedule = schedules[job] else { continue }
      if let answer = answered[job] {
        let now = now ?? answer.now
        look(job, schedule, after: answer.watermark, almanac, now)
        wait(for: job, answer, now)
      } else if let now {
        // Somebody else was deciding it; it is looked at again right after him.
        nextAt[job] = now + .milliseconds(20)
      }
    }
  }

  /// A slot that is due by our estimate and was not decided: the server's clock had not come so
  /// far, or the job holds. Looking again at once would only ask the same.
  private mutating func wait(for job: String, _ answer: Decided, _ now: Instant) {
    guard let next = nextAt[job], next <= now, answer.slots == 0 else { return }
    let early = max(next - answer.now, .milliseconds(1))
    nextAt[job] = now + (answer.holds == nil ? early : .seconds(1))
  }

  mutating func putOff(_ job: String, now: Instant?) {
    guard let now else { return }
    nextAt[job] = now + .seconds(5)
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
