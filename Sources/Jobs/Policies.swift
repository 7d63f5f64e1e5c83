import TradingTime

/// What a new slot does when an older run of the same job and item is still running.
///
/// A run that has not started, or waits to be retried, is superseded by the newer slot under every
/// one of these; a lock held by another job is no overlap.
package enum Overlap: String, Codable, CaseIterable, Sendable {
  case skip
  case queueOne = "queue-one"
  case cancelOld = "cancel-old"
}

/// What happens to slots that were first seen late.
package struct Misfire: Codable, Hashable, Sendable {
  package enum Policy: String, Codable, CaseIterable, Sendable {
    /// Only the newest runs.
    case latest
    /// Each runs, oldest first, at most `max` of them.
    case all
    /// None runs.
    case skip
    /// Each waits for a person.
    case ask
  }

  package var policy: Policy
  /// How long after its due time a slot may still be admitted; nil: for ever.
  @SpelledIfAny package var within: Duration? = nil
  /// Admits only slots of the newest session (or local date), for jobs of the day's end.
  package var withinSession: Bool
  package var max: Int
  /// With `ask`: slots younger than this need no person.
  @SpelledIfAny package var askAfter: Duration? = nil

  package init(
    policy: Policy, within: Duration? = nil, withinSession: Bool = false, max: Int = 100,
    askAfter: Duration? = nil
  ) {
    self.policy = policy
    self.within = within
    self.withinSession = withinSession
    self.max = max
    self.askAfter = askAfter
  }

  enum CodingKeys: String, CodingKey {
    case policy, within
    case withinSession = "within_session"
    case max
    case askAfter = "ask_after"
  }
}

/// How often an attempt that is known not to have happened is tried again.
package struct RetryPolicy: Codable, Hashable, Sendable {
  /// Attempts in all, the first included.
  package var attempts: Int
  @Spelled package var shortest: Duration = .seconds(1)
  @Spelled package var longest: Duration = .seconds(60)
  /// Classes of error worth another attempt.
  package var on: [String]

  package init(
    attempts: Int = 1, backoff: ClosedRange<Duration> = .seconds(1) ... .seconds(60),
    on: [String] = [ErrorClass.transient]
  ) {
    self.attempts = attempts
    self.shortest = backoff.lowerBound
    self.longest = backoff.upperBound
    self.on = on
  }

  /// Exponential with full jitter: somewhere between the shortest pause and the doubled one, so that
  /// runs that failed together do not come back together.
  ///
  /// - Parameter chance: from 0 to 1, drawn by the caller, so that this stays a function.
  package func delay(afterAttempt number: Int, chance: Double) -> Duration {
    let doubled = shortest * Double(1 << min(max(number, 1), 20))
    let ceiling = min(longest, doubled)
    return shortest + (max(ceiling, shortest) - shortest) * min(max(chance, 0), 1)
  }
}

/// Names of error classes that job files use in `retry.on`.
package enum ErrorClass {
  /// A fault that time may cure: exit 69 or 75, SQLSTATE classes 08, 40, 53 and 57, HTTP 408, 429
  /// and 5xx of reads, connection errors.
  package static let transient = "transient"
  /// Every failure, whatever its class.
  package static let any = "any"
  package static let all = [transient, any]
}

/// A condition on another job's run of the same business date.
package struct After: Codable, Hashable, Sendable {
  package enum Condition: String, Codable, CaseIterable, Sendable {
    /// It ended well, with any verdict.
    case succeeded
    /// It ended, in any way.
    case settled
  }

  package var job: String
  package var condition: Condition

  package init(job: String, condition: Condition = .succeeded) {
    self.job = job
    self.condition = condition
  }
}

/// What must hold when an attempt starts; read after the claim, never bypassed.
package struct Needs: Codable, Hashable, Sendable {
  package var signedIn: Bool
  package var fresh: [Freshness]
  package var gates: [String]

  package init(signedIn: Bool = false, fresh: [Freshness] = [], gates: [String] = []) {
    self.signedIn = signedIn
    self.fresh = fresh
    self.gates = gates
  }

  package var isEmpty: Bool { !signedIn && fresh.isEmpty && gates.isEmpty }

  package struct Freshness: Codable, Hashable, Sendable {
    /// What must be fresh, such as `positions`.
    package var of: String
    @Spelled package var within: Duration

    package init(of: String, within: Duration) {
      self.of = of
      self.within = within
    }
  }

  enum CodingKeys: String, CodingKey {
    case signedIn = "signed_in"
    case fresh, gates
  }
}
