import Desk
import DeskStore
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Reading the vault again` {
  private func replay(_ bench: Bench, _ filter: VaultFilter = VaultFilter()) async throws
    -> ReplayReport
  {
    try await VaultReplay(desk: bench.desk, broker: bench.broker, database: bench.pool).run(filter)
  }

  private func said(_ report: ReplayReport) -> [String] {
    report.differences.map { "\($0.book): \($0.what)" }
  }

  /// A day with two syncs, prices and a reconciliation between them.
  private func day() async throws -> Bench {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.run("update-prices", item: nil)
    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    bench.broker.answer(
      "trades/1000001",
      rows: [
        Wire.position(bought: 100, net: 100), Wire.position(bought: 5, net: 5, code: 1594),
      ])
    try await bench.run("sync-positions")
    try await bench.set(clock: "2026-11-20T11:01:00+05:30")
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 100, net: 99)])
    try await bench.run("reconcile")
    return bench
  }

  @Test func `changes nothing where the readers are the same`() async throws {
    let report = try await replay(try await day())
    #expect(said(report) == [])
    #expect(report.changesNothing)
    let lines = report.lines.sorted { ($0.book, $0.account ?? "") < ($1.book, $1.account ?? "") }
    #expect(
      lines.map { "\($0.book) \($0.account ?? "-") \($0.answers) \($0.rowsThen) \($0.rowsNow)" }
        == [
          "candles - 4 10 10", "funds asha 3 3 3", "holdings asha 3 3 3", "master - 1 2 2",
          "orders asha 3 3 3", "positions asha 3 4 4", "trades asha 1 2 2",
        ])
  }

  /// As if the readers of then had made mistakes.
  @Test func `shows what would be added, removed and changed, and writes nothing`() async throws {
    let bench = try await day()
    for mistake in [
      "update desk.position set net_quantity = 7, average_price = null where scrip_code = 2885",
      "update desk.broker_order set executed = 90, status = 'pending'",
      "delete from desk.holding",
      """
      insert into desk.position select (p).* from (
        select (jsonb_populate_record(p, '{"scrip_code": 999}')) as p from desk.position p
        where scrip_code = 1594) x
      """,
      "update desk.instrument set tick_size = 5 where scrip_code = 1594",
    ] {
      try await bench.pool.query(mistake)
    }
    let before = try await bench.lines("select concat(p.*) from desk.position p order by 1")
    let report = try await replay(bench)
    #expect(
      said(report) == [
        "orders: NC/501: executed 90, now 100; status pending, now fully-executed",
        "positions: NC:2885/INVESTMENT: net 7, now 100; average nothing, now 1449.5",
        "holdings: NSE:INFY would be added", "master: NC:1594: tick 5, now 0.05",
        "positions: NC:999/INVESTMENT would not be there", "holdings: NSE:INFY would be added",
      ])
    let counts = report.lines.map { ($0.book, $0.added, $0.removed, $0.changed) }
      .filter { $0.1 + $0.2 + $0.3 > 0 }.map { "\($0.0) +\($0.1) -\($0.2) ~\($0.3)" }.sorted()
    #expect(
      counts == ["holdings +2 -0 ~0", "master +0 -0 ~1", "orders +0 -0 ~1", "positions +0 -1 ~1"])
    #expect(try await bench.lines("select concat(p.*) from desk.position p order by 1") == before)
  }

  @Test func `tells answers that were refused and that do not read`() async throws {
    let bench = try await day()
    bench.broker.answer("trades/1000001", .body("<html>Sorry</html>"))
    await #expect(throws: (any Error).self) { try await bench.run("sync-positions") }
    try await bench.pool.run(
      bench.desk.keeping(
        RawAnswer(
          book: .positions, accountID: "asha", requestedAt: bench.now, receivedAt: bench.now,
          status: 502, body: Array("<html>".utf8), request: "GET /skapi/services/trades/1000001"),
        session: friday), deadline: nil)
    let report = try await replay(bench, VaultFilter(account: "asha", book: "positions"))
    let line = try #require(report.lines.first)
    #expect(report.lines.count == 1)
    #expect([line.answers, line.refused, line.unreadable] == [5, 1, 1])
    #expect(said(report) == [])
    try await bench.pool.query("update desk.vault set row_count = 8 where row_count is null")
    let again = try await replay(bench, VaultFilter(account: "asha", book: "positions"))
    #expect(
      said(again) == [
        "positions: does not read any more: the broker's positions answer does not read: body at "
          + "byte 0 (expected a value) is \"<html>Sorry</html>\"; the bytes are in desk.vault"
      ])
  }

  @Test func `keeps to the span`() async throws {
    let bench = try await day()
    #expect(try await replay(bench, VaultFilter(from: saturday)).lines == [])
    #expect(try await replay(bench, VaultFilter(through: thursday)).lines == [])
    let all = try await replay(bench, VaultFilter(from: friday, through: friday))
    #expect(all.lines.map(\.answers).reduce(0, +) == 18)
  }

  private let saturday = DeskUnitsTests.day("2026-11-21")
}
