import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `An attempt` {
  @Test func `writes through the fence, leaves its result, and is one line in the log`()
    async throws
  {
    var bench = try EngineBench()
    bench.unit { attempt in
      attempt.say("two breaks")
      _ = try await attempt.write { tx in
        try await tx.query(
          "insert into written (run, fence) values ($1, $2)", attempt.claim.run,
          attempt.claim.fence)
      }
      return RunResult(kind: "scripted", verdict: .breaks, figures: ["breaks": .integer(2)])
    }
    let job = EngineBench.job()
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "succeeded")
    }
    #expect(try await bench.attempts(run) == ["1 succeeded"])
    #expect(
      try await bench.texts(
        """
        select concat_ws('|', kind, verdict, figures, output, w.fence = a.fence)
          from jobs.result join jobs.attempt a using (run_id) join written w on w.run = run_id
        """) == [#"scripted|breaks|{"breaks": 2}|two breaks"# + "\n|t"])
    #expect(bench.log.lines == ["a run settled"])
  }

  @Test func `that fails for a while is tried again, with a pause, as often as the job says`()
    async throws
  {
    var bench = try EngineBench()
    bench.unit { attempt in
      if attempt.claim.attempt < 3 { throw UnitFailure("503", isTransient: true) }
      return .fine
    }
    let job = EngineBench.job {
      $0.retry = RetryPolicy(attempts: 3, backoff: .milliseconds(500) ... .milliseconds(600))
    }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "succeeded")
    }
    #expect(try await bench.attempts(run) == ["1 failed", "2 failed", "3 succeeded"])
    #expect(
      try await bench.count(
        """
        select from jobs.attempt a join jobs.attempt b on b.number = a.number + 1
         where b.claimed_at < a.claimed_at + interval '300 milliseconds'
        """) == 0, "an attempt began before its pause was over")
  }

  @Test(arguments: [
    ("no attempts are left", UnitFailure("503", isTransient: true), 2, ["1 failed", "2 failed"]),
    ("its class is not worth it", UnitFailure("no such account"), 1, ["1 failed"]),
  ])
  func `fails for good when`(
    _ when: String, _ failure: UnitFailure, _ count: Int, _ attempts: [String]
  ) async throws {
    var bench = try EngineBench()
    bench.unit { _ in throw failure }
    let job = EngineBench.job {
      $0.retry = RetryPolicy(attempts: 2, backoff: .zero ... .milliseconds(1))
    }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "failed", "when \(when)")
    }
    #expect(try await bench.attempts(run) == attempts, "when \(when)")
    #expect(try await bench.reason(run) == failure.description)
  }

  @Test(arguments: [(true, "failed"), (false, "unknown")])
  func `without an end within its timeout is stopped`(
    _ isIdempotent: Bool, _ end: String
  ) async throws {
    var bench = try EngineBench()
    bench.unit { _ in try await untilCancelled() }
    let job = EngineBench.job(idempotent: isIdempotent, timeout: .milliseconds(50))
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: end)
    }
    #expect(try await bench.attempts(run) == ["1 timed_out"])
    #expect(try await bench.reason(run) == "no end within its timeout of 50ms")
  }

  @Test func `that ignores being stopped keeps its lock and its lease until it is gone`()
    async throws
  {
    var bench = try EngineBench()
    let isStopped = Signal("the unit was told to stop", of: Void.self)
    let goes = Signal("the unit goes", of: Void.self)
    bench.unit { attempt in
      guard attempt.job.name == "stubborn" else { return .fine }
      await untilToldToStop()
      isStopped.fire()
      // A task of its own, because this one is cancelled.
      try await Task { _ = try await goes.wait() }.value
      return .fine
    }
    let job = EngineBench.job("stubborn", idempotent: false, timeout: .milliseconds(50)) {
      $0.lock = LockTemplate(text: "shared")
    }
    let other = EngineBench.job("other") { $0.lock = LockTemplate(text: "shared") }
    try await bench.load(job, other)
    let run = try await bench.enqueue(job)
    let behind = try await bench.enqueue(other)
    try await bench.with(bench.runner("one"), bench.runner("two")) { [bench] in
      try await isStopped.wait()
      let lease = try await bench.texts(
        "select lease_ends_at::text from jobs.run where id = $1", run)
      try await eventually("the lease is renewed while it is being stopped") {
        try await bench.texts("select lease_ends_at::text from jobs.run where id = $1", run)
          != lease
      }
      #expect(try await bench.state(run) == "running")
      #expect(try await bench.state(behind) == "ready", "its lock is held")
      goes.fire()
      try await bench.untilEnded(run, as: "succeeded", "it ended well after all")
      try await bench.untilEnded(behind, as: "succeeded")
    }
  }

  @Test func `that is cancelled stops, and says who wanted it`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    bench.unit { _ in
      began.fire()
      try await untilCancelled()
    }
    let job = EngineBench.job(idempotent: false)
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await began.wait()
      #expect(
        try await bench.store.cancel(run: run, actor: "asha", reason: "wrong day") == .asked)
      try await bench.untilEnded(run, as: "cancelled")
    }
    #expect(try await bench.attempts(run) == ["1 cancelled"])
    #expect(try await bench.reason(run) == "cancelled by asha: wrong day")
  }

  @Test(arguments: [true, false])
  func `whose unit cannot say what it did ends unknown`(_ isStopped: Bool) async throws {
    var bench = try EngineBench()
    bench.unit { _ in
      if isStopped { await untilToldToStop() }
      throw UnitFailure("the order may have gone out", outcome: .unknown)
    }
    let job = EngineBench.job(timeout: isStopped ? .milliseconds(50) : .seconds(60)) {
      $0.retry = RetryPolicy(attempts: 5)
    }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "unknown")
    }
    #expect(try await bench.reason(run) == "the order may have gone out")
    #expect(
      bench.log.errors == [
        "an outcome is unknown: a person must look, then `muhurat show`"
      ])
  }

  @Test func `with a result of another kind than promised has failed`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in RunResult(kind: "prices") }
    let job = EngineBench.job { $0.result = "reconciliation" }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "failed")
    }
    #expect(
      try await bench.reason(run)
        == "it gave a result of kind 'prices'; the job promises 'reconciliation'")
  }

  @Test(arguments: [
    ("rows", RunResult(kind: "scripted", rows: [.string("a\0b")])),
    ("its kind", RunResult(kind: "a\0b")),
  ])
  func `whose result the database refuses fails, and does not hold its lock for ever`(
    _ what: String, _ result: RunResult
  ) async throws {
    var bench = try EngineBench()
    bench.unit { attempt in attempt.job.name == "sync" ? result : .fine }
    let bad = EngineBench.job { $0.result = what == "its kind" ? "scripted" : nil }
    let good = EngineBench.job("good")
    try await bench.load(bad, good)
    let run = try await bench.enqueue(bad)
    let beside = try await bench.enqueue(good)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "failed", "refused: \(what)")
      try await bench.untilEnded(beside, as: "succeeded", "what was settled beside it")
    }
    #expect(try await bench.count("select from jobs.lock where run is not null") == 0)
  }

  @Test func `is made only where its unit is known`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    let known = EngineBench.job("known")
    let foreign = EngineBench.job("foreign") { $0.work = .unit("elsewhere") }
    try await bench.load(foreign, known)
    let left = try await bench.enqueue(foreign)
    let run = try await bench.enqueue(known)
    try await bench.with(bench.runner()) { [bench] in
      try await bench.untilEnded(run, as: "succeeded")
      #expect(try await bench.state(left) == "ready")
      #expect(try await bench.attempts(left) == [])
    }
  }
}
