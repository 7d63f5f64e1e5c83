import JobStore
import Threads

/// Why an attempt was told to stop.
enum StopCause: Sendable, Hashable {
  case timedOut
  case cancelled(String?)
  /// This process is stopping.
  case draining
  /// The lease cannot be kept: the database is out of reach.
  case leaseEnding
  /// Somebody else holds the run now; nothing of it is ours to say.
  case lost
}

/// One attempt under way in this process: its claim, until when it is ours, and the way to stop it.
final class ActiveAttempt: Sendable {
  let claim: Claim
  private let settings: RunnerSettings

  private struct State {
    var cause: StopCause?
    var hasBegun = false
    /// The lease's end as this process may count on it, on the boot clock.
    var leaseEndsAt: Duration
    /// How much longer than others its unit takes to stop.
    var extra = Duration.zero
    var stop: (@Sendable () -> Void)?
    var kill: (@Sendable () -> Void)?
  }
  private let state: Locked<State>

  /// - Parameter askedAt: the boot clock before the claim was sent: its lease began no earlier.
  init(_ claim: Claim, askedAt: Duration, settings: RunnerSettings) {
    self.claim = claim
    self.settings = settings
    state = Locked(State(leaseEndsAt: askedAt + settings.lease))
  }

  /// The moment on the boot clock after which this process stops by itself: stopping, grace
  /// included, must be over before somebody else may take the lock.
  var oursUntil: Duration {
    state.withLock { $0.leaseEndsAt - settings.leaseMargin - $0.extra }
  }

  /// The moment on the boot clock after which nothing of it may live on, whatever its grace: soon
  /// somebody else may take the lock.
  var mayLiveUntil: Duration { state.withLock { $0.leaseEndsAt } - .seconds(1) }

  /// A unit that may take longer to stop than the margin allows gets its lease longer by as much,
  /// up to a limit that keeps the rescue of a dead runner's work within 20 seconds.
  func allow(grace: Duration) {
    let extra = min(max(grace + .milliseconds(500) - settings.leaseMargin, .zero), .seconds(4))
    state.withLock { $0.extra = extra }
  }

  var extraLease: Duration { state.withLock { $0.extra } }

  /// - Parameter extra: what was asked for beyond the usual lease.
  func renewed(askedAt: Duration, extra: Duration) {
    state.withLock { $0.leaseEndsAt = askedAt + settings.lease + extra }
  }

  var cause: StopCause? { state.withLock { $0.cause } }

  /// Whether its unit may begin now; from here on stopping it means cancelling the unit.
  func begin() -> Bool {
    guard oursUntil > SystemClock.sinceBoot() else { return false }
    return state.withLock { state in
      if state.cause == nil { state.hasBegun = true }
      return state.cause == nil
    }
  }

  /// The first cause stands, except that a lost run is lost whatever else it was.
  func stop(_ cause: StopCause) {
    state.withLock { state in
      if state.cause == nil || cause == .lost { state.cause = cause }
      return state.stop
    }?()
  }

  /// For a process that is leaving: what has not begun does not begin any more.
  func stopUnlessBegun(_ cause: StopCause) {
    state.withLock { state in
      if !state.hasBegun, state.cause == nil { state.cause = cause }
    }
  }

  func whenStopped(_ stop: @escaping @Sendable () -> Void) {
    let isStopped = state.withLock { state in
      state.stop = stop
      return state.cause != nil
    }
    if isStopped { stop() }
  }

  /// Only a unit that has a grace says how it is killed.
  func whenOutOfTime(_ kill: @escaping @Sendable () -> Void) { state.withLock { $0.kill = kill } }

  func kill() { state.withLock { $0.kill }?() }
}

/// All attempts of this process, by run.
final class ActiveAttempts: Sendable {
  private struct State {
    var attempts: [Int64: ActiveAttempt] = [:]
    /// A claim has been sent, and what it brings is as good as here.
    var isClaiming = false
  }

  private let state = Locked(State())

  func add(_ attempt: ActiveAttempt) {
    state.withLock { $0.attempts[attempt.claim.run] = attempt }
  }

  func remove(_ attempt: ActiveAttempt) {
    state.withLock { state in
      if state.attempts[attempt.claim.run] === attempt { state.attempts[attempt.claim.run] = nil }
    }
  }

  func setClaiming(_ isClaiming: Bool) { state.withLock { $0.isClaiming = isClaiming } }

  var all: [ActiveAttempt] { state.withLock { Array($0.attempts.values) } }
  var runs: [Int64] { state.withLock { Array($0.attempts.keys) } }
  var count: Int { state.withLock { $0.attempts.count } }
  /// Nothing is under way, nor about to be.
  var areNone: Bool { state.withLock { $0.attempts.isEmpty && !$0.isClaiming } }
}
