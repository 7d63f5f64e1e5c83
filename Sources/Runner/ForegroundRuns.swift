package import Jobs
package import JobStore
import Threads
import TradingTime

/// Runs that a command works to their end in its own process, beside any daemon or without one.
extension Runner {
  /// How such a run ended, as its exit code wants to know.
  package enum ForegroundEnd: Sendable {
    case ended(RunState, reason: String?, result: RunResult?)
    /// Another process has it now, and this one may not wait for its end.
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

  /// Works a claimed run to its end, retries included; a retry that a daemon was quicker to claim
  /// is followed to its end all the same. A dry run has one attempt, and is on record as cancelled
  /// however it went.
  ///
  /// - Parameter askedAt: the boot clock before the claim was asked for.
  package func finish(
    _ first: Claim, askedAt: Duration,
    saying: @Sendable (String) -> Void = { _ in }
  ) async throws -> ForegroundEnd {
    var (claim, askedAt) = (first, askedAt)
    while true {
      switch await attempt(claim, askedAt) {
      case .settled(let ending, _) where claim.isDryRun && ending.outcome == .succeeded:
        return .ended(.succeeded, reason: nil, result: ending.result)
      case .settled(let ending, let settlement) where settlement.state != .ready:
        return .ended(settlement.state, reason: settlement.reason, result: ending.result)
      case .ended(let state, let reason): return .ended(state, reason: reason, result: nil)
      case .lost: saying("run \(claim.run) was taken over by another process")
      case .settled(let ending, let settlement):
        // Told to stop: somebody else may have the rest.
        if ending.outcome == .interrupted, !isClaiming {
          return .ended(.ready, reason: settlement.reason, result: nil)
        }
        saying("attempt \(claim.attempt): \(ending.error ?? ending.outcome.rawValue); trying again")
      case .waiting(let reason):
        if !isClaiming {
          return .ended(claim.isDryRun ? .cancelled : .ready, reason: reason, result: nil)
        }
        saying("waiting: \(reason)")
      }
      switch try await next(of: claim.run, job: claim.job) {
      case .claimed(let again, let at): (claim, askedAt) = (again, at)
      case .ended(let end):
        return .ended(end.state, reason: end.reason, result: end.result)
      case .given: return .takenOver
      }
    }
  }

  private func attempt(_ claim: Claim, _ askedAt: Duration) async -> AttemptRunner.End {
    let active = ActiveAttempt(claim, askedAt: askedAt, settings: settings)
    attempts.add(active)
    // Told to stop between the claim and here: it is handed back unbegun.
    if !isClaiming { active.stopUnlessBegun(.draining) }
    defer {
      attempts.remove(active)
      settled.ring()
    }
    return await attemptRunner.run(active)
  }

  private enum Next {
    case claimed(Claim, askedAt: Duration)
    case ended(JobStore.RunEnd)
    /// We are told to stop.
    case given
  }

  /// Claims a run as soon as it may be tried again, or waits until somebody has ended it. A
  /// database that is away for a while is waited for.
  private func next(of run: Int64, job: String) async throws -> Next {
    while isClaiming, !Task.isCancelled {
      let askedAt = SystemClock.sinceBoot()
      do {
        if let again = try await control.claim(upTo: 1, of: [job], only: [run]).first {
          return .claimed(again, askedAt: askedAt)
        }
        if let end = try await control.end(of: run) { return .ended(end) }
        watch.succeeded(askedAt: askedAt)
      } catch  where error.meansNoDatabase {
        watch.failed(error, in: "claim", askedAt: askedAt)
      }
      // Each by itself: many runs wait here at once, and a `Wake` bears one waiter.
      await Wake().wait(for: .milliseconds(500))
    }
    return .given
  }

  /// Told to stop: nothing more is to be claimed or started here.
  package var isInterrupted: Bool { !isClaiming }

  /// Asks everything under way here to stop; what it was is settled as interrupted.
  package func interrupt() {
    phase.withLock { $0 = .draining }
    attempts.all.forEach { $0.stop(.draining) }
  }
}
