import JobStore
import Jobs
import Postgres
import Runner
import Support
import Testing

@Suite(.freshDatabase(scriptTemplate), .timeLimit(.minutes(10)))
struct `Running a script` {
  @Test func `its last select gives the rows`() async throws {
    let bench = try await ScriptBench(
      """
      insert into note values ('one'), ('two');
      select 'earlier' as text;
      select text, length(text) as length, 149.50 as amount, null as nothing from note order by 1;
      insert into note values ('three');
      """)
    #expect(
      await bench.ending()
        == .succeeded(
          RunResult(
            kind: "script", figures: ["rows": 2],
            rows: [
              ["text": "one", "length": "3", "amount": "149.50", "nothing": .null],
              ["text": "two", "length": "3", "amount": "149.50", "nothing": .null],
            ])))
    #expect(try await bench.notes == ["one", "three", "two"])
  }

  @Test func `one row with a verdict is the verdict, the rest figures`() async throws {
    var bench = try await ScriptBench(
      "select 'breaks' as verdict, 3 as count, 'INFY' as worst, null as note")
    bench.job.result = "reconciliation"
    #expect(
      await bench.ending()
        == .succeeded(
          RunResult(
            kind: "reconciliation", verdict: .breaks,
            figures: ["count": "3", "worst": "INFY", "note": .null])))
  }

  @Test func `a script without a select has nothing to report`() async throws {
    let bench = try await ScriptBench("insert into note values ('x')")
    #expect(await bench.ending() == .succeeded(RunResult(kind: "script")))
  }

  @Test func `of very many rows ten thousand are kept and all are counted`() async throws {
    let result = try await ScriptBench("select n from generate_series(1, 25000) n").run()
    #expect(result.figures == ["rows": 25000, "rows_kept": 10000])
    #expect(result.rows.count == 10_000)
    #expect(result.rows.last == ["n": "10000"])
  }

  @Test func `of very long rows eight megabytes are kept`() async throws {
    let result = try await ScriptBench(
      "select repeat('x', 1048576) as x from generate_series(1, 20)"
    ).run()
    #expect(result.figures == ["rows": 20, "rows_kept": 8])
  }

  @Test func `it reads the run's facts as settings`() async throws {
    let bench = try await ScriptBench(
      """
      select current_setting('muhurat.job') as job, current_setting('muhurat.run')::bigint as run,
             current_setting('muhurat.attempt')::int as attempt,
             current_setting('muhurat.business_date')::date + 1 as next,
             current_setting('muhurat.due_at')::timestamptz at time zone 'UTC' as due,
             current_setting('muhurat.item') as item, current_setting('muhurat.lock') as lock,
             current_setting('muhurat.fence')::bigint as fence,
             current_setting('muhurat.dry_run') as dry
      """)
    #expect(
      try await bench.run().rows == [
        [
          "job": "roll-up", "run": "8123", "attempt": "2", "next": "2026-07-10",
          "due": "2026-07-09 10:50:00", "item": "family", "lock": "account/family", "fence": "17",
          "dry": "0",
        ]
      ])
  }

  @Test func `what a run does not have is an empty setting`() async throws {
    var bench = try await ScriptBench(
      "select current_setting('muhurat.item') = '' and current_setting('muhurat.due_at') = '' as is"
    )
    bench.claim.item = nil
    bench.claim.dueAt = nil
    #expect(try await bench.run().rows == [["is": "t"]])
  }

  @Test func `a dry run reports and takes everything back`() async throws {
    var bench = try await ScriptBench(
      "insert into note values ('x'); select count(*) as notes from note")
    bench.isDryRun = true
    #expect(try await bench.run().rows == [["notes": "1"]])
    #expect(try await bench.notes == [])
  }

  @Test func `nothing of it stays on the connection that others use next`() async throws {
    let bench = try await ScriptBench(
      """
      set local search_path to pg_catalog, public;
      create temp table scratch as select 1 as n;
      select n from scratch
      """)
    for _ in 1...6 { #expect(try await bench.run().rows == [["n": "1"]]) }
    for _ in 1...6 {
      let path: String = try await bench.pool.query(
        "select current_setting('search_path') as path"
      ).one["path"]
      #expect(path == "\"$user\", public")
    }
  }
}

@Suite(.freshDatabase(scriptTemplate), .timeLimit(.minutes(10)))
struct `A script that fails` {
  @Test func `writes nothing and is told with its line`() async throws {
    let bench = try await ScriptBench(
      "insert into note values ('x');\n\n-- über\nselect nothing from note;\n")
    #expect(
      await bench.ending()
        == .failed(
          "jobs/roll-up.sql:4: ERROR 42703: column \"nothing\" does not exist, at character 48"))
    #expect(try await bench.notes == [])
  }

  @Test func `is told without a line where the server names no place`() async throws {
    let bench = try await ScriptBench(
      "insert into note values ('x'); do $$ begin raise exception 'no prices'; end $$")
    #expect(await bench.ending() == .failed("jobs/roll-up.sql: ERROR P0001: no prices"))
    #expect(try await bench.notes == [])
  }

  @Test func `may be tried again if the server says that it was its own fault`() async throws {
    let bench = try await ScriptBench(
      "do $$ begin raise exception 'again' using errcode = '40001'; end $$")
    #expect(
      await bench.ending() == .failed("jobs/roll-up.sql: ERROR 40001: again", transient: true))
  }

  @Test(arguments: [
    (
      "select 'fine' as verdict",
      "unknown verdict 'fine'; verdicts are: ok, warn, breaks, no_data, stale_input"
    ),
    (
      "select null as verdict",
      "the verdict is not a text; verdicts are: ok, warn, breaks, no_data, stale_input"
    ),
    ("select 1 as id, 2 as id", "two columns are named 'id'; name them apart with as"),
  ])
  func `with a result that cannot be used writes nothing`(
    _ select: String, _ problem: String
  ) async throws {
    let bench = try await ScriptBench("insert into note values ('x'); \(select)")
    #expect(await bench.ending() == .failed("jobs/roll-up.sql: the last select: \(problem)"))
    #expect(try await bench.notes == [])
  }

  @Test func `is ended by the attempt's own time limit and writes nothing`() async throws {
    let other = try await TestDatabase.current.connection()
    try await other.query("select pg_advisory_lock(1)")
    var bench = try await ScriptBench(
      "insert into note values ('x'); select pg_advisory_xact_lock(1)")
    bench.timeout = .milliseconds(300)
    let ending = await bench.ending()
    #expect(ending?.errorClass == "transient", "\(ending?.error ?? "it succeeded")")
    #expect(try await bench.notes == [])
  }
}
