import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(2)))
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
        "0 runs, 0 slots, 471 broker answers and 71 acknowledgements of orders taken away"
      ])
    #expect(try await answers(bench) == 29)
    #expect(try await bench.count("desk.acknowledgement") == 29)
    #expect(ran.result.figures["acknowledgements"] == 71)
  }

  @Test func `a dry run takes nothing away`() async throws {
    let bench = try await bench()
    let ran = try await bench.run("prune-history", item: nil, dryRun: true)
    #expect(
      ran.log == [
        "0 runs, 0 slots, 200 broker answers and 71 acknowledgements of orders taken away"
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
