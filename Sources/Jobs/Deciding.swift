import TradingTime

/// Decides the slots of one job that have come due: each exactly once, each with its reason.
///
/// The rules of "Overlap" stand here, those of "Late" in `SlotAdmission`. This is a function of the
/// job, the almanac and the facts; the store reads the facts and writes the plan in one
/// transaction, so whoever decides, decides the same.
package struct Deciding: Sendable {
  let job: Job
  let schedule: Schedule
  let almanac: Almanac
  let facts: DecidingFacts
  private var plan: DecidingPlan
  /// Older runs that this pass has not superseded, by item.
  private var unfinished: [String?: [UnfinishedRun]]
  private var usedDates: [UsedDate]

  package static func plan(for job: Job, in almanac: Almanac, _ facts: DecidingFacts)
    -> DecidingPlan
  {
    guard let schedule = job.schedule else { return DecidingPlan(watermark: facts.now) }
    if let suspect = facts.suspectClock, !job.idempotent {
      var plan = DecidingPlan(watermark: facts.watermark)
      plan.holds = suspect
      return plan
    }
    var deciding = Deciding(job, schedule, almanac, facts)
    deciding.decide()
    return deciding.plan
  }

  /// Closes what an older definition left undecided when a newer one takes over, so that a new
  /// schedule governs only slots due after it and no slot of the old one is forgotten.
  package static func superseding(
    _ job: Job, in almanac: Almanac, _ facts: DecidingFacts, because reason: String
  ) -> DecidingPlan {
    guard let schedule = job.schedule else { return DecidingPlan(watermark: facts.now) }
    var deciding = Deciding(job, schedule, almanac, facts)
    let due = schedule.slots(
      after: facts.watermark, through: facts.now, in: almanac, limit: .max)
    for span in due.spans {
      guard case .open = span.standing else {
        if case .closed(let why) = span.standing { deciding.record(span, .closed, why) }
        continue
      }
      // What a pause took stays accounted to the pause.
      let pause = facts.pause
      for stretch in span.cut(at: pause.map { [$0.since, $0.until] } ?? []) {
        if let pause, pause.covers(stretch.first) {
          deciding.record(stretch, .paused, pause.words)
        } else {
          deciding.record(stretch, .superseded, reason)
        }
      }
    }
    deciding.plan.holds = due.holds
    deciding.plan.watermark = max(facts.watermark, facts.now)
    return deciding.plan
  }

  private init(_ job: Job, _ schedule: Schedule, _ almanac: Almanac, _ facts: DecidingFacts) {
    self.job = job
    self.schedule = schedule
    self.almanac = almanac
    self.facts = facts
    plan = DecidingPlan(watermark: facts.watermark)
    unfinished = Dictionary(grouping: facts.unfinished, by: \.item)
    usedDates = facts.usedDates
  }

  private mutating func decide() {
    // All of it in one pass: `latest` and `max` mean the whole stretch that was missed.
    let due = schedule.slots(
      after: facts.watermark, through: facts.now, in: almanac, limit: .max)
    plan.holds = due.holds
    var spans = due.spans
    // Nights of an interval schedule are told in one row, once the market has opened again.
    let endsClosed = schedule.interval != nil && spans.last.map { $0.standing != .open } ?? false
    if endsClosed { spans.removeLast() }
    for ruling in rulings(on: spans) {
      decide(ruling)
      plan.watermark = ruling.span.last
    }
    if !endsClosed { plan.watermark = max(plan.watermark, due.through) }
  }

  private func rulings(on spans: [SlotSpan]) -> [SlotRuling] {
    var admission = SlotAdmission(
      job.misfire, tolerance: schedule.tolerance, sessionStart: sessionStart,
      newest: spans.last { $0.standing == .open }?.last, facts)
    return admission.rulings(on: spans)
  }

  /// When the business date of now began, if misfire asks.
  private var sessionStart: Instant? {
    guard job.misfire.withinSession else { return nil }
    return almanac.businessDateStart(of: facts.now, for: schedule) ?? facts.now
  }

  private mutating func decide(_ ruling: SlotRuling) {
    switch ruling.verdict {
    case .refused(let decision, let reason): record(ruling.span, decision, reason)
    case .held(let reason): record(ruling.span, .held, reason)
    case .run(let trigger, let reason): decideRuns(ruling.span, trigger, reason)
    }
  }

  private mutating func decideRuns(_ span: SlotSpan, _ trigger: Trigger, _ reason: String) {
    let items: [String?] = facts.items.map { $0.map(Optional.some) } ?? [nil]
    guard !items.isEmpty else {
      return record(span, .skipped, "no enabled \(job.forEach ?? "item") to run for")
    }
    let date = businessDate(span.first)
    let runs = items.map { newRun(span.first, $0, date, trigger) }
    plan.runs += runs.filter { job.forEach != nil || $0.state == .ready }
    if let blocked = runs.first?.reason, runs.allSatisfy({ $0.state != .ready }) {
      let all = "no \(job.forEach ?? "item") could run; the first: \(blocked)"
      record(span, .skipped, runs.count == 1 ? blocked : all)
    } else {
      record(span, .run, reason)
    }
  }

  private mutating func newRun(
    _ slot: Instant, _ item: String?, _ date: CivilDate, _ trigger: Trigger
  ) -> DecidingPlan.NewRun {
    var run = DecidingPlan.NewRun(
      item: item, dueAt: slot, businessDate: date, trigger: trigger, state: .ready, reason: nil,
      lock: job.lock.name(job: job.name, item: item, dueAt: slot, businessDate: date),
      readyAt: slot + job.delay(of: slot, in: almanac), expiresAt: expiry(of: slot))
    if job.oncePerBusinessDate,
      let used = usedDates.first(where: { $0.item == item && $0.date == date })
    {
      run.state = .skipped
      let holder = used.run.map { "run \($0)" } ?? "the run of an earlier slot"
      run.reason = "business date \(date) already has \(holder)"
    } else if !trigger.ignoresOverlap, let block = overlap(item, slot) {
      run.state = .skipped
      run.reason = block
    } else if job.oncePerBusinessDate {
      usedDates.append(UsedDate(item: item, date: date, run: nil))
    }
    return run
  }

  /// Supersedes what waits, and says what blocks if something runs and the policy is to skip.
  private mutating func overlap(_ item: String?, _ slot: Instant) -> String? {
    let older = unfinished[item] ?? []
    if let running = older.first(where: { $0.state.isActive }) {
      switch job.overlap {
      case .skip:
        let age = (facts.now - running.since).roundedWords
        return "run \(running.id) is still \(running.state.rawValue) after \(age)"
      case .queueOne: break
      case .cancelOld:
        plan.cancelled += older.filter { $0.state == .running }.map(\.id)
      }
    }
    let waiting = older.filter { $0.state == .ready && $0.trigger == .schedule }
    plan.superseded += waiting.map { .init(run: $0.id, by: slot) }
    unfinished[item] = older.filter { !waiting.contains($0) }
    return nil
  }

  private func expiry(of slot: Instant) -> Instant? {
    guard let after = job.expiresAfter else { return nil }
    let isLate = facts.now - slot > schedule.tolerance
    return (isLate ? facts.now : slot) + after
  }

  private func businessDate(_ slot: Instant) -> CivilDate {
    almanac.businessDate(of: slot, for: schedule) ?? almanac.zone(of: schedule).local(slot).date
  }

  private mutating func record(_ span: SlotSpan, _ decision: Decision, _ reason: String) {
    plan.slots.append(
      .init(
        dueAt: span.first, through: span.count > 1 ? span.last : nil, count: span.count,
        decision: decision, reason: reason, lateness: facts.now - span.first,
        businessDate: businessDate(span.first),
        label: span.first.rfc3339(in: almanac.zone(of: schedule))))
  }
}
