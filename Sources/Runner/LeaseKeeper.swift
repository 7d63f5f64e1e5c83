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

  /// Deadlines are looked at by a loop of their own, because a renewal may hang as long as its limit.
  func watchDeadlines() async {
    while !Task.isCancelled {
      board.moved("deadlines")
      stopWhatWeCannotKeep()
      try? await SystemClock.sleep(for: .milliseconds(500))
    }
    board.left("deadlines")
  }

  private func renewAll() async -> Bool {
    let mine = attempts.all
    guard !mine.isEmpty else { return true }
    let askedAt = SystemClock.sinceBoot()
    do {
      let states = try await store.renew(mine.map(\.claim))
      watch.succeeded()
      for attempt in mine {
        switch states[attempt.claim.run] {
        case .kept?: attempt.renewed(askedAt: askedAt, settings: settings)
        case .cancelling(let reason)?:
          attempt.renewed(askedAt: askedAt, settings: settings)
          attempt.stop(.cancelled(reason))
        // Settled by us a moment ago, or taken over: in either case nothing is left to stop for.
        case nil: attempt.stop(.lost)
        }
      }
      return true
    } catch {
      watch.failed(error)
      return false
    }
  }

  private func stopWhatWeCannotKeep() {
    let now = SystemClock.sinceBoot()
    for attempt in attempts.all where attempt.oursUntil <= now { attempt.stop(.leaseEnding) }
  }

  private var untilNextDeadline: Duration {
    let now = SystemClock.sinceBoot()
    let next = attempts.all.map(\.oursUntil).min() ?? now + settings.renewEvery
    return max(.milliseconds(50), next - now)
  }
}
