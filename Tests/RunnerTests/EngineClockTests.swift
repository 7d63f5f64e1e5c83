@testable import JobStore
import Jobs
import Logging
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `On a shifted clock` {
  @Test func `an hour goes by in seconds, and every slot of it is accounted for`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    let job = EngineBench.job {
      $0.schedule = Schedule(timing: .every(Spelled(wrappedValue: .seconds(30))))
      $0.misfire = Misfire(policy: .all, max: 1000)
    }
    try await bench.pool.query(
      """
      insert into jobs.clock (origin, started_at, speed, not_after)
      values ('2026-07-09T09:00:00Z', clock_timestamp(), 1200, '2026-07-09T10:00:00Z')
      """)
    try await bench.load(job)
    try await bench.pool.query(
      "update jobs.watermark set decided_through = '2026-07-09T09:00:00Z'")
    try await bench.with(bench.runner("one"), bench.runner("two")) { [bench] in
      try await eventually("the hour is over") {
        try await bench.count(
          "select from jobs.watermark where decided_through = '2026-07-09T10:00:00Z'") == 1
      }
      try await eventually("all have ended") {
        try await bench.count("select from jobs.run where finished_at is null") == 0
      }
    }
    #expect(try await bench.texts("select sum(slots)::text from jobs.slot") == ["120"])
    #expect(
      try await bench.count(
        """
        select from jobs.slot
         where decision = 'run' and due_at not in (select due_at from jobs.run)
        """) == 0)
    #expect(
      try await bench.count(
        "select from jobs.run where state not in ('succeeded', 'superseded')") == 0)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The estimate of the job's clock` {
  private static let noon = Instant(secondsSinceEpoch: 1_783_598_400)

  private func clocks(
    _ job: Instant = noon, skew: Duration = .zero, isUneven: Bool = false
  ) -> JobStore.Clocks {
    let wall = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    return JobStore.Clocks(job: job, server: wall + skew, isShifted: isUneven, isUneven: isUneven)
  }

  @Test func `is nothing before the first answer`() {
    #expect(JobClock().now == nil && JobClock().skew == nil && JobClock().suspicion == nil)
  }

  @Test func `keeps a sharp reading when a slow one agrees with it`() throws {
    let clock = JobClock()
    clock.set(clocks(), askedAt: SystemClock.sinceBoot())
    let before = try #require(clock.now)
    // An answer that took forty seconds: half of that is a guess.
    clock.set(clocks(Self.noon - .seconds(10)), askedAt: SystemClock.sinceBoot() - .seconds(40))
    let now = try #require(clock.now)
    #expect(now >= before && now - before < .seconds(5))
  }

  @Test func `follows an answer that contradicts it, however slow`() throws {
    let clock = JobClock()
    clock.set(clocks(), askedAt: SystemClock.sinceBoot())
    clock.set(clocks(Self.noon + .seconds(3600)), askedAt: SystemClock.sinceBoot() - .seconds(2))
    #expect(try #require(clock.now) >= Self.noon + .seconds(3600))
  }

  @Test func `stands still between answers while it is uneven`() {
    let clock = JobClock()
    let askedAt = SystemClock.sinceBoot()
    clock.set(clocks(isUneven: true), askedAt: askedAt)
    #expect(clock.isUneven && clock.now == clock.now)
    clock.set(clocks(Self.noon + .seconds(5), isUneven: true), askedAt: askedAt)
    #expect(clock.now ?? Self.noon >= Self.noon + .seconds(5))
  }

  @Test(arguments: [
    (Duration.seconds(1), false), (.seconds(-1), false), (.seconds(30), true),
    (.seconds(-30), true),
  ])
  func `is suspect if two clocks disagree by more than two seconds`(
    _ skew: Duration, _ isSuspect: Bool
  ) throws {
    let clock = JobClock()
    clock.set(clocks(skew: skew), askedAt: SystemClock.sinceBoot())
    #expect((clock.suspicion != nil) == isSuspect)
    if isSuspect {
      let side = skew > .zero ? "30.0 s ahead of" : "30.0 s behind"
      #expect(clock.suspicion == "clocks disagree: the database's is \(side) this machine's")
    }
  }

  @Test func `is not suspect because an answer was slow`() {
    let clock = JobClock()
    clock.set(clocks(skew: .seconds(-20)), askedAt: SystemClock.sinceBoot() - .seconds(40))
    #expect(clock.suspicion == nil)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The watch over the database` {
  private let gone = PostgresError.unavailable("connection refused")

  @Test func `opens a span at the first failure and closes it at the first success after it`() {
    let log = RecordedLog()
    let watch = DatabaseWatch(log: log.logger)
    let before = SystemClock.sinceBoot()
    watch.failed(gone, in: "claim", askedAt: before)
    #expect(watch.outage?.reason == "database unavailable: connection refused")
    watch.failed(PostgresError.timedOut("x"), in: "sweep", askedAt: before)
    // Asked before the server went, answered after: it says nothing of now.
    watch.succeeded(askedAt: before)
    #expect(watch.outage != nil)
    watch.succeeded(askedAt: SystemClock.sinceBoot())
    #expect(watch.outage == nil && watch.sinceReturn != nil)
    watch.failed(gone, in: "decide", askedAt: before)
    #expect(watch.outage == nil, "a statement of the old span opened a new one")
    #expect(log.lines == ["the database is out of reach", "the database is back"])
  }

  @Test func `takes a refusal for what it is, and says it once in a while`() {
    let log = RecordedLog()
    let watch = DatabaseWatch(log: log.logger)
    for _ in 1...100 {
      watch.failed(PostgresError.misuse("x"), in: "decide", askedAt: SystemClock.sinceBoot())
    }
    #expect(watch.outage == nil)
    #expect(log.lines == ["a loop could not do its work"])
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `An attempt's own deadline` {
  private func attempt(age: Duration, _ settings: RunnerSettings = RunnerSettings())
    -> ActiveAttempt
  {
    let claim = Claim(
      run: 1, job: "sync", revision: "r", item: nil, dueAt: nil,
      businessDate: CivilDate(daysSinceEpoch: 20_643), trigger: .manual, attempt: 1, lock: "sync",
      fence: 1, parameters: [:], isIdempotent: true, expiresAt: nil,
      readyAt: Instant(microseconds: 0), lateness: nil)
    return ActiveAttempt(claim, askedAt: SystemClock.sinceBoot() - age, settings: settings)
  }

  @Test func `counts from before the claim was sent, and lies before the lease's end`() {
    #expect(attempt(age: .seconds(8)).begin(), "nine seconds of twelve are its own")
    #expect(!attempt(age: .seconds(9)).begin(), "an answer that took nine seconds came too late")
  }

  @Test func `counts from before the renewal was sent`() {
    let attempt = attempt(age: .seconds(100))
    #expect(!attempt.begin())
    attempt.renewed(askedAt: SystemClock.sinceBoot() - .seconds(9), extra: .zero)
    #expect(!attempt.begin(), "the renewal's own answer was delayed beyond the lease")
    attempt.renewed(askedAt: SystemClock.sinceBoot(), extra: .zero)
    #expect(attempt.begin())
  }

  @Test func `leaves room for a program's grace, and asks for a longer lease for it`() {
    let attempt = attempt(age: .zero)
    let before = attempt.oursUntil
    attempt.allow(grace: .seconds(2))
    #expect(attempt.extraLease == .zero && attempt.oursUntil == before)
    attempt.allow(grace: .seconds(5))
    #expect(attempt.extraLease == .milliseconds(2500))
    #expect(attempt.oursUntil == before - .milliseconds(2500))
    let askedAt = SystemClock.sinceBoot()
    attempt.renewed(askedAt: askedAt, extra: attempt.extraLease)
    #expect(attempt.oursUntil == askedAt + .seconds(9), "a longer lease, the same deadline")
    attempt.allow(grace: .seconds(600))
    #expect(attempt.extraLease == .seconds(4), "a dead runner's work is owed within 20 seconds")
  }

  @Test func `is of no use to who was told to stop before he began`() {
    let stopped = attempt(age: .zero)
    stopped.stopUnlessBegun(.draining)
    #expect(!stopped.begin() && stopped.cause == .draining)
    let begun = attempt(age: .zero)
    #expect(begun.begin())
    begun.stopUnlessBegun(.draining)
    #expect(begun.cause == nil)
    begun.stop(.timedOut)
    begun.stop(.draining)
    #expect(begun.cause == .timedOut, "the first cause stands")
    begun.stop(.lost)
    #expect(begun.cause == .lost, "except that a lost run is lost")
  }
}
