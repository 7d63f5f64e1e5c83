package import TradingTime

/// What follows from the end of an attempt.
///
/// Every rule of DESIGN section 3, "After an attempt", stands in `following`; the store only writes
/// down what it says, under the run's fence.
package struct Settlement: Hashable, Sendable {
  package var state: RunState
  /// When a run that is ready again may be claimed, on the job's clock.
  package var readyAt: Instant?
  /// An attempt that was interrupted or never began gives its number back.
  package var chargesAttempt: Bool
  package var reason: String?

  /// The run as it stood when its attempt ended.
  package struct Facts: Hashable, Sendable {
    package var attempt: Int
    package var isIdempotent: Bool
    package var retry: RetryPolicy
    /// A cancel was asked for while it ran.
    package var isCancelling: Bool
    /// The fenced start mark was committed: the unit may have done something.
    package var hasStarted: Bool
    package var expiresAt: Instant?
    package var isDryRun: Bool

    package init(
      attempt: Int, isIdempotent: Bool, retry: RetryPolicy, isCancelling: Bool = false,
      hasStarted: Bool = true, expiresAt: Instant? = nil, isDryRun: Bool = false
    ) {
      self.attempt = attempt
      self.isIdempotent = isIdempotent
      self.retry = retry
      self.isCancelling = isCancelling
      self.hasStarted = hasStarted
      self.expiresAt = expiresAt
      self.isDryRun = isDryRun
    }
  }

  /// - Parameters:
  ///   - now: the job's clock.
  ///   - chance: from 0 to 1; places the retry within its jitter.
  package static func following(
    _ ending: Ending, of run: Facts, now: Instant, chance: Double
  ) -> Settlement {
    let settlement = settlement(ending, run, now, chance)
    return run.isDryRun ? settlement.ofDryRun(ending) : settlement
  }

  /// Nobody's success or failure, and never tried again: whoever took it up would do it for real.
  /// What it may have done outside is unknown all the same.
  private func ofDryRun(_ ending: Ending) -> Settlement {
    guard state != .unknown else { return self }
    let verdict = ending.result.map { ", verdict \($0.verdict.rawValue)" } ?? ""
    let how = ending.error ?? reason ?? "\(ending.outcome.rawValue)\(verdict); nothing was kept"
    return Settlement(.cancelled, because: "dry run: \(how)")
  }

  private static func settlement(
    _ ending: Ending, _ run: Facts, _ now: Instant, _ chance: Double
  ) -> Settlement {
    switch ending.outcome {
    case .succeeded: return Settlement(.succeeded)
    case .unknown: return Settlement(.unknown, because: ending.error)
    case .cancelled: return cancelled(ending, run)
    case .failed:
      if run.isCancelling { return Settlement(.cancelled, because: ending.error) }
      return retryOrFail(ending, run, now, chance)
    case .timedOut, .abandoned:
      return withoutAnAnswer(ending, run, now, chance)
    case .interrupted:
      return interrupted(ending, run, now)
    }
  }

  /// Retried whatever `idempotent` says: a failure of such a class is known not to have happened, or
  /// to be safe.
  private static func retryOrFail(
    _ ending: Ending, _ run: Facts, _ now: Instant, _ chance: Double
  ) -> Settlement {
    let isWorthIt =
      run.retry.on.contains(ErrorClass.any)
      || ending.errorClass.map(run.retry.on.contains) ?? false
    guard isWorthIt, run.attempt < run.retry.attempts else {
      return Settlement(.failed, because: ending.error)
    }
    return again(ending, run, now, chance, otherwise: .failed)
  }

  /// Only a run that was asked to can end cancelled; one that stopped by itself has failed.
  private static func cancelled(_ ending: Ending, _ run: Facts) -> Settlement {
    if run.isCancelling { return Settlement(.cancelled, because: ending.error) }
    return Settlement(
      .failed, because: ending.error ?? "the attempt gave up without being asked to")
  }

  /// It ended without telling: where repeating is not harmless, a person must look at what it did.
  /// Where it is, nobody needs to look first, so the last attempt of a harmless run is `failed`.
  private static func withoutAnAnswer(
    _ ending: Ending, _ run: Facts, _ now: Instant, _ chance: Double
  ) -> Settlement {
    guard run.hasStarted else { return handedBack(ending, run, now) }
    if run.isCancelling && run.isIdempotent {
      return Settlement(.cancelled, because: ending.error)
    }
    guard run.isIdempotent else { return Settlement(.unknown, because: ending.error) }
    guard run.attempt < run.retry.attempts else {
      return Settlement(.failed, because: ending.error)
    }
    // A dead runner is no reason to wait: its work is owed now.
    let chance = ending.outcome == .abandoned ? 0 : chance
    return again(ending, run, now, chance, otherwise: .expired)
  }

  private static func interrupted(_ ending: Ending, _ run: Facts, _ now: Instant) -> Settlement {
    guard run.isIdempotent || !run.hasStarted else {
      return Settlement(.unknown, because: ending.error)
    }
    return handedBack(ending, run, now)
  }

  private static func handedBack(_ ending: Ending, _ run: Facts, _ now: Instant) -> Settlement {
    if run.isCancelling { return Settlement(.cancelled, because: ending.error) }
    return Settlement(.ready, at: now, chargesAttempt: false, because: ending.error)
  }

  /// A retry may not outlive its slot's right to start.
  private static func again(
    _ ending: Ending, _ run: Facts, _ now: Instant, _ chance: Double, otherwise end: RunState
  ) -> Settlement {
    let at = now + run.retry.delay(afterAttempt: run.attempt, chance: chance)
    if let expiresAt = run.expiresAt, at >= expiresAt {
      let late = "attempt \(run.attempt + 1) would start after it expires at \(expiresAt)"
      return Settlement(
        end, because: [ending.error, late].compactMap { $0 }.joined(separator: "; "))
    }
    return Settlement(.ready, at: at, because: ending.error)
  }

  private init(
    _ state: RunState, at readyAt: Instant? = nil, chargesAttempt: Bool = true,
    because reason: String? = nil
  ) {
    self.state = state
    self.readyAt = readyAt
    self.chargesAttempt = chargesAttempt
    self.reason = reason
  }
}
