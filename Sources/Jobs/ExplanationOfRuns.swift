import TradingTime

/// What became of runs, as the rest of a sentence that begins with the job or the slot.
extension Explaining {
  typealias Run = ExplanationFacts.Run

  func predicate(of runs: [Run], decidedLate: Duration = .zero) -> String {
    guard runs.count > 1, let worst = runs.min(by: { $0.state.gravity < $1.state.gravity }) else {
      return runs.first.map { predicate(of: $0, decidedLate) } ?? "has no run"
    }
    let counts = RunState.allCases.sorted { $0.gravity > $1.gravity }.compactMap { state in
      let count = runs.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }
    let kind = worst.item == nil ? "" : " for \(runs.count) \(job.forEach ?? "item")s"
    let whole = "has \(runs.count) runs\(kind): \(counts.joined(separator: ", "))"
    if runs.allSatisfy({ $0.state == .succeeded }) { return whole }
    return "\(whole); \(worst.name) \(predicate(of: worst, decidedLate, isNamed: true))"
  }

  /// A clause of its own: `run 7 succeeded in 3s`.
  func clause(of run: Run) -> String {
    "\(run.name) \(predicate(of: run, .zero, isNamed: true))"
  }

  private func predicate(
    of run: Run, _ decidedLate: Duration, isNamed: Bool = false
  ) -> String {
    let name = isNamed ? "" : "\(run.name) "
    let because = run.reason.map { ": \($0)" } ?? ""
    switch run.state {
    case .succeeded:
      let ran = isNamed ? "" : "ran\(late(run, decidedLate)): "
      return ran
        + "\(name)succeeded\(verdict(of: run))\(took(run))\(tries(of: run))\(asker(of: run))"
    case .failed:
      let ran = isNamed ? "" : "ran\(late(run, decidedLate)) and failed: "
      return ran + "\(name)failed\(tries(of: run))\(asker(of: run))\(because)"
    case .unknown:
      let ran = isNamed ? "" : "ran\(late(run, decidedLate)), and how it ended is not known: "
      return ran + "\(name)is unknown\(because); a person must look"
    case .expired, .gated, .superseded, .skipped, .cancelled:
      let ran = isNamed ? "" : run.attempts.isEmpty ? "did not run: " : "did not succeed: "
      return ran + "\(name)was \(run.state.rawValue)\(tries(of: run))\(because)"
    case .running, .cancelling: return predicate(ofActive: run, name)
    case .ready: return isNamed ? waiting(run) : "is not running yet: \(name)\(waiting(run))"
    }
  }

  private func predicate(ofActive run: Run, _ name: String) -> String {
    let since = run.claimedAt.map { " for \(age(of: $0))" } ?? ""
    let place = run.holder.map { " at \($0)" } ?? ""
    let attempt = "attempt \(run.attempt) of \(job.retry.attempts)"
    let isCancelling = run.state == .cancelling
    let verb = isCancelling ? "is being cancelled" : "is running"
    let who = name.isEmpty ? "" : ": \(name.dropLast()),"
    let because = isCancelling ? run.reason.map { ": \($0)" } ?? "" : ""
    return "\(verb)\(who) \(attempt)\(since)\(place)\(asker(of: run))\(because)"
  }

  /// What a ready run waits for: the lock first, because nothing else matters while it is held.
  private func waiting(_ run: Run) -> String {
    if run.readyAt > facts.now {
      let at = "\(time(run.readyAt)), in \((run.readyAt - facts.now).roundedWords)"
      guard let last = run.attempts.last(where: { $0.outcome != nil }) else {
        return "starts at \(at) (jitter)"
      }
      return
        "is tried again at \(at), after attempt \(last.number) of \(job.retry.attempts)\(ended(last))"
    }
    if let holder = run.lockedBy {
      let whose = holder.job == job.name ? "" : " of \(holder.job)"
      let item = holder.item.map { " (\($0))" } ?? ""
      return
        "waits for the lock '\(run.lock)', held by run \(holder.run)\(whose)\(item) for \(age(of: holder.since))"
    }
    if let condition = run.waitingFor { return "waits: \(condition)" }
    if isDaemonAlive { return "is ready and waits for a free runner" }
    guard let seen = facts.daemonSeenAt else {
      return "is ready, but no daemon is on record; start `muhurat serve`"
    }
    return "is ready, but the last daemon was seen \(age(of: seen)) ago; start `muhurat serve`"
  }

  private func ended(_ attempt: ExplanationFacts.Attempt) -> String {
    guard let outcome = attempt.outcome else { return "" }
    return " \(outcome.phrase)\(attempt.error.map { ": \($0)" } ?? "")"
  }

  /// How late it was claimed and what took so long; nothing where it was in time.
  private func late(_ run: Run, _ decidedLate: Duration) -> String {
    guard let schedule = job.schedule, let lateness = run.lateness, lateness > schedule.tolerance
    else { return "" }
    var causes: [String] = []
    if decidedLate > schedule.tolerance {
      causes.append("it was first seen \(decidedLate.roundedWords) late")
    }
    let readyLate = run.dueAt.flatMap { run.attempts.count > 1 ? nil : run.readyAt - $0 } ?? .zero
    if run.trigger.isByHand {
      causes = ["it was asked for only \(readyLate.roundedWords) later"]
    } else if readyLate > decidedLate {
      causes.append("its jitter is \(readyLate.roundedWords)")
    }
    let rest = lateness - max(decidedLate, readyLate)
    if rest >= .seconds(1) {
      causes.append("it waited \(rest.roundedWords) for its lock, its conditions or a free runner")
    }
    let why = causes.isEmpty ? "" : " because \(causes.joined(separator: " and "))"
    return " \(lateness.roundedWords) late\(why)"
  }

  private func verdict(of run: Run) -> String {
    run.verdict.map { $0 == .ok ? "" : " with verdict \($0.rawValue)" } ?? ""
  }

  private func took(_ run: Run) -> String {
    guard let end = run.finishedAt, let start = run.startedAt ?? run.claimedAt else { return "" }
    return " in \((end - start).roundedWords)"
  }

  private func tries(of run: Run) -> String {
    run.attempts.count < 2 ? "" : " after \(run.attempts.count) attempts"
  }

  /// Why it ran at all, where no slot on time is the reason.
  private func asker(of run: Run) -> String {
    let who = run.requestedBy.map { "asked for by \($0)" } ?? "asked for by hand"
    let why = run.requestReason.map { ": \($0)" } ?? ""
    switch run.trigger {
    case .schedule: return ""
    case .catchUp: return " (a catch-up that misfire admitted)"
    case .manual: return " (\(who)\(why))"
    case .slot, .backfill, .approve, .resume: return " (\(run.trigger.rawValue), \(who)\(why))"
    }
  }
}

extension ExplanationFacts.Run {
  var name: String { "run \(id)" + (item.map { " (\($0))" } ?? "") }
}

extension Outcome {
  var phrase: String {
    switch self {
    case .timedOut: "timed out"
    case .unknown: "ended unknown"
    case .interrupted: "was interrupted"
    case .cancelled: "was cancelled"
    case .abandoned: "was abandoned"
    case .succeeded, .failed: rawValue
    }
  }
}

extension RunState {
  /// The gravest is smallest: of several items, the worst speaks for all.
  fileprivate var gravity: Int {
    let order: [RunState] = [
      .unknown, .failed, .gated, .expired, .cancelled, .cancelling, .ready, .running, .skipped,
      .superseded, .succeeded,
    ]
    return order.firstIndex(of: self) ?? 0
  }
}
