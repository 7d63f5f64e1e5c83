package import TradingTime

/// How a job is doing, from what the tables say: one word and the reason for it.
package struct Health: Hashable, Sendable, Codable {
  package enum Level: String, Codable, Sendable, Comparable, CaseIterable {
    case ok
    /// Nothing has run yet, or nothing is due: neither good nor bad.
    case idle
    case paused
    case degraded
    case failing
    /// A person must look.
    case unknown

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
  }

  package var level: Level
  package var reason: String

  /// The facts of one job that health is judged by.
  package struct Facts: Sendable {
    package var now: Instant
    package var isPaused: String?
    package var holds: String?
    /// The worst of the newest slot's runs: state, verdict and error.
    package var lastState: RunState?
    package var lastVerdict: RunResult.Verdict?
    package var lastReason: String?
    package var lastSuccessAt: Instant?
    package var unknownRuns: Int
    package var skipsInARow: Int
    package var promise: Promise?
    /// Since when the promise counts: the session's opening or the job's first load, whichever is later.
    package var promiseCountsFrom: Instant?
    /// The business date that should have ended `ok` by now (`promise: { ok_by: … }`) and has not.
    package var missedOkOn: CivilDate?
    /// Slots that wait for a person's approval.
    package var heldSlots = 0
    /// The oldest slot whose run has not started.
    package var waitingSince: Instant?

    package init(
      now: Instant, isPaused: String? = nil, holds: String? = nil, lastState: RunState? = nil,
      lastVerdict: RunResult.Verdict? = nil, lastReason: String? = nil,
      lastSuccessAt: Instant? = nil, unknownRuns: Int = 0, skipsInARow: Int = 0,
      promise: Promise? = nil, promiseCountsFrom: Instant? = nil
    ) {
      self.now = now
      self.isPaused = isPaused
      self.holds = holds
      self.lastState = lastState
      self.lastVerdict = lastVerdict
      self.lastReason = lastReason
      self.lastSuccessAt = lastSuccessAt
      self.unknownRuns = unknownRuns
      self.skipsInARow = skipsInARow
      self.promise = promise
      self.promiseCountsFrom = promiseCountsFrom
    }
  }

  package init(_ level: Level, _ reason: String) {
    self.level = level
    self.reason = reason
  }

  /// The worst thing that is true wins.
  package static func judge(_ facts: Facts) -> Health {
    if facts.unknownRuns > 0 {
      return Health(
        .unknown,
        "\(facts.unknownRuns) outcome(s) unknown; look what was done, then `muhurat acknowledge`")
    }
    if let broken = facts.brokenPromises.first {
      return Health(.failing, broken.words(at: facts.now))
    }
    if let holds = facts.holds { return Health(.failing, holds) }
    if let paused = facts.isPaused { return Health(.paused, paused) }
    switch facts.lastState {
    case .failed?: return Health(.failing, facts.lastReason ?? "the last run failed")
    case .expired?, .gated?:
      return Health(.degraded, facts.lastReason ?? "the last run did not start")
    case .cancelled?:
      return Health(.degraded, facts.lastReason ?? "the last run was cancelled")
    case .unknown?:
      return Health(.ok, "the last run's outcome is unknown; a person has looked at it")
    default: break
    }
    if facts.heldSlots > 0 {
      return Health(.degraded, "\(facts.heldSlots) slot(s) held; `muhurat approve` shows them")
    }
    if facts.skipsInARow >= 3 {
      return Health(
        .degraded, "\(facts.skipsInARow) slots skipped in a row: \(facts.lastReason ?? "")")
    }
    if let verdict = facts.lastVerdict, verdict != .ok {
      return Health(.degraded, "the last run's verdict is \(verdict.rawValue)")
    }
    guard facts.lastState != nil else { return Health(.idle, "has not run yet") }
    return Health(.ok, facts.lastReason ?? "ok")
  }
}

/// A promise that is not kept now.
package enum BrokenPromise: Hashable, Sendable {
  case okBy(TimeOfDay?, on: CivilDate)
  /// No success since then.
  case success(since: Instant, within: Duration)
  /// A slot of then has not started.
  case start(due: Instant, within: Duration)

  fileprivate func words(at now: Instant) -> String {
    switch self {
    case .okBy(let time, let date):
      "not ok by \(time?.description ?? "the time promised") on \(date)"
    case .success(let since, let within):
      "no success for \((now - since).roundedWords); promised every \(within.spelled)"
    case .start(let due, let within):
      "a slot waits for \((now - due).roundedWords) to start; promised within \(within.spelled)"
    }
  }
}

extension Health.Facts {
  /// Every promise that is broken, the hardest first.
  package var brokenPromises: [BrokenPromise] {
    var broken: [BrokenPromise] = []
    if let missedOkOn { broken.append(.okBy(promise?.okBy, on: missedOkOn)) }
    if let within = promise?.successWithin, let from = promiseCountsFrom {
      let since = max(from, lastSuccessAt ?? from)
      if now - since > within { broken.append(.success(since: since, within: within)) }
    }
    if let within = promise?.startWithin, let waitingSince, now - waitingSince > within {
      broken.append(.start(due: waitingSince, within: within))
    }
    return broken
  }
}
