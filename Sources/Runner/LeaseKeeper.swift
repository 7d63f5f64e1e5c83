import JobStore
import Threads

/// Renews the leases of all attempts of this process in one statement, and ends attempts whose
/// lease it cannot keep, whose run was taken over, or that somebody cancelled.
struct LeaseKeeper: Sendable {
  let store: JobStore
  let attempts: ActiveAttempts
  let settings: RunnerSettings
  let board: LoopBoard
  let watch: DatabaseWatch
  /// Rung by a hint: a cancel should not wait for the next renewal.
  let wake: Wake

  func run() async {
    while !Task.isCancelled {
      board.moved("renew")
      let nap = await renewAll() ? settings.renewEvery : .milliseconds(500)
      stopWhatWeCannotKeep()
      await wake.wait(for: attempts.count == 0 ? settings.renewEvery : min(nap, untilNextDeadline))
    }
    board.left("renew")
  }

  /// Deadlines are looked at by a loop of their own, because a renewal may hang as long as its
  /// limit.
  func watchDeadlines() async {
    while !Task.isCancelled {
      board.moved("deadlines")
      stopWhatWeCannotKeep()
      try? await SystemClock.sleep(for: .milliseconds(500))
    }
    board.left("deadlines")
  }

  /// - Returns: whether all were renewed.
  private func renewAll() async -> Bool {
    let mine = attempts.all.map { (attempt: $0, extra: $0.extraLease) }
    guard !mine.isEmpty else { return true }
    let askedAt = SystemClock.sinceBoot()
    do {
      let states = try await store.renew(mine.map(\.attempt.claim), extra: mine.map(\.extra))
      watch.succeeded(askedAt: askedAt)
      for (attempt, extra) in mine {
        take(states[attempt.claim.run], attempt) {
          attempt.renewed(askedAt: askedAt, extra: extra)
        }
      }
      return !states.values.contains(.missed)
    } catch {
      watch.failed(error, in: "renew", askedAt: askedAt)
      return false
    }
  }

  private func take(
    _ state: JobStore.LeaseState?, _ attempt: ActiveAttempt, _ renewed: () -> Void
  ) {
    switch state {
    case .kept?: renewed()
    case .cancelling(let reason)?:
      renewed()
      attempt.stop(.cancelled(reason))
    case .missed?: break
    // Settled by us a moment ago, or taken over: in either case nothing is left to stop for.
    case nil: attempt.stop(.lost)
    }
  }

  private func stopWhatWeCannotKeep() {
    let now = SystemClock.sinceBoot()
    for attempt in attempts.all where attempt.oursUntil <= now {
      attempt.stop(.leaseEnding)
      if attempt.mayLiveUntil <= now { attempt.kill() }
    }
  }

  private var untilNextDeadline: Duration {
    let now = SystemClock.sinceBoot()
    let next = attempts.all.map(\.oursUntil).min() ?? now + settings.renewEvery
    return max(.milliseconds(50), next - now)
  }
}
