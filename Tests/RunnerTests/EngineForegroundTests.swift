import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `A run worked by a command` {
  private func finish(
    _ runner: Runner, _ request: RunRequest
  ) async throws -> Runner.ForegroundEnd {
    try await runner.whileKeepingLeases {
      let askedAt = SystemClock.sinceBoot()
      guard case .claimed(let claim) = try await runner.control.start(request) else {
        throw PostgresError.misuse("the lock was held")
      }
      return try await runner.finish(claim, askedAt: askedAt)
    }
  }

  @Test func `goes to its end, retries included, with no daemon about`() async throws {
    var bench = try EngineBench()
    let result = RunResult(kind: "scripted", verdict: .warn, figures: ["late": .integer(1)])
    bench.unit { attempt in
      if attempt.claim.attempt == 1 { throw UnitFailure("503", isTransient: true) }
      return result
    }
    let job = EngineBench.job {
      $0.retry = RetryPolicy(attempts: 2, backoff: .zero ... .milliseconds(1))
    }
    try await bench.load(job)
    let end = try await finish(bench.runner(), try await bench.request(job))
    guard case .ended(.succeeded, nil, result) = end else {
      Issue.record("it ended as \(end)")
      return
    }
    #expect(
      try await bench.texts("select outcome from jobs.attempt order by fence") == [
        "failed", "succeeded",
      ])
  }

  @Test func `is followed to its end when a daemon was quicker to try again`() async throws {
    var bench = try EngineBench()
    bench.unit { attempt in
      if attempt.store.holder == "command" { throw UnitFailure("503", isTransient: true) }
      return RunResult(kind: "scripted", verdict: .warn)
    }
    let job = EngineBench.job {
      $0.retry = RetryPolicy(attempts: 100, backoff: .zero ... .milliseconds(1))
    }
    try await bench.load(job)
    let request = try await bench.request(job)
    let end = try await bench.with(bench.runner("daemon")) { [bench] in
      try await finish(bench.runner("command"), request)
    }
    guard case .ended(.succeeded, _, .some(let result)) = end else {
      Issue.record("it ended as \(end)")
      return
    }
    #expect(result.verdict == .warn)
  }

  @Test func `keeps its lease, and stops when it is cancelled elsewhere`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in try await untilCancelled() }
    let job = EngineBench.job(idempotent: false)
    try await bench.load(job)
    let request = try await bench.request(job)
    let runner = bench.runner("command")
    let work = Task { try await finish(runner, request) }
    try await eventually("it runs") { [bench] in
      try await bench.count("select from jobs.run where started_at is not null") == 1
    }
    let lease = try await bench.texts("select lease_ends_at::text from jobs.run")
    try await eventually("it renews") { [bench] in
      try await bench.texts("select lease_ends_at::text from jobs.run") != lease
    }
    let run = try await bench.pool.query("select id from jobs.run").one.decode("id", as: Int64.self)
    _ = try await bench.store.cancel(run: run, actor: "asha", reason: nil)
    guard case .ended(.cancelled, "cancelled by asha", nil) = try await work.value else {
      Issue.record("it ended as \(try await work.value)")
      return
    }
  }

  @Test func `told to stop leaves what is safe to repeat to somebody else`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    bench.unit { _ in
      began.fire()
      try await untilCancelled()
    }
    let job = EngineBench.job()
    try await bench.load(job)
    let request = try await bench.request(job)
    let runner = bench.runner("command")
    let work = Task { try await finish(runner, request) }
    try await began.wait()
    runner.interrupt()
    guard case .ended(.ready, "this muhurat was stopped", nil) = try await work.value else {
      Issue.record("it ended as \(try await work.value)")
      return
    }
    #expect(try await bench.texts("select state from jobs.run") == ["ready"])
  }

  /// A timer's command works the runs of all accounts at once, and several may wait for their turn.
  @Test func `is tried again beside others that wait as well`() async throws {
    var bench = try EngineBench()
    bench.unit { attempt in
      if attempt.claim.attempt == 1 { throw UnitFailure("503", isTransient: true) }
      return .fine
    }
    let jobs = (1...4).map { number in
      EngineBench.job("waits-\(number)") {
        $0.retry = RetryPolicy(attempts: 2, backoff: .milliseconds(300) ... .milliseconds(301))
      }
    }
    for job in jobs { try await bench.load(job) }
    let runner = bench.runner("command")
    var requests: [RunRequest] = []
    for job in jobs { requests.append(try await bench.request(job)) }
    let asked = requests
    let states = try await runner.whileKeepingLeases {
      try await withThrowingTaskGroup(of: RunState?.self) { group in
        for request in asked {
          group.addTask {
            let askedAt = SystemClock.sinceBoot()
            guard case .claimed(let claim) = try await runner.control.start(request),
              case .ended(let state, _, _) = try await runner.finish(claim, askedAt: askedAt)
            else { return nil }
            return state
          }
        }
        return try await group.reduce(into: [RunState?]()) { $0.append($1) }
      }
    }
    #expect(states == [.succeeded, .succeeded, .succeeded, .succeeded])
  }

  @Test func `told to stop before it began does not begin`() async throws {
    var bench = try EngineBench()
    let begun = Locked(false)
    bench.unit { _ in
      begun.withLock { $0 = true }
      return .fine
    }
    let job = EngineBench.job(idempotent: false)
    try await bench.load(job)
    let runner = bench.runner("command")
    runner.interrupt()
    let end = try await finish(runner, try await bench.request(job))
    guard case .ended(.ready, _, nil) = end else {
      Issue.record("it ended as \(end)")
      return
    }
    #expect(!begun.withLock { $0 })
    #expect(try await bench.texts("select state from jobs.run") == ["ready"])
  }

  @Test func `rescues what others left while it lives`() async throws {
    var bench = try EngineBench()
    let goes = Signal("the unit may end", of: Void.self)
    bench.unit { _ in
      try await goes.wait()
      return .fine
    }
    let job = EngineBench.job()
    let other = EngineBench.job("other", idempotent: false)
    try await bench.load(job, other)
    let left = try await bench.enqueue(other)
    let dead = JobStore(pool: bench.pool, holder: "dead")
    _ = try await dead.claim(upTo: 1, of: ["other"])
    try await bench.endLeases(of: "dead")
    let request = try await bench.request(job)
    let runner = bench.runner("command")
    let work = Task { try await finish(runner, request) }
    try await bench.until(left, is: "ready")
    goes.fire()
    guard case .ended(.succeeded, _, _) = try await work.value else {
      Issue.record("its own run must succeed")
      return
    }
  }
}
