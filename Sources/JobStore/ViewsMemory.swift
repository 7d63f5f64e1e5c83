import Jobs
import Threads
import TradingTime

/// What need not be asked or computed again each second: definitions by their revision, coming
/// slots until they have come, and the last success that a bounded look back no longer reaches.
///
/// Everything in it is keyed by what it follows from, so a stale answer cannot be given.
package final class OverviewMemory: Sendable {
  private struct Kept {
    var definitions: [String: (revision: String, job: Job)] = [:]
    var coming: [String: Coming] = [:]
    var successes: [String: Instant] = [:]
    var lookedFurther: Set<String> = []
  }

  private struct Coming {
    var revision: String
    var calendar: String?
    var watermark: Instant
    /// The first open slot after the watermark.
    var first: Instant
    var later: (asked: Instant, slot: Instant?)?
  }

  private let kept = Locked(Kept())

  package init() {}

  func job(_ name: String, revision: String) -> Job? {
    kept.withLock { kept in
      kept.definitions[name].flatMap { $0.revision == revision ? $0.job : nil }
    }
  }

  func remember(_ job: Job, revision: String) {
    kept.withLock { $0.definitions[job.name] = (revision, job) }
  }

  /// The newer of what was read and what is remembered.
  func lastSuccess(of job: String, read: Instant?) -> Instant? {
    kept.withLock { kept in
      guard let read else { return kept.successes[job] }
      kept.successes[job] = read
      return read
    }
  }

  /// True once for each job whose last success is not known.
  func shouldLookFurther(_ job: String) -> Bool {
    kept.withLock { kept in
      kept.successes[job] == nil && kept.lookedFurther.insert(job).inserted
    }
  }

  struct Upcoming: Sendable {
    /// Owed since then: an open slot after the watermark that has come and has no decision.
    var undecidedSince: Instant?
    var next: Instant?
    var holds: String?
  }

  func upcoming(
    of job: Job, revision: String, watermark: Instant, now: Instant, in almanac: Almanac
  ) -> Upcoming {
    guard let schedule = job.schedule else { return Upcoming() }
    let calendar = almanac.calendar(of: schedule)?.revision
    let known = kept.withLock { kept -> Coming? in
      guard let known = kept.coming[job.name], known.revision == revision,
        known.calendar == calendar, known.watermark == watermark
      else { return nil }
      return known
    }
    let horizon = now + .seconds(400 * 86_400)
    guard
      let first = known?.first ?? schedule.next(after: watermark, before: horizon, in: almanac)
    else {
      let due = schedule.slots(after: watermark, through: now, in: almanac, limit: 8)
      return Upcoming(holds: due.holds)
    }
    var coming =
      known
      ?? Coming(revision: revision, calendar: calendar, watermark: watermark, first: first)
    var answer = Upcoming(next: first)
    if first <= now {
      // Somebody may be deciding it at this moment; only one that stays is worth a word.
      if now - first > schedule.tolerance + .seconds(5) { answer.undecidedSince = first }
      if let later = coming.later, later.asked <= now, later.slot.map({ $0 > now }) ?? true {
        answer.next = later.slot
      } else {
        answer.next = schedule.next(after: now, before: horizon, in: almanac)
        coming.later = (now, answer.next)
      }
    }
    let remembered = coming
    kept.withLock { $0.coming[job.name] = remembered }
    return answer
  }
}
