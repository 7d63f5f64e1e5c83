import TradingTime

/// What the sentence follows from, in the order in which things are decided.
extension Explaining {
  var chain: [String] {
    [scheduleLine, calendarLine, pauseLine, slotLine].compactMap { $0 }
      + facts.runs.flatMap(lines) + [daemonLine, nextLine].compactMap { $0 }
  }

  private var moment: Instant { facts.asked ?? facts.now }

  private var scheduleLine: String {
    "schedule: \(job.schedule?.words ?? "none, by hand only")"
  }

  private var calendarLine: String? {
    guard let schedule = job.schedule, let during = schedule.during else { return nil }
    guard let calendar = facts.almanac.calendar(of: schedule) else {
      return "calendar: none for \(during.calendarName)"
    }
    if let closed = closedReason(at: moment, schedule) { return "calendar: \(closed)" }
    return "calendar: \(during.market) is open on \(calendar.zone.local(moment).date)"
  }

  private var pauseLine: String {
    guard let pause = facts.pause, pause.covers(moment) else { return "pause: none" }
    return "pause: \(words(of: pause))"
  }

  private var slotLine: String? {
    guard job.schedule != nil else { return nil }
    guard let slot = facts.slot else {
      return "slot: none decided; decided through \(time(facts.watermark))"
    }
    let to = slot.through.map { " to \(time($0)) (\(slot.count) slots)" } ?? ""
    return
      "slot: \(time(slot.dueAt))\(to): \(slot.decision.rawValue), first seen \(slot.lateness.roundedWords) late: \(slot.reason)"
  }

  private func lines(of run: Run) -> [String] {
    let late = run.lateness.map { ", claimed \($0.roundedWords) late" } ?? ""
    let expires = run.state == .ready ? run.expiresAt.map { ", expires at \(time($0))" } ?? "" : ""
    let because = run.reason.map { ": \($0)" } ?? ""
    var lines = [
      "\(run.name): \(run.trigger.rawValue), \(run.state.rawValue)\(late)\(expires)\(because)"
    ]
    lines += run.attempts.map { attempt in
      let end = attempt.finishedAt.map { " after \(($0 - attempt.claimedAt).roundedWords)" }
      let outcome =
        attempt.outcome.map(\.phrase) ?? "is under way for \(age(of: attempt.claimedAt))"
      let error = attempt.error.map { ": \($0)" } ?? ""
      return
        "attempt \(attempt.number) of \(job.retry.attempts) at \(attempt.holder) \(outcome)\(end ?? "")\(error)"
    }
    if run.state == .ready {
      lines += run.waitingFor.map { ["last found closed: \($0)"] } ?? []
      let holder = run.lockedBy.map {
        "held by run \($0.run) of \($0.job) for \(age(of: $0.since))"
      }
      lines.append("lock \(run.lock): \(holder ?? "free")")
    }
    return lines
  }

  private var daemonLine: String {
    facts.daemonSeenAt.map { "daemon: last seen \(age(of: $0)) ago" } ?? "daemon: none on record"
  }

  private var nextLine: String? {
    guard job.schedule != nil, facts.retiredAt == nil else { return nil }
    guard let next = next(after: facts.now) else { return "next slot: none known" }
    return "next slot: \(time(next)), in \((next - facts.now).roundedWords)"
  }
}
