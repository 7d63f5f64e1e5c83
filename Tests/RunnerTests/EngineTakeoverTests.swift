import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

/// What a frozen or dead process is, seen from outside: its attempts go on or not, but nobody
/// renews their leases. Here its claim loop alone runs, with room for one, and leases are ended by
/// hand.
@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `The work of a runner that is gone` {
  private static let retried = RetryPolicy(attempts: 3, backoff: .zero ... .zero)

  @Test func `is taken over, and nothing it still does is kept`() async throws {
    var bench = try EngineBench()
    let frozen = Signal("the first unit began", of: Attempt.self)
    let thaws = Signal("the first unit thaws", of: Void.self)
    let late = Signal("the first unit wrote late", of: Bool.self)
    bench.unit { attempt in
      if attempt.store.holder == "frozen" {
        frozen.fire(attempt)
        try await thaws.wait()
      }
      do {
        _ = try await attempt.write { tx in
          try await tx.query(
            "insert into written (run, fence, what) values ($1, $2, $3)", attempt.claim.run,
            attempt.claim.fence, attempt.store.holder)
        }
      } catch let error as ClaimLost {
        late.fire(false)
        throw error
      }
      if attempt.store.holder == "frozen" { late.fire(true) }
      return .fine
    }
    let job = EngineBench.job { $0.retry = Self.retried }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let gone = bench.runner("frozen") { $0.concurrency = 1 }
    let claims = Task { await ClaimLoop(runner: gone).run() }
    let old = try await frozen.wait()
    try await bench.with(bench.runner("alive")) { [bench] in
      try await bench.endLeases(of: "frozen")
      try await bench.untilEnded(run, as: "succeeded")
    }
    thaws.fire()
    #expect(try await !late.wait(), "a superseded holder committed a write")
    claims.cancel()
    await claims.value
    #expect(try await bench.texts("select what from written") == ["alive"])
    #expect(try await bench.attempts(run) == ["1 abandoned", "2 succeeded"])
    #expect(try await bench.store.renew([old.claim]).isEmpty)
    #expect(
      !bench.log.lines.contains("an outcome is unknown: a person must look, then `muhurat show`"))
  }

  @Test func `that finished without knowing drops its outcome`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    let goes = Signal("the unit may end", of: Void.self)
    bench.unit { attempt in
      if attempt.store.holder == "frozen" {
        began.fire()
        try await goes.wait()
        throw UnitFailure("what the frozen one thinks")
      }
      return .fine
    }
    let job = EngineBench.job { $0.retry = Self.retried }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let gone = bench.runner("frozen") { $0.concurrency = 1 }
    let claims = Task { await ClaimLoop(runner: gone).run() }
    try await began.wait()
    try await bench.with(bench.runner("alive")) { [bench] in
      try await bench.endLeases(of: "frozen")
      try await bench.untilEnded(run, as: "succeeded")
      goes.fire()
      try await eventually("the frozen one is told that the run is not his") {
        bench.log.lines.contains("a run was taken over; its outcome here is dropped")
      }
    }
    claims.cancel()
    await claims.value
    #expect(try await bench.state(run) == "succeeded")
    #expect(try await bench.attempts(run) == ["1 abandoned", "2 succeeded"])
  }

  @Test func `and is not safe to repeat waits for a person`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    let goes = Signal("the unit may end", of: Void.self)
    bench.unit { _ in
      began.fire()
      try await goes.wait()
      return .fine
    }
    let job = EngineBench.job(idempotent: false) { $0.retry = Self.retried }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let gone = bench.runner("frozen") { $0.concurrency = 1 }
    let claims = Task { await ClaimLoop(runner: gone).run() }
    try await began.wait()
    try await bench.with(bench.runner("alive")) { [bench] in
      try await bench.endLeases(of: "frozen")
      try await bench.untilEnded(run, as: "unknown")
    }
    goes.fire()
    claims.cancel()
    await claims.value
    #expect(try await bench.attempts(run) == ["1 abandoned"])
    #expect(try await bench.state(run) == "unknown", "the late finish changed it")
  }

  @Test func `stops by itself before anybody may take it over`() async throws {
    var bench = try EngineBench()
    let stopped = Signal("the unit was stopped", of: Void.self)
    bench.unit { _ in
      await untilToldToStop()
      stopped.fire()
      throw CancellationError()
    }
    let job = EngineBench.job()
    try await bench.load(job)
    _ = try await bench.enqueue(job)
    // It looks at its deadlines, and renews nothing.
    let runner = bench.runner { $0.lease = $0.leaseMargin + .milliseconds(200) }
    let loops = [
      Task { await ClaimLoop(runner: runner).run() },
      Task { await runner.leaseKeeper.watchDeadlines() },
    ]
    try await stopped.wait()
    #expect(
      try await bench.count(
        "select from jobs.run where state = 'running' and lease_ends_at < clock_timestamp()") == 0)
    for loop in loops { loop.cancel() }
    for loop in loops { await loop.value }
    #expect(
      try await bench.texts("select outcome from jobs.attempt order by fence limit 1")
        == ["interrupted"])
  }

  @Test func `whose claim it never heard of is taken up again at once`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    let job = EngineBench.job(idempotent: false)
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let runner = bench.runner("one")
    // Claimed by this process, and the answer lost.
    #expect(try await runner.control.claim(upTo: 1, of: ["sync"]).map(\.run) == [run])
    try await bench.pool.execute(
      script: """
        create function refuse() returns trigger language plpgsql as
          'begin raise exception ''no claims now'' using errcode = ''53300''; end';
        create trigger refuse before update on jobs.lock for each row
          when (new.run is not null) execute function refuse()
        """)
    let other = EngineBench.job("other")
    try await bench.load(other)
    let waiting = try await bench.enqueue(other)
    try await bench.with(runner) { [bench] in
      try await bench.untilEnded(run, as: "succeeded")
      try await bench.pool.execute(script: "drop trigger refuse on jobs.lock")
      try await bench.untilEnded(waiting, as: "succeeded")
    }
    #expect(try await bench.attempts(run) == ["1 succeeded"], "its first attempt, uncharged")
  }
}
