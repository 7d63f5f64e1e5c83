import Jobs
import JobStore
import Threads
import TradingTime

/// When each job is to be looked at next.
struct SlotPlan {
  private struct Entry {
    let schedule: Schedule
    let revision: String
    /// Through which `nextAt` was reckoned; with the same schedule and calendars it stands.
    var watermark: Instant
    var nextAt: Instant
  }

  private var entries: [String: Entry] = [:]
  private var almanac: Almanac?
  private var madeAt: Duration?

  var isMade: Bool { madeAt != nil }

  func isStale(_ runner: Runner) -> Bool {
    guard let madeAt else { return true }
    return SystemClock.sinceBoot() - madeAt > Planning.validity || runner.definitionsChanged
  }

  mutating func renew(_ runner: Runner) async throws {
    runner.definitionsChanged = false
    let askedAt = SystemClock.sinceBoot()
    let now = try await runner.readClock()
    let almanac = runner.almanac.withLock { $0 }
    let known = almanac == self.almanac ? entries : [:]
    entries = [:]
    let definitions = try await runner.readDefinitions().definitions
    for definition in definitions where definition.retiredAt == nil {
      guard let schedule = definition.job.schedule, runner.workshop.knows(definition.job) else {
        continue
      }
      let name = definition.job.name
      if let entry = known[name], entry.revision == definition.revision,
        entry.watermark == definition.watermark
      {
        entries[name] = entry
      } else {
        entries[name] = Entry(
          schedule: schedule, revision: definition.revision, watermark: definition.watermark,
          nextAt: next(schedule, after: definition.watermark, almanac, now))
      }
    }
    self.almanac = almanac
    madeAt = SystemClock.sinceBoot()
    runner.watch.succeeded(askedAt: askedAt)
  }

  func due(at now: Instant) -> [String] {
    entries.filter { $0.value.nextAt <= now }.map(\.key).sorted()
  }

  mutating func note(
    _ answers: [Decided], asked: [String], _ almanac: Almanac, now: Instant?
  ) {
    let answered = Dictionary(uniqueKeysWithValues: answers.map { ($0.job, $0) })
    for job in asked {
      guard let schedule = entries[job]?.schedule else { continue }
      if let answer = answered[job] {
        let now = now ?? answer.now
        let next = next(schedule, after: answer.watermark, almanac, now)
        entries[job]?.watermark = answer.watermark
        entries[job]?.nextAt = next
        wait(for: job, answer, now)
      } else if let now {
        // Somebody else was deciding it; it is looked at again right after him.
        entries[job]?.nextAt = now + .milliseconds(20)
      }
    }
  }

  /// A slot that is due by our estimate and was not decided: the server's clock had not come so
  /// far, or the job holds. Looking again at once would only ask the same.
  private mutating func wait(for job: String, _ answer: Decided, _ now: Instant) {
    guard let next = entries[job]?.nextAt, next <= now, answer.slots == 0 else { return }
    let early = max(next - answer.now, .milliseconds(1))
    entries[job]?.nextAt = now + (answer.holds == nil ? early : .seconds(1))
  }

  mutating func putOff(_ job: String, now: Instant?) {
    guard let now else { return }
    entries[job]?.nextAt = now + .seconds(5)
  }

  /// The next open slot, or the next moment something can be said about a closed one.
  private func next(
    _ schedule: Schedule, after watermark: Instant, _ almanac: Almanac, _ now: Instant
  ) -> Instant {
    let horizon = max(watermark, now) + .seconds(3 * 86_400)
    if schedule.interval == nil {
      // Wall-clock slots are decided one by one, closed ones too: the day's row says why.
      let due = schedule.slots(after: watermark, through: horizon, in: almanac, limit: 1)
      return due.spans.first?.first ?? horizon
    }
    return schedule.next(after: watermark, before: horizon, in: almanac) ?? horizon
  }

  func nap(_ runner: Runner) -> Duration {
    if runner.clock.isUneven { return .milliseconds(25) }
    guard let next = entries.values.lazy.map(\.nextAt).min(), let now = runner.clock.now else {
      return runner.settings.longestNap
    }
    // Half a millisecond late rather than early: an early look costs a second one.
    return min(max(next - now, .zero) + .microseconds(500), runner.settings.longestNap)
  }
}
