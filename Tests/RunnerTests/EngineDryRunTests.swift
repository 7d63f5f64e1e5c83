import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `A dry run` {
  private func start(
    _ job: Job, _ runner: Runner, in bench: EngineBench
  ) async throws -> Claim {
    var request = try await bench.request(job)
    request.isDryRun = true
    guard case .claimed(let claim) = try await runner.control.start(request) else {
      throw PostgresError.misuse("the lock was held")
    }
    return claim
  }

  private func finish(
    _ job: Job, in bench: EngineBench,
    while body: @Sendable (Runner) async throws -> Void = { _ in }
  ) async throws -> Runner.ForegroundEnd {
    let runner = bench.runner()
    return try await runner.whileKeepingLeases {
      let claim = try await start(job, runner, in: bench)
      async let end = runner.finish(claim, askedAt: SystemClock.sinceBoot())
      try await body(runner)
      return try await end
    }
  }

  private func record(_ bench: EngineBench) async throws -> [String] {
    try await bench.texts(
      """
      select concat_ws(' ', r.state, r.attempt, r.reason, f.verdict, r.finished_at is not null)
        from jobs.run r left join jobs.result f on f.run_id = r.id order by r.id
      """)
  }

  @Test func `does everything, keeps nothing, and is nobody's success`() async throws {
    var bench = try EngineBench()
    bench.unit { attempt in
      _ = try await attempt.write { tx in
        try await tx.query("insert into written (run) values ($1)", attempt.claim.run)
      }
      return try await attempt.finish { tx in
        try await tx.query("insert into written (run) values ($1)", attempt.claim.run)
        return .fine
      }
    }
    let job = EngineBench.job()
    try await bench.load(job)
    guard case .ended(.succeeded, nil, .some) = try await finish(job, in: bench) else {
      Issue.record("whoever asked is told that it succeeded")
      return
    }
    #expect(try await bench.count("select from written") == 0)
    let overview = try await bench.store.overview(ofJob: job.name, almanac: bench.almanac)
    #expect(overview?.1.lastRun == nil, "it says nothing of the job's health")
    let next = EngineBench.job("next") { $0.after = [After(job: job.name, condition: .settled)] }
    let date = try await bench.request(job).businessDate
    #expect(
      try await bench.store.unmetCondition(of: next, item: nil, on: date)
        == "after sync: it has no run on \(date)")
    #expect(
      try await record(bench) == [
        "cancelled 1 dry run: succeeded, verdict ok; nothing was kept t"
      ])
  }

  @Test func `is not tried again, by nobody`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in throw UnitFailure("503", isTransient: true) }
    let job = EngineBench.job {
      $0.retry = RetryPolicy(attempts: 3, backoff: .zero ... .milliseconds(1))
    }
    try await bench.load(job)
    let end = try await finish(job, in: bench)
    guard case .ended(.cancelled, "dry run: 503", nil) = end else {
      Issue.record("it ended as \(end)")
      return
    }
    #expect(try await record(bench) == ["cancelled 1 dry run: 503 t"])
  }

  @Test func `that is interrupted is left to nobody`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    bench.unit { _ in
      began.fire()
      await untilToldToStop()
      throw CancellationError()
    }
    let job = EngineBench.job()
    try await bench.load(job)
    _ = try await finish(job, in: bench) { runner in
      try await began.wait()
      runner.interrupt()
    }
    #expect(try await record(bench) == ["cancelled 1 dry run: this muhurat was stopped t"])
  }

  @Test func `whose condition is closed, or whose process died, is left to nobody`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    let job = EngineBench.job()
    try await bench.load(job)
    let dead = bench.runner("dead")
    let handed = try await start(job, dead, in: bench)
    _ = try await dead.control.handBack(handed, until: handed.readyAt, waitingFor: "prices are old")
    _ = try await start(job, dead, in: bench)
    try await bench.endLeases(of: "dead")
    #expect(try await bench.store.rescue(chance: 0).count == 1)
    let states = try await bench.texts(
      "select concat_ws(' ', state, reason) from jobs.run order by id")
    #expect(states.first == "cancelled dry run: prices are old")
    #expect(states.last?.hasPrefix("cancelled dry run: the runner dead stopped renewing") == true)
  }
}
