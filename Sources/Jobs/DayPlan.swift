package import TradingTime

/// One date of one job as it would be decided if the day went as planned: nothing late, nothing
/// paused, each run over before the next. For looking at a day before it comes.
package struct DayPlan: Hashable, Sendable {
  /// Slots that follow each other and stand alike.
  package struct Row: Hashable, Sendable {
    package var first: Instant
    package var last: Instant
    package var count: Int
    package var decision: Decision
    /// What the market does at them; nil for jobs without a market.
    package var phase: String?
    package var reason: String
  }

  package var job: String
  package var date: CivilDate
  /// The zone in which the date and the times are meant.
  package var zone: ZoneRules
  package var rows: [Row] = []
  /// What falls outside the phase it was meant for, as sentences.
  package var strays: [String] = []
  /// Other things to know about this day: where the schedule cannot be told, a change of clocks.
  package var notes: [String] = []

  /// Nil for a job that runs by hand only.
  package init?(of job: Job, on date: CivilDate, in almanac: Almanac) {
    guard let schedule = job.schedule else { return nil }
    (self.job, self.date, zone) = (job.name, date, almanac.zone(of: schedule))
    let start = zone.resolve(date, .midnight).earliest
    let end = zone.resolve(date.adding(days: 1), .midnight).earliest
    let due = schedule.slots(
      after: start - .microseconds(1), through: end - .microseconds(1), in: almanac, limit: .max)
    var deciding = DayDeciding(job, almanac)
    let phases = schedule.during.flatMap { window in
      almanac.calendars[window.calendarName].map { DayPhases(window, $0, date) }
    }
    for span in due.spans {
      for stretch in phases.map({ span.cut(at: $0.borders) }) ?? [span] {
        let phase = phases?.name(at: stretch.first)
        for row in deciding.rows(stretch, phase) { append(row) }
      }
    }
    strays = phases.map { Strays(job, schedule, due.spans, $0).sentences } ?? []
    if let holds = due.holds { notes.append(holds) }
    if let change = zone.nextTransition(after: start - .microseconds(1)), change.at < end {
      notes.append(schedule.words(of: change, in: zone))
    }
  }

  private mutating func append(_ row: Row) {
    guard let last = rows.indices.last, rows[last].decision == row.decision,
      rows[last].phase == row.phase, rows[last].reason == row.reason
    else { return rows.append(row) }
    rows[last].last = row.last
    rows[last].count += row.count
  }
}

/// Decides the day's slots with the functions that decide the real ones.
private struct DayDeciding {
  let job: Job
  let almanac: Almanac
  private var usedDates: [UsedDate] = []

  init(_ job: Job, _ almanac: Almanac) {
    // Who the items will be is not known; what becomes of a slot depends on them only if there are none.
    var job = job
    job.forEach = nil
    (self.job, self.almanac) = (job, almanac)
  }

  mutating func rows(_ span: SlotSpan, _ phase: String?) -> [DayPlan.Row] {
    if case .closed(let why) = span.standing { return [row(span, .closed, phase, why)] }
    guard job.oncePerBusinessDate else { return [row(span, .run, phase, due)] }
    return span.singles.flatMap { slot in
      var facts = DecidingFacts(now: slot.first, watermark: slot.first - .microseconds(1))
      facts.usedDates = usedDates
      let plan = Deciding.plan(for: job, in: almanac, facts)
      usedDates += plan.runs.filter { $0.state == .ready }
        .map { UsedDate(item: nil, date: $0.businessDate, run: nil) }
      return plan.slots.map {
        row(slot, $0.decision, phase, $0.decision == .run ? due : $0.reason)
      }
    }
  }

  private var due: String {
    guard !job.after.isEmpty else { return "due" }
    let jobs = job.after.map {
      $0.condition == .settled ? "\($0.job) has ended" : "\($0.job) has succeeded"
    }
    return "due; starts when \(jobs.joined(separator: " and "))"
  }

  private func row(
    _ span: SlotSpan, _ decision: Decision, _ phase: String?, _ reason: String
  ) -> DayPlan.Row {
    DayPlan.Row(
      first: span.first, last: span.last, count: span.count, decision: decision, phase: phase,
      reason: reason)
  }
}

extension Schedule {
  fileprivate func words(of change: ZoneTransition, in zone: ZoneRules) -> String {
    let before = zone.local(change.at - .microseconds(1)).time
    let from = TimeOfDay(secondsSinceMidnight: (before.secondsSinceMidnight + 1) % 86_400)
    let span = Duration.seconds(abs(change.offsetSecondsAfter - change.offsetSecondsBefore)).spelled
    let isForward = change.offsetSecondsAfter > change.offsetSecondsBefore
    let at = "at \(from ?? before) the clocks of \(zone.name) go"
    guard interval == nil else {
      return "\(at) \(isForward ? "forward" : "back") by \(span); intervals do not notice"
    }
    return isForward
      ? "\(at) forward by \(span); times that do not exist: \(gap.rawValue)"
      : "\(at) back by \(span); times that come twice: \(fold.rawValue)"
  }
}
