import TradingTime

/// The answer to `why`: one sentence, then the chain of what it follows from.
package struct Explanation: Codable, Hashable, Sendable {
  package var sentence: String
  /// From schedule and calendar down to attempts, one fact each.
  package var chain: [String]

  package init(of facts: ExplanationFacts) {
    let explaining = Explaining(facts: facts)
    sentence = explaining.sentence + "."
    chain = explaining.chain
  }
}

/// Finds the reason that comes first: one that keeps every later one from mattering.
struct Explaining {
  let facts: ExplanationFacts

  var job: Job { facts.job }

  var sentence: String {
    if let asked = facts.asked { return sentence(about: asked) }
    return "\(job.name) \(predicateNow)"
  }

  /// Why it is, or is not, running now.
  private var predicateNow: String {
    let active = facts.runs.filter(\.state.isActive)
    if !active.isEmpty { return predicate(of: active) }
    if facts.retiredAt != nil { return retired }
    let waiting = facts.runs.filter { $0.state == .ready }
    if !waiting.isEmpty { return predicate(of: waiting) }
    guard let schedule = job.schedule else { return byHand }
    if let pause = facts.pause, pause.covers(facts.now) {
      return "is not running: \(words(of: pause))\(comma(nextWords))"
    }
    if let undecided { return undecided }
    if let closed = closedReason(at: facts.now, schedule) {
      return "is not running: \(closed)\(comma(nextWords))"
    }
    return "is not running: \([lastWords, nextWords].compactMap { $0 }.joined(separator: "; "))"
  }

  var retired: String {
    let since = facts.retiredAt.map { " \(age(of: $0)) ago" } ?? ""
    return "does not run: it was retired\(since), because its file is gone"
  }

  var byHand: String {
    let last = facts.runs.last.map { "; its last run: \(clause(of: $0))" } ?? ""
    return "runs by hand only, it has no schedule\(last)"
  }

  /// Slots that are due and have no decision yet, and what keeps them.
  var undecided: String? {
    guard let schedule = job.schedule else { return nil }
    let due = schedule.slots(
      after: facts.watermark, through: facts.now, in: facts.almanac, limit: .max)
    if let suspect = facts.suspectClock, !job.idempotent {
      return "is not running: it is held while clocks are suspect: \(suspect)"
    }
    let open = due.spans.filter { $0.standing == .open }
    guard let first = open.first else {
      return due.holds.map { "is not running: it is held: \($0)" }
    }
    let count = open.reduce(0) { $0 + $1.count }
    let what =
      count == 1
      ? "its slot of \(time(first.first)) is due"
      : "\(count) slots since \(time(first.first)) are due"
    return "is not running yet: \(what), but \(decider)"
  }

  /// Who will decide a slot that is due.
  var decider: String {
    guard let seen = facts.daemonSeenAt else {
      return "nobody decides: no daemon is on record; start `muhurat serve`"
    }
    guard isDaemonAlive else {
      return "nobody decides: the last daemon was seen \(age(of: seen)) ago; start `muhurat serve`"
    }
    return "not decided yet; a daemon was seen \(age(of: seen)) ago"
  }

  var isDaemonAlive: Bool {
    facts.daemonSeenAt.map { facts.serverNow - $0 <= Self.patience } ?? false
  }

  /// Within this time a dead runner's work is taken over; a daemon that is silent for longer is dead.
  private static let patience = Duration.seconds(20)

  private var lastWords: String? {
    guard let slot = facts.slot else { return nil }
    return "its last slot, \(time(slot.through ?? slot.dueAt)), \(predicate(of: slot))"
  }
}

/// Words for moments and spans.
extension Explaining {
  var zone: ZoneRules { facts.almanac.zone(of: job.schedule) }

  /// `2026-07-09 10:00 IST`
  func time(_ instant: Instant) -> String {
    let local = zone.local(instant)
    return "\(local.date) \(local.time) \(local.abbreviation)"
  }

  /// Of a moment on the server's clock.
  func age(of instant: Instant) -> String { (facts.serverNow - instant).roundedWords }

  func comma(_ text: String?) -> String { text.map { "; \($0)" } ?? "" }

  func words(of pause: Pause) -> String {
    "paused by \(pause.by) until \(time(pause.until)): \(pause.reason)"
  }

  func closedReason(at instant: Instant, _ schedule: Schedule) -> String? {
    facts.almanac.closedReason(at: instant, for: schedule)
  }

  /// The next slot that no pause covers.
  func next(after instant: Instant) -> Instant? {
    var from = instant
    if let pause = facts.pause, pause.covers(from) || pause.since > from {
      let first = job.schedule?.next(after: from, before: horizon, in: facts.almanac)
      guard let first, pause.covers(first) else { return first }
      from = pause.until - .microseconds(1)
    }
    return job.schedule?.next(after: from, before: horizon, in: facts.almanac)
  }

  private var horizon: Instant { facts.now + .seconds(400 * 86_400) }

  var nextWords: String? {
    guard job.schedule != nil, facts.retiredAt == nil else { return nil }
    guard let next = next(after: facts.now) else { return "no next slot is known" }
    return "its next slot is \(time(next)), in \((next - facts.now).roundedWords)"
  }
}
