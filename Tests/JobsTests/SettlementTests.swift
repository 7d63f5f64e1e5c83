import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `After an attempt` {
  static let now = at("2026-07-09T12:00:00")

  struct Case: CustomTestStringConvertible {
    var id: String
    var ending: Ending
    var attempt = 1
    var idempotent = true
    var attempts = 3
    var isCancelling = false
    var hasStarted = true
    var expires: Duration? = nil
    var state: RunState
    var after: Duration? = nil
    var charges = true
    var reason: String? = nil
    var testDescription: String { id }
  }

  static let abandoned = Ending(.abandoned, error: "the runner went away")
  static let timedOut = Ending(.timedOut, error: "timed out after 25s")
  static let interrupted = Ending(.interrupted, error: "stopped for a restart")
  static let busy = Ending.failed("503", transient: true)

  @Test(arguments: [
    Case(id: "success ends it", ending: .succeeded(RunResult(kind: "sync")), state: .succeeded),
    Case(
      id: "success counts though a cancel was asked for",
      ending: .succeeded(RunResult(kind: "sync")), isCancelling: true, state: .succeeded),
    Case(
      id: "an unknown outcome waits for a person", ending: Ending(.unknown, error: "no answer"),
      state: .unknown, reason: "no answer"),
    Case(
      id: "a transient failure is retried", ending: busy, state: .ready, after: .seconds(1),
      reason: "503"),
    Case(
      id: "a transient failure is retried though not idempotent", ending: busy, idempotent: false,
      state: .ready, after: .seconds(1), reason: "503"),
    Case(
      id: "the last attempt fails the run", ending: busy, attempt: 3, state: .failed, reason: "503"),
    Case(
      id: "another failure is not retried", ending: .failed("bad data"), state: .failed,
      reason: "bad data"),
    Case(
      id: "a failure under a cancel is the cancel", ending: busy, isCancelling: true,
      state: .cancelled, reason: "503"),
    Case(
      id: "a retry that would come too late is not tried", ending: busy, expires: .seconds(1),
      state: .failed,
      reason: "503; attempt 2 would start after it expires at 2026-07-09T06:30:01Z"),
    Case(
      id: "a time-out is repeated where that is harmless", ending: timedOut, state: .ready,
      after: .seconds(1), reason: "timed out after 25s"),
    Case(
      id: "a time-out is unknown where it is not", ending: timedOut, idempotent: false,
      state: .unknown, reason: "timed out after 25s"),
    Case(
      id: "a last time-out of harmless work has failed", ending: timedOut, attempt: 3,
      state: .failed,
      reason: "timed out after 25s"),
    Case(
      id: "a time-out whose repetition comes too late expires", ending: timedOut,
      expires: .milliseconds(500), state: .expired,
      reason:
        "timed out after 25s; attempt 2 would start after it expires at 2026-07-09T06:30:00.500Z"),
    Case(
      id: "a time-out under a cancel is the cancel", ending: timedOut, isCancelling: true,
      state: .cancelled, reason: "timed out after 25s"),
    Case(
      id: "a time-out under a cancel is unknown where effects are", ending: timedOut,
      idempotent: false, isCancelling: true, state: .unknown, reason: "timed out after 25s"),
    Case(
      id: "an abandoned run goes on at once", ending: abandoned, state: .ready, after: .seconds(1),
      reason: "the runner went away"),
    Case(
      id: "an abandoned run that may not be repeated is unknown", ending: abandoned,
      idempotent: false, state: .unknown, reason: "the runner went away"),
    Case(
      id: "an abandoned run that had not started goes back", ending: abandoned, attempt: 3,
      idempotent: false, hasStarted: false, state: .ready, after: .zero, charges: false,
      reason: "the runner went away"),
    Case(
      id: "an abandoned cancelled run stays cancelled", ending: abandoned, isCancelling: true,
      hasStarted: false, state: .cancelled, reason: "the runner went away"),
    Case(
      id: "an interruption gives the attempt back", ending: interrupted, attempt: 3, state: .ready,
      after: .zero, charges: false, reason: "stopped for a restart"),
    Case(
      id: "an interruption of unsafe work is unknown", ending: interrupted, idempotent: false,
      state: .unknown, reason: "stopped for a restart"),
    Case(
      id: "an interruption before the start is harmless", ending: interrupted, idempotent: false,
      hasStarted: false, state: .ready, after: .zero, charges: false,
      reason: "stopped for a restart"),
    Case(
      id: "a cancel that was asked for", ending: Ending(.cancelled, error: "by asha"),
      isCancelling: true, state: .cancelled, reason: "by asha"),
    Case(
      id: "a cancel that nobody asked for is a failure", ending: Ending(.cancelled), state: .failed,
      reason: "the attempt gave up without being asked to"),
  ])
  func `follows what the rules say`(_ test: Case) {
    let run = Settlement.Facts(
      attempt: test.attempt, isIdempotent: test.idempotent,
      retry: RetryPolicy(attempts: test.attempts), isCancelling: test.isCancelling,
      hasStarted: test.hasStarted, expiresAt: test.expires.map { Self.now + $0 })
    let settled = Settlement.following(test.ending, of: run, now: Self.now, chance: 0)
    #expect(settled.state == test.state)
    #expect(settled.readyAt == test.after.map { Self.now + $0 })
    #expect(settled.chargesAttempt == test.charges)
    #expect(settled.reason == test.reason)
  }

  @Test
  func `classes that the policy names are retried, and any means all`() {
    func state(_ on: [String], _ errorClass: String?) -> RunState {
      Settlement.following(
        Ending(.failed, errorClass: errorClass, error: "x"),
        of: .init(attempt: 1, isIdempotent: false, retry: RetryPolicy(attempts: 2, on: on)),
        now: Self.now, chance: 0
      ).state
    }
    #expect(state([], ErrorClass.transient) == .failed)
    #expect(state([ErrorClass.any], nil) == .ready)
    #expect(state(["stale"], "stale") == .ready)
    #expect(state(["stale"], ErrorClass.transient) == .failed)
  }

  /// A run's whole life, with endings, cancels and crashes at random.
  @Test(arguments: 1...200)
  func `no run is charged more attempts than its policy, nor moves where none may`(_ seed: Int) {
    var chance = Chance(seed: seed)
    let retry = RetryPolicy(attempts: chance.number(1...4), on: [ErrorClass.any])
    let idempotent = chance.once(in: 2)
    let expires = chance.once(in: 3) ? Self.now + .seconds(chance.number(1...200)) : nil
    var now = Self.now
    var charged = 0
    var state = RunState.ready
    for _ in 1...60 where !state.isEnded {
      charged += 1
      #expect(charged <= retry.attempts, "seed \(seed)")
      state = chance.once(in: 6) ? .cancelling : .running
      let started = !chance.once(in: 4)
      let ending = Ending(chance.one(of: Outcome.allCases), error: "x")
      now += .seconds(chance.number(0...30))
      let settled = Settlement.following(
        ending,
        of: .init(
          attempt: charged, isIdempotent: idempotent, retry: retry,
          isCancelling: state == .cancelling, hasStarted: started, expiresAt: expires),
        now: now, chance: Double(chance.number(0...100)) / 100)
      #expect(state.moves.contains(settled.state), "seed \(seed): \(state) to \(settled.state)")
      #expect((settled.state == .ready) == (settled.readyAt != nil), "seed \(seed)")
      if started && !idempotent && [.timedOut, .abandoned, .interrupted].contains(ending.outcome) {
        #expect(settled.state == .unknown, "seed \(seed): \(ending.outcome)")
      }
      if let expires, let ready = settled.readyAt, settled.chargesAttempt {
        #expect(ready < expires, "seed \(seed): a retry past its end")
      }
      if !settled.chargesAttempt { charged -= 1 }
      state = settled.state
      now = max(now, settled.readyAt ?? now)
    }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Pauses between attempts` {
  @Test(arguments: 1...12, [0.0, 0.5, 1.0])
  func `double up to the longest and never leave the range`(_ attempt: Int, _ chance: Double) {
    let policy = RetryPolicy(attempts: 20, backoff: .seconds(1) ... .seconds(60))
    let delay = policy.delay(afterAttempt: attempt, chance: chance)
    let ceiling = min(60.0, Double(1 << attempt))
    #expect(delay == .seconds(1) + .seconds((ceiling - 1) * chance))
  }

  @Test
  func `stay what they are where the range is one pause`() {
    let policy = RetryPolicy(attempts: 3, backoff: .seconds(5) ... .seconds(5))
    #expect((1...40).allSatisfy { policy.delay(afterAttempt: $0, chance: 1) == .seconds(5) })
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The states of a run` {
  @Test
  func `lead nowhere once it has ended, and somewhere before`() {
    for state in RunState.allCases { #expect(state.isEnded == state.moves.isEmpty, "\(state)") }
  }

  @Test
  func `never lead back from a cancel`() {
    #expect(!RunState.cancelling.moves.contains(.ready))
    #expect(!RunState.cancelling.moves.contains(.running))
  }

  @Test
  func `hold the lock exactly while a runner works`() {
    #expect(RunState.allCases.filter(\.isActive) == [.running, .cancelling])
  }
}
