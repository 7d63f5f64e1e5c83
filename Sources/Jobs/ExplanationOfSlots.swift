import TradingTime

/// Why a slot ran, did not run, or will not.
extension Explaining {
  func sentence(about asked: Instant) -> String {
    let subject = "\(job.name) \(time(asked))"
    if let slot = facts.slot, slot.covers(asked) { return "\(subject) \(predicate(of: slot))" }
    if let retired = facts.retiredAt, asked > facts.watermark {
      return "\(subject) will not run: the job was retired \(age(of: retired)) ago"
    }
    // A slot that nobody ever decided may have been backfilled.
    let backfilled = facts.runs.filter { $0.dueAt == asked }
    if !backfilled.isEmpty { return "\(subject) \(predicate(of: backfilled))" }
    guard let schedule = job.schedule else { return "\(job.name) \(byHand)" }
    if let pruned = facts.prunedThrough, asked <= pruned {
      return "what became of \(subject) is no longer known: history up to \(time(pruned)) is pruned"
    }
    if asked <= facts.watermark { return "\(subject) has no slot\(comma(before(asked)))" }
    let due = schedule.slots(
      after: asked - .microseconds(1), through: asked, in: facts.almanac)
    if let holds = due.holds { return "\(subject) cannot be told: \(holds)" }
    guard let span = due.spans.first else { return "\(subject) \(noSlot(at: asked, schedule))" }
    if case .closed(let stretch) = span.standing {
      let why = closedReason(at: asked, schedule) ?? stretch
      return "\(subject) \(asked > facts.now ? "will" : "does") not run: \(why)"
    }
    if let pause = facts.pause, pause.covers(asked) {
      return "\(subject) \(asked > facts.now ? "will" : "does") not run: \(words(of: pause))"
    }
    return "\(subject) \(asked > facts.now ? coming(asked) : owed(asked))"
  }

  private func coming(_ asked: Instant) -> String {
    "is to run in \((asked - facts.now).roundedWords); nothing stands against it yet"
  }

  private func owed(_ asked: Instant) -> String {
    if let suspect = facts.suspectClock, !job.idempotent {
      return "has not run: it is held while clocks are suspect: \(suspect)"
    }
    let due = job.schedule?.slots(after: facts.watermark, through: asked, in: facts.almanac)
    if let holds = due?.holds { return "has not run: it is held: \(holds)" }
    return "has not run: it is due for \((facts.now - asked).roundedWords), but \(decider)"
  }

  private func noSlot(at asked: Instant, _ schedule: Schedule) -> String {
    let why = closedReason(at: asked, schedule).map { ": \($0)" } ?? ""
    let next = next(after: max(asked, facts.now)).map { "the next is \(time($0))" }
    return "has no slot\(why)\(comma(before(asked)))\(comma(next))"
  }

  private func before(_ asked: Instant) -> String? {
    guard let slot = facts.slot else { return "none before it is on record" }
    return "the one before, \(time(slot.through ?? slot.dueAt)), \(predicate(of: slot))"
  }

  /// What became of a slot, as the rest of a sentence.
  func predicate(of slot: ExplanationFacts.Slot) -> String {
    // Of a span, whose slots got no runs when it was decided, a single slot may have one by now.
    let dueAt = facts.asked.map { slot.covers($0) ? $0 : slot.dueAt } ?? slot.dueAt
    let runs = facts.runs.filter { $0.dueAt == dueAt }
    // An item that is skipped beside others has a run; a slot whose items all were is told by itself.
    // A held slot that was declined has runs that are skipped, too.
    let isTold =
      slot.decision == .run || slot.decision == .held || runs.contains { $0.state != .skipped }
    if isTold && !runs.isEmpty { return predicate(of: runs, decidedLate: slot.lateness) }
    switch slot.decision {
    case .run: return "was to run, but its run is no longer on record"
    case .held: return "has not run: it is held for a person: \(slot.reason)"
    case .closed, .paused, .missed: return "did not run: \(slot.reason)\(span(of: slot))"
    case .skipped, .superseded, .gated:
      return "did not run: \(slot.decision.rawValue): \(slot.reason)\(span(of: slot))"
    }
  }

  private func span(of slot: ExplanationFacts.Slot) -> String {
    guard let through = slot.through else { return "" }
    return " (one of \(slot.count) slots from \(time(slot.dueAt)) to \(time(through)))"
  }
}

extension ExplanationFacts.Slot {
  func covers(_ instant: Instant) -> Bool { dueAt <= instant && instant <= through ?? dueAt }
}
