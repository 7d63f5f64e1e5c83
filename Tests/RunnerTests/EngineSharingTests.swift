import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `Two runners` {
  @Test func `share two thousand runs over a hundred locks, each once, none beside another`()
    async throws
  {
    struct Ledger {
      var runs: [Int64: Int] = [:]
      var active: Set<String> = []
      var collisions: [String] = []
    }
    var bench = try EngineBench()
    let ledger = Locked(Ledger())
    bench.unit { attempt in
      let lock = attempt.claim.lock
      ledger.withLock { ledger in
        ledger.runs[attempt.claim.run, default: 0] += 1
        if !ledger.active.insert(lock).inserted { ledger.collisions.append(lock) }
      }
      await Task.yield()
      _ = ledger.withLock { $0.active.remove(lock) }
      return .fine
    }
    let job = EngineBench.job()
    try await bench.load(job)
    let revision = try #require(try await bench.store.definition(of: "sync")).revision
    try await bench.pool.query(
      """
      with new_lock as (
        insert into jobs.lock (name) select 'lock-' || n from generate_series(0, 99) n
      )
      insert into jobs.run (job, business_date, trigger, state, revision, idempotent, lock,
                            ready_at)
      select 'sync', '2026-07-09', 'manual', 'ready', $1, true, 'lock-' || n % 100,
             clock_timestamp() - interval '1 minute'
        from generate_series(1, 2000) n
      """, revision)
    try await bench.with(bench.runner("one"), bench.runner("two")) { [bench] in
      try await eventually("all have ended", within: .seconds(100)) {
        try await bench.count("select from jobs.run where finished_at is null") == 0
      }
    }
    let (runs, collisions) = ledger.withLock { ($0.runs, $0.collisions) }
    #expect(runs.count == 2000 && runs.values.allSatisfy { $0 == 1 }, "a run was run twice")
    #expect(collisions == [], "two runs of a lock at once")
    #expect(
      try await bench.texts(
        "select state || ' ' || count(*) from jobs.run group by state") == ["succeeded 2000"])
    #expect(try await bench.count("select from jobs.attempt where outcome = 'succeeded'") == 2000)
    #expect(
      try await bench.texts("select distinct fence::text from jobs.lock where name like 'lock-%'")
        == ["20"], "every claim raised its lock's fence, and nothing else did")
    #expect(
      try await bench.texts(
        "select deadlocks::text from pg_stat_database where datname = current_database()") == ["0"])
  }

  @Test func `decide a schedule together, each slot once, and run it`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    let job = EngineBench.job {
      $0.schedule = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
      $0.overlap = .queueOne
    }
    try await bench.load(job)
    try await bench.with(bench.runner("one"), bench.runner("two")) { [bench] in
      try await eventually("four slots have run") {
        try await bench.count("select from jobs.run where state = 'succeeded'") >= 4
      }
    }
    #expect(
      try await bench.count(
        """
        select from jobs.slot s
         where decision = 'run'
           and 1 <> (select count(*) from jobs.run r where r.job = s.job and r.due_at = s.due_at)
        """) == 0)
    let gaps = try await bench.texts(
      """
      select distinct extract(epoch from due_at - lag(coalesce(through, due_at)) over
             (order by due_at))::bigint::text
        from jobs.slot order by 1
      """)
    #expect(gaps == ["1", "null"], "a slot is missing")
  }

  @Test func `work behind a pooler, without a hint`() async throws {
    var settings = try TestDatabase.current.settings()
    settings.prepared = .unnamed
    var bench = try EngineBench(settings)
    bench.unit { attempt in
      if attempt.job.name == "hangs" { try await untilCancelled() }
      return .fine
    }
    let quick = EngineBench.job("quick")
    let hangs = EngineBench.job("hangs")
    try await bench.with(bench.runner("one"), bench.runner("two")) { [bench] in
      try await bench.load(quick, hangs)
      let run = try await bench.enqueue(quick)
      try await bench.untilEnded(run, as: "succeeded")
      let hanging = try await bench.enqueue(hangs)
      try await bench.until(hanging, is: "running")
      _ = try await bench.store.cancel(run: hanging, actor: "asha", reason: nil)
      try await bench.untilEnded(hanging, as: "cancelled")
    }
  }

  @Test func `keep deciding the rest when one job's items cannot be listed`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    bench.workshop.add(
      ItemSource("broken") { database in
        try await database.query("select from no_such_table").map { _ in "" }
      })
    let every = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
    let good = EngineBench.job("good") { $0.schedule = every }
    let bad = EngineBench.job("bad") {
      $0.schedule = every
      $0.forEach = "broken"
    }
    try await bench.load(good, bad)
    let runner = bench.runner("one")
    try await bench.with(runner) { [bench] in
      try await eventually("the good one runs") {
        try await bench.count("select from jobs.run where state = 'succeeded'") >= 2
      }
      #expect(runner.report.databaseLostAt == nil, "that was no outage")
    }
    #expect(try await bench.texts("select distinct job from jobs.slot") == ["good"])
    #expect(bench.log.errors == ["a loop could not do its work"])
  }
}
