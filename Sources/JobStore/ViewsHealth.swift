import Jobs
import TradingTime

/// Since when the window that is open now has been open.
struct Openings {
  let almanac: Almanac
  let now: Instant
  private var known: [Window: Instant?] = [:]

  init(almanac: Almanac, now: Instant) {
    self.almanac = almanac
    self.now = now
  }

  /// Nil while the window is closed. Asked of a one-second schedule in that window, so that windows
  /// mean here what they mean to slots.
  mutating func current(of window: Window) -> Instant? {
    if let known = known[window] { return known }
    let seconds = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))), during: window)
    let spans = seconds.slots(after: now - .seconds(2 * 86_400), through: now, in: almanac).spans
    let opening = spans.last.flatMap { $0.standing == .open ? $0.first : nil }
    known[window] = .some(opening)
    return opening
  }
}

extension JobOverview {
  /// What its health, and the alarms about it, are judged by.
  func facts(
    _ job: Job, clock: ViewClock, firstLoadedAt: Instant, openings: inout Openings
  ) -> Health.Facts {
    let zone = openings.almanac.zone(of: job.schedule)
    var facts = Health.Facts(
      now: clock.jobTime,
      isPaused: pause.map {
        "paused by \($0.pausedBy) until \($0.pausedUntil.rfc3339(in: zone)): \($0.pausedReason)"
      },
      holds: complaint(zone), lastState: lastRun?.state, lastVerdict: lastRun?.verdict,
      lastReason: skipsInARow >= 3 ? lastSlot?.reason : lastRun?.reason,
      lastSuccessAt: lastSuccessAt.map(clock.onJobClock), unknownRuns: unknownRuns,
      skipsInARow: skipsInARow, promise: job.promise,
      promiseCountsFrom: promiseCounts(job, from: firstLoadedAt, &openings))
    facts.heldSlots = heldSlots
    guard pause == nil else { return facts }
    facts.missedOkOn = missedOk(job, clock, firstLoadedAt, openings.almanac)
    facts.waitingSince = waitingSince
    return facts
  }

  /// What keeps slots from being decided at all.
  private func complaint(_ zone: ZoneRules) -> String? {
    if let holds { return holds }
    return undecidedSince.map {
      "no slot decided since \($0.rfc3339(in: zone)); is a `muhurat serve` alive?"
    }
  }

  /// Nil outside the job's window and in a pause: nothing is promised then.
  private func promiseCounts(
    _ job: Job, from firstLoadedAt: Instant, _ openings: inout Openings
  ) -> Instant? {
    guard pause == nil, job.promise?.successWithin != nil else { return nil }
    guard let window = job.schedule?.during else { return firstLoadedAt }
    return openings.current(of: window).map { max($0, firstLoadedAt) }
  }

  /// `ok_by`: the newest business date's run must have ended well by that time of the day.
  private func missedOk(
    _ job: Job, _ clock: ViewClock, _ firstLoadedAt: Instant, _ almanac: Almanac
  ) -> CivilDate? {
    guard let okBy = job.promise?.okBy,
      let date = almanac.businessDate(of: clock.jobTime, for: job.schedule)
    else { return nil }
    let zone = almanac.zone(of: job.schedule)
    let limit = zone.resolve(date, okBy).earliest
    guard clock.jobTime > limit, firstLoadedAt < limit,
      // Nothing was promised for a date on which nothing was due.
      job.schedule?.next(
        after: zone.resolve(date, .midnight).earliest, before: limit, in: almanac) != nil
    else { return nil }
    if let lastRun, lastRun.businessDate >= date, lastRun.state == .succeeded,
      lastRun.verdict ?? .ok == .ok
    {
      return nil
    }
    return date
  }
}
