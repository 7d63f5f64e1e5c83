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
  private struct State {
    var cause: StopCause?
    var oursUntil: Duration
    var stop: (@Sendable () -> Void)?
  }
  private let state: Locked<State>

  /// - Parameter askedAt: the boot clock before the claim was sent; the lease cannot have begun earlier.
  init(_ claim: Claim, askedAt: Duration, settings: RunnerSettings) {
    self.claim = claim
    state = Locked(State(oursUntil: askedAt + settings.lease - settings.leaseMargin))
  }

  /// The moment on the boot clock after which this process stops by itself.
  var oursUntil: Duration { state.withLock { $0.oursUntil } }

  func renewed(askedAt: Duration, settings: RunnerSettings) {
    state.withLock { $0.oursUntil = askedAt + settings.lease - settings.leaseMargin }
  }

  var cause: StopCause? { state.withLock { $0.cause } }

  /// The first cause stands, except that a lost run is lost whatever else it was.
  func stop(_ cause: StopCause) {
    state.withLock { state in
      if state.cause == nil || cause == .lost { state.cause = cause }
      return state.stop
    }?()
  }

  func whenStopped(_ stop: @escaping @Sendable () -> Void) {
    let isStopped = state.withLock { state in
      state.stop = stop
      return state.cause != nil
    }
    if isStopped { stop() }
  }
}

/// All attempts of this process, by run.
final class ActiveAttempts: Sendable {
  private let attempts = Locked([Int64: ActiveAttempt]())

  func add(_ attempt: ActiveAttempt) { attempts.withLock { $0[attempt.claim.run] = attempt } }

  func remove(_ attempt: ActiveAttempt) {
    attempts.withLock { attempts in
      if attempts[attempt.claim.run] === attempt { attempts[attempt.claim.run] = nil }
    }
  }

  var all: [ActiveAttempt] { attempts.withLock { Array($0.values) } }
  var count: Int { attempts.withLock { $0.count } }
}
