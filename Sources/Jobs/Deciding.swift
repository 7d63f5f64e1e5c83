import TradingTime

/// Decides the slots of one job that have come due: each exactly once, each with its reason.
///
/// The rules of DESIGN section 3, "Overlap" and "Late", stand here and in `SlotAdmission`. This is a function of
/// the job, the almanac and the facts; the store reads the facts and writes the plan in one
/// transaction, so whoever decides, decides the same.
package struct Deciding: Sendable {
  let job: Job
  let schedule: Schedule
  let almanac: Almanac
  let facts: DecidingFacts
  private var plan: DecidingPlan
  /// Runs this pass has planned or found, by item, newest last.
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
    let due = schedule.slots(after: facts.watermark, through: facts.now, in: almanac)
    plan.holds = due.holds
    let admission = SlotAdmission(job: job, schedule: schedule, almanac: almanac, facts: facts)
    let openSpans = due.spans.filter { $0.standing == .open }
    // Where one pass does not reach now, its newest slot is not the newest there is.
    let isComplete = due.through >= facts.now
    let admitted = admission.admitted(openSpans, isComplete: isComplete)
    for span in due.spans {
      switch span.standing {
      case .closed(let why):
        // Nights of an interval schedule are told in one row, once the market has opened again.
        if schedule.interval != nil && span == due.spans.last { return }
        record(span, .closed, why)
      case .open:
        decideOpen(span, admission, admitted)
      }
      plan.watermark = span.last
    }
    if due.holds == nil && !endsClosed(due) { plan.watermark = max(plan.watermark, due.through) }
  }

  private func endsClosed(_ due: DueSlots) -> Bool {
    guard schedule.interval != nil, case .closed = due.spans.last?.standing else { return false }
    return true
  }

  /// Cuts an open stretch at the slots that were admitted: they are decided one by one, and what lies
  /// between them is told in one row.
  private mutating func decideOpen(
    _ span: SlotSpan, _ admission: SlotAdmission, _ admitted: [Instant: SlotAdmission.Verdict]
  ) {
    let chosen = admitted.keys.filter { span.first <= $0 && $0 <= span.last }.sorted()
    var from = span.first
    for slot in chosen {
      recordRest(from, before: slot, admission)
      if let verdict = admitted[slot] { decideSlot(slot, verdict) }
      guard let next = schedule.following(slot) else { return }
      from = next
    }
    recordRest(from, before: span.last + .microseconds(1), admission)
  }

  private mutating func recordRest(
    _ from: Instant, before end: Instant, _ admission: SlotAdmission
  ) {
    guard from < end else { return }
    for rest in admission.refusals(from: from, before: end) {
      record(rest.span, rest.decision, rest.reason)
    }
  }

  private mutating func decideSlot(_ slot: Instant, _ verdict: SlotAdmission.Verdict) {
    let span = SlotSpan(first: slot, last: slot, count: 1, standing: .open)
    switch verdict {
    case .held(let reason):
      record(span, .held, reason)
    case .run(let trigger, let reason):
      let date = businessDate(slot)
      let items: [String?] = facts.items.map { $0.map(Optional.some) } ?? [nil]
      guard !items.isEmpty else {
        record(span, .skipped, "no enabled \(job.forEach ?? "item") to run for")
        return
      }
      let runs = items.map { newRun(slot, $0, date, trigger) }
      plan.runs += runs.filter { job.forEach != nil || $0.state == .ready }
      if let blocked = runs.first?.reason, runs.allSatisfy({ $0.state != .ready }) {
        let all = "no \(job.forEach ?? "item") could run; the first: \(blocked)"
        record(span, .skipped, runs.count == 1 ? blocked : all)
      } else {
        record(span, .run, reason)
      }
    }
  }

  private mutating func newRun(
    _ slot: Instant, _ item: String?, _ date: CivilDate, _ trigger: Trigger
  ) -> DecidingPlan.NewRun {
    var run = DecidingPlan.NewRun(
      item: item, dueAt: slot, businessDate: date, trigger: trigger, state: .ready, reason: nil,
      lock: job.lock.name(job: job.name, item: item, dueAt: slot, businessDate: date),
      readyAt: slot + jitter(of: slot), expiresAt: expiry(of: slot))
    if let used = usedDates.first(where: { $0.item == item && $0.date == date }),
      job.oncePerBusinessDate
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

  /// Deterministic, so that two deciders agree; it moves the start, never the slot.
  private func jitter(of slot: Instant) -> Duration {
    guard let jitter = job.jitter, jitter > .zero else { return .zero }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(job.name)@\(slot.microseconds)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return jitter * (Double(hash % 1_000_000) / 1_000_000)
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
