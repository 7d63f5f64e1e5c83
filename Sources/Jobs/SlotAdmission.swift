import TradingTime

/// Which of the open slots that have come due may run, and what is said of the others.
///
/// A slot is late if it was first seen more than the schedule's tolerance after its time; late slots
/// go through `misfire`. Slots in a pause are `paused`, whether late or not.
struct SlotAdmission {
  let job: Job
  let schedule: Schedule
  let almanac: Almanac
  let facts: DecidingFacts

  enum Verdict: Hashable {
    case run(Trigger, reason: String)
    case held(reason: String)
  }

  struct Refusal: Hashable {
    var span: SlotSpan
    var decision: Decision
    var reason: String
  }

  /// The slots that are decided singly; all others are refused in spans.
  func admitted(_ spans: [SlotSpan], isComplete: Bool) -> [Instant: Verdict] {
    var verdicts: [Instant: Verdict] = [:]
    let newest = isComplete ? spans.last?.last : nil
    if let newest, !isPaused(newest), isOnTime(newest) {
      verdicts[newest] = .run(.schedule, reason: "due")
    }
    for slot in lateCandidates(spans, newest) where verdicts[slot] == nil {
      verdicts[slot] = misfire(slot)
    }
    return verdicts
  }

  /// Slots that only misfire can admit, newest or oldest first as the policy wants.
  private func lateCandidates(_ spans: [SlotSpan], _ newest: Instant?) -> [Instant] {
    switch job.misfire.policy {
    case .skip: return []
    case .latest:
      guard let newest, !isOnTime(newest) else { return [] }
      return admissible(newest) ? [newest] : []
    case .all, .ask:
      return Array(
        spans.lazy.flatMap { instants(of: $0) }.filter { !isOnTime($0) && admissible($0) }
          .prefix(job.misfire.max))
    }
  }

  private func misfire(_ slot: Instant) -> Verdict {
    let late = "\((facts.now - slot).roundedWords) late"
    switch job.misfire.policy {
    case .ask:
      if let after = job.misfire.askAfter, facts.now - slot <= after {
        return .run(.catchUp, reason: "\(late); needs no approval before \(after.spelled)")
      }
      return .held(reason: "\(late); misfire ask: approve or leave it")
    case .all: return .run(.catchUp, reason: "\(late); admitted by misfire all")
    case .latest, .skip: return .run(.schedule, reason: "\(late); admitted by misfire latest")
    }
  }

  private func admissible(_ slot: Instant) -> Bool {
    if isPaused(slot) { return false }
    if let within = job.misfire.within, facts.now - slot > within { return false }
    if job.misfire.withinSession {
      let zone = almanac.zone(of: schedule)
      let mine = almanac.businessDate(of: slot, for: schedule) ?? zone.local(slot).date
      return mine == almanac.businessDate(of: facts.now, for: schedule)
    }
    return true
  }

  private func isOnTime(_ slot: Instant) -> Bool { facts.now - slot <= schedule.tolerance }

  private func isPaused(_ slot: Instant) -> Bool { facts.pause?.covers(slot) ?? false }

  /// What is said of slots that were not admitted: pauses apart from misses, each in one row.
  func refusals(from: Instant, before end: Instant) -> [Refusal] {
    guard let pause = facts.pause, pause.since < end, pause.until > from else {
      return refusal(from, end, .missed, missReason(from)).map { [$0] } ?? []
    }
    let reason =
      "paused by \(pause.by) until \(pause.until.rfc3339(in: almanac.zone(of: schedule))): \(pause.reason)"
    let start = max(from, pause.since)
    let stop = min(end, pause.until)
    return [
      refusal(from, start, .missed, missReason(from)),
      refusal(start, stop, .paused, reason),
      refusal(stop, end, .missed, missReason(stop)),
    ].compactMap { $0 }
  }

  private func missReason(_ slot: Instant) -> String {
    let late = "first seen \((facts.now - slot).roundedWords) late"
    switch job.misfire.policy {
    case .skip: return "\(late); misfire skip"
    case .latest:
      if let within = job.misfire.within, facts.now - slot > within {
        return "\(late), beyond misfire's within \(within.spelled)"
      }
      if job.misfire.withinSession { return "\(late); a newer session or slot has come" }
      return "\(late); misfire latest ran a newer slot"
    case .all, .ask:
      return "\(late), beyond misfire's within or max \(job.misfire.max)"
    }
  }

  private func refusal(
    _ from: Instant, _ end: Instant, _ decision: Decision, _ reason: String
  ) -> Refusal? {
    guard from < end else { return nil }
    let before = Instant(microseconds: from.microseconds - 1)
    let last = Instant(microseconds: end.microseconds - 1)
    let open = schedule.slots(after: before, through: last, in: almanac, limit: .max / 2).spans
      .filter { $0.standing == .open }
    guard let first = open.first, let final = open.last else { return nil }
    let span = SlotSpan(
      first: first.first, last: final.last, count: open.reduce(0) { $0 + $1.count },
      standing: .open)
    return Refusal(span: span, decision: decision, reason: reason)
  }

  private func instants(of span: SlotSpan) -> [Instant] {
    guard let interval = schedule.interval else { return [span.first] }
    return (0..<span.count).map { span.first + interval * $0 }
  }
}

extension Schedule {
  /// The moment from which later slots than this one are looked for.
  func following(_ slot: Instant) -> Instant? { Instant(microseconds: slot.microseconds + 1) }
}

extension Duration {
  /// For a sentence: whole seconds from a second on, milliseconds below.
  package var roundedWords: String {
    self >= .seconds(1) || self <= .zero
      ? Duration.seconds(max(0, components.seconds)).spelled
      : Duration.milliseconds(components.attoseconds / 1_000_000_000_000_000).spelled
  }
}
