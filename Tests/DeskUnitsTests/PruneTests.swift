import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Pruning by a job` {
  private func bench() async throws -> Bench {
    let bench = try await Bench.open()
    try await bench.pool.query(
      """
      insert into desk.vault (mode, book, request, status, requested_at, received_at, business_date,
                              body, stored_at)
      select mode, 'master', 'GET /master', 200, clock_timestamp(), clock_timestamp(), '2026-01-01',
             'x'::bytea, clock_timestamp() - make_interval(days => n)
        from desk.settings, generate_series(500, 1, -1) n
      """)
    try await bench.pool.query(
      """
      insert into desk.acknowledgement (mode, account, order_id, state, received_at, body, stored_at)
      select mode, 'asha', n::text, 'TradeConfirmation', clock_timestamp(), 'x'::bytea,
             clock_timestamp() - make_interval(days => n)
        from desk.settings, generate_series(100, 1, -1) n
      """)
    return bench
  }

  private func answers(_ bench: Bench) async throws -> Int64 {
    try await bench.pool.query("select count(*) as n from desk.vault").one["n"]
  }

  @Test func `takes the broker's old answers away and tells how many`() async throws {
    let bench = try await bench()
    let ran = try await bench.run("prune-history", item: nil, with: ["vault": "30d"])
    #expect(
      ran.log == [
        "0 runs, 0 slots, 471 broker answers, 71 acknowledgements of orders and 0 syncs' snapshots "
          + "taken away"
      ])
    #expect(try await answers(bench) == 29)
    #expect(try await bench.count("desk.acknowledgement") == 29)
    #expect(ran.result.figures["acknowledgements"] == 71)
  }

  @Test func `of an old session the last word on every book stays`() async throws {
    let bench = try await Bench.open()
    try await bench.desk.add(
      Account(id: "ravi", customerID: "2", mode: .paper), on: bench.pool)
    // Of two old sessions and a young one; of each, the third sync brought less than the second.
    try await bench.pool.query(
      """
      insert into desk.snapshot (mode, account, business_date, taken_at, books, notes, stored_at)
      select mode, account, date '2026-01-01' + day, clock_timestamp(), books::text[],
             array[day || ' ' || account || ' ' || sync],
             clock_timestamp() - make_interval(days => 60 - 30 * (day / 2))
        from desk.settings, unnest(array['asha', 'ravi']) account, generate_series(0, 2) day,
             (values (1, '{positions,funds}'), (2, '{funds,positions}'), (3, '{positions}')
             ) sync (sync, books)
       order by day, sync
      """)
    let ran = try await bench.run("prune-history", item: nil, with: ["vault": "40d"])
    #expect(ran.result.figures["snapshots"] == 4, "\(ran.log)")
    let left: [String] = try await bench.pool.query(
      "select notes[1] as note from desk.snapshot order by note"
    ).map { try $0["note"] }
    #expect(
      left == [
        "0 asha 2", "0 asha 3", "0 ravi 2", "0 ravi 3", "1 asha 2", "1 asha 3", "1 ravi 2",
        "1 ravi 3", "2 asha 1", "2 asha 2", "2 asha 3", "2 ravi 1", "2 ravi 2", "2 ravi 3",
      ], "the second has all the first had; the third lacks the funds of the second")
  }

  @Test func `a dry run takes nothing away`() async throws {
    let bench = try await bench()
    let ran = try await bench.run("prune-history", item: nil, dryRun: true)
    #expect(
      ran.log == [
        "0 runs, 0 slots, 200 broker answers, 71 acknowledgements of orders and 0 syncs' snapshots "
          + "taken away"
      ])
    #expect(try await answers(bench) == 500)
    #expect(try await bench.count("desk.acknowledgement") == 100)
  }

  @Test func `refuses to take yesterday`() async throws {
    let bench = try await bench()
    await #expect {
      try await bench.run("prune-history", item: nil, with: ["history": "1d"])
    } throws: {
      "\($0)" == "'history' and 'vault' must be 2d or longer"
    }
  }

  @Test func `nobody else deletes an answer`() async throws {
    let bench = try await bench()
    await #expect(throws: PostgresError.self) {
      try await bench.pool.query("delete from desk.vault")
    }
    await #expect(throws: PostgresError.self) {
      try await bench.pool.query("delete from desk.acknowledgement")
    }
  }
}
