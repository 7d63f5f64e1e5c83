package import Jobs
package import JobStore
import Threads
import TradingTime

/// Runs that a command works to their end in its own process, beside any daemon or without one.
extension Runner {
  /// How such a run ended, as its exit code wants to know.
  package enum ForegroundEnd: Sendable {
    case ended(RunState, reason: String?, result: RunResult?)
    /// Another process has it now.
    case takenOver
  }

  /// Keeps leases and rescues the abandoned while `body` works; a command has no other loops.
  package func whileKeepingLeases<Answer: Sendable>(
    _ body: @Sendable () async throws -> Answer
  ) async throws -> Answer {
    let keepers = [
      Task { await leaseKeeper.run() }, Task { await leaseKeeper.watchDeadlines() },
      Task { await SweepLoop(runner: self, kind: "run").run() },
      Task { await HintLoop(runner: self).run() },
    ]
    defer { keepers.forEach { $0.cancel() } }
    _ = try await readClock()
    return try await body()
  }

  /// Works a claimed run to its end, retries included.
  ///
  /// - Parameter askedAt: the boot clock before the claim was asked for.
  package func finish(
    _ first: Claim, askedAt: Duration, isDryRun: Bool = false,
    saying: @Sendable (String) -> Void = { _ in }
  ) async throws -> ForegroundEnd {
    var claim = first
    var askedAt = askedAt
    while true {
      switch await attempt(claim, askedAt, isDryRun) {
      case .settled(let ending, let settlement) where settlement.state != .ready:
        return .ended(settlement.state, reason: settlement.reason, result: ending.result)
      case .ended(let state, let reason): return .ended(state, reason: reason, result: nil)
      case .lost: return .takenOver
      case .settled(let ending, let settlement):
        // Told to stop: somebody else may have the rest.
        if ending.outcome == .interrupted {
          return .ended(.ready, reason: settlement.reason, result: nil)
        }
        saying("attempt \(claim.attempt): \(ending.error ?? ending.outcome.rawValue); trying again")
      case .waiting(let reason): saying("waiting: \(reason)")
      }
      guard let (next, at) = try await claimAgain(claim) else { return .takenOver }
      (claim, askedAt) = (next, at)
    }
  }

  private func attempt(_ claim: Claim, _ askedAt: Duration, _ isDryRun: Bool) async
    -> AttemptRunner.End
  {
    let active = ActiveAttempt(claim, askedAt: askedAt, settings: settings)
    attempts.add(active)
    defer {
      attempts.remove(active)
      settled.ring()
    }
    return await attemptRunner.run(active, isDryRun: isDryRun)
  }

  /// Waits until the run may be tried again and claims it; nil if a daemon was quicker or it ended otherwise.
  private func claimAgain(_ claim: Claim) async throws -> (Claim, Duration)? {
    while isClaiming, !Task.isCancelled {
      let askedAt = SystemClock.sinceBoot()
      if let again = try await control.claim(upTo: 1, of: [claim.job], only: [claim.run]).first {
        return (again, askedAt)
      }
      guard try await control.isReady(claim.run) else { return nil }
      await claimWake.wait(for: .milliseconds(500))
    }
    return nil
  }

  /// Asks everything under way here to stop; what it was is settled as interrupted.
  package func interrupt() {
    phase.withLock { $0 = .draining }
    attempts.all.forEach { $0.stop(.draining) }
    claimWake.ring()
  }
}
