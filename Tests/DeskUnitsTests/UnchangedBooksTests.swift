import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `A book that comes again as it was` {
  private let asBefore = [
    "orders: 1 row, as before", "positions: 1 row, as before", "holdings: 1 row, as before",
    "funds: 1 row, as before",
  ]

  /// Where each row lies in its table: a row that is written again lies elsewhere.
  private func places(_ bench: Bench) async throws -> [String] {
    try await bench.lines(
      """
      select concat_ws(' ', 'order', order_id, ctid) from desk.broker_order
      union all select concat_ws(' ', 'position', scrip_code, ctid) from desk.position
      union all select concat_ws(' ', 'holding', symbol, ctid) from desk.holding
      union all select concat_ws(' ', 'funds', exchange, ctid) from desk.funds
      order by 1
      """)
  }

  /// A desk that has synced once, and the process that did it.
  private func synced() async throws -> (Bench, Workshop) {
    let bench = try await Bench.open()
    bench.trade()
    let workshop = try bench.workshop()
    try await bench.run("sync-positions", by: workshop)
    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    return (bench, workshop)
  }

  @Test func `is neither read nor written again, but counts as seen`() async throws {
    let (bench, workshop) = try await synced()
    let before = try await places(bench)
    let ran = try await bench.run("sync-positions", by: workshop)
    #expect(
      ran.log == asBefore + ["snapshot 2: 0 new fills, positions 0 new, 0 changed, 0 closed"])
    #expect(ran.result.verdict == .ok)
    #expect(ran.result.rows.map { $0["rows"] } == [1, 1, 1, 1])
    #expect(ran.result.rows.map { $0["state"] } == ["applied", "applied", "applied", "applied"])
    #expect(try await places(bench) == before)
    #expect(
      try await bench.lines("select array_to_string(books, ' ') from desk.snapshot order by id")
        == [
          "orders positions holdings funds", "orders positions holdings funds",
        ])
    #expect(
      try await bench.lines("select book from desk.vault where row_count is null") == [],
      "the vault counts the rows of an answer that was not read as well")
    let line = try #require(try await bench.desk.positions(of: "asha", on: bench.pool).first)
    #expect(line.seenAt == bench.now, "a position is as old as the last look at it")
    let funds = try await bench.desk.funds(of: "asha", on: friday, bench.pool)
    #expect(funds.map(\.at) == [bench.now])
  }

  @Test func `is left alone beside one that differs, and so are rows that do not`() async throws {
    let (bench, workshop) = try await synced()
    let before = try await places(bench)
    bench.broker.answer(
      "trades/1000001",
      rows: [
        Wire.position(bought: 100, net: 100), Wire.position(bought: 5, net: 5, code: 1594),
      ])
    let ran = try await bench.run("sync-positions", by: workshop)
    #expect(ran.log[1] == "positions: 2 rows")
    #expect(
      ran.result.figures["new_positions"] == 1 && ran.result.figures["changed_positions"] == 0)
    let after = try await places(bench)
    #expect(Set(before).isSubset(of: after) && after.count == before.count + 1)
  }

  @Test func `is read again by another process`() async throws {
    let (bench, _) = try await synced()
    let before = try await places(bench)
    let ran = try await bench.run("sync-positions", by: try bench.workshop())
    #expect(ran.log.prefix(2) == ["orders: 1 row", "positions: 1 row"])
    #expect(try await places(bench) == before, "rows that do not differ are not written")
  }

  @Test func `is read again once another process has synced`() async throws {
    let (bench, workshop) = try await synced()
    try await bench.run("sync-positions", by: try bench.workshop())
    let ran = try await bench.run("sync-positions", by: workshop)
    #expect(ran.log.prefix(2) == ["orders: 1 row", "positions: 1 row"])
    let next = try await bench.run("sync-positions", by: workshop)
    #expect(Array(next.log.prefix(4)) == asBefore)
  }

  @Test func `is read again on the next session`() async throws {
    let (bench, workshop) = try await synced()
    try await bench.set(clock: "2026-11-23T11:00:00+05:30")
    bench.broker.sign("asha", .signedIn(until: instant("2026-11-23T23:59:59+05:30")))
    let ran = try await bench.run("sync-positions", on: day("2026-11-23"), by: workshop)
    #expect(ran.log.prefix(2) == ["orders: 1 row", "positions: 1 row"])
    #expect(
      try await bench.lines("select business_date::text from desk.position order by 1")
        == ["2026-11-20", "2026-11-23"])
  }

  @Test func `is looked at again as long as anything was odd`() async throws {
    let (bench, workshop) = try await synced()
    bench.broker.answer("trades/1000001", .data("\"no_records\""))
    for _ in 1...2 {
      let ran = try await bench.run("sync-positions", by: workshop)
      #expect(ran.result.verdict == .warn, "an empty book is as odd when it comes again")
    }
  }

  @Test func `is not taken for known by a dry run that took everything back`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    let workshop = try bench.workshop()
    try await bench.run("sync-positions", dryRun: true, by: workshop)
    try await bench.run("sync-positions", by: workshop)
    #expect(try await bench.count("desk.position") == 1)
    #expect(try await bench.count("desk.funds") == 1)
  }

  @Test func `is written by nobody if a sync came between`() async throws {
    let (bench, workshop) = try await synced()
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 100, sold: 1, net: 99)])
    try await overtake(bench)
    #expect(
      try await bench.failure("sync-positions", by: workshop)
        == "transient: another sync of asha came between; nothing was written, and the next reads all books"
    )
    #expect(try await bench.lines("select net_quantity::text from desk.position") == ["100"])
    try await bench.pool.query("drop trigger overtake on desk.vault")
    try await bench.run("sync-positions", by: workshop)
    #expect(try await bench.lines("select net_quantity::text from desk.position") == ["99"])
  }

  /// From now on another sync of the account comes with each order book that is kept.
  private func overtake(_ bench: Bench) async throws {
    try await bench.pool.query(
      """
      create function overtake() returns trigger language plpgsql as $$ begin
        insert into desk.snapshot (mode, account, business_date, taken_at, books)
        values (new.mode, new.account, new.business_date, new.requested_at, '{}');
        return null;
      end $$
      """)
    try await bench.pool.query(
      """
      create trigger overtake after insert on desk.vault
      for each row when (new.book = 'orders') execute function overtake()
      """)
  }
}
