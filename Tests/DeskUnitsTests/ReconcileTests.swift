import Desk
import DeskStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Comparing the ledger with the broker` {
  private func synced() async throws -> Bench {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.run("update-prices", item: nil)
    try await bench.set(clock: "2026-11-20T16:20:00+05:30")
    return bench
  }

  @Test func `equal books are clean, and comparing again adds nothing`() async throws {
    let bench = try await synced()
    let ran = try await bench.run("reconcile")
    #expect(ran.result.verdict == .ok && ran.result.kind == "reconciliation")
    #expect(ran.result.figures["line"] == "CLEAN" && ran.result.rows == [])
    #expect(
      ran.log == [
        "orders: 1 row", "positions: 1 row", "holdings: 1 row", "funds: 1 row",
        "CLEAN, comparison 1 of the session", "orders: 1 matched, 0 broken",
        "fills: 1 matched, 0 broken", "positions: 2 matched, 0 broken",
        "holdings: no earlier day to expect holdings from",
        "cash: 1 limit statements; no cash journal to compare with",
      ])
    let again = try await bench.run("reconcile")
    #expect(again.result.verdict == .ok && again.result.figures["is_new"] == false)
    #expect(again.log.last == "both books are those of the last comparison")
    #expect(try await bench.count("desk.recon_run") == 1)
  }

  @Test func `a planted break is found, and closed when the books agree again`() async throws {
    let bench = try await synced()
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 110, net: 110)])
    let ran = try await bench.run("reconcile")
    #expect(ran.result.verdict == .breaks)
    #expect(ran.result.figures["line"] == "BREAKS 1 (1 critical)")
    #expect(
      ran.result.rows == [
        [
          "layer": "positions", "key": "NC:2885", "type": "QUANTITY", "severity": "critical",
          "symbol": "RELIANCE", "ours": "100", "theirs": "110", "difference": "10 units",
          "money_at_risk": "14550", "first_seen_on": "2026-11-20", "age_in_sessions": 0,
        ]
      ])
    bench.trade()
    let healed = try await bench.run("reconcile")
    #expect(healed.result.verdict == .ok && healed.result.figures["closed"] == 1)
    #expect(
      try await bench.lines(
        "select event from desk.discrepancy_event order by id") == ["opened", "closed"])
  }

  @Test func `an order that we never saw is a break, whatever the positions say`() async throws {
    let bench = try await synced()
    bench.broker.answer(
      "reports/1000001",
      rows: [
        Wire.order("501", 100, executed: 100, average: "1449.5"),
        Wire.order("777", 5, executed: 0, average: "0", status: "Rejected"),
      ])
    let ran = try await bench.run("reconcile")
    #expect(ran.result.rows.map { $0["key"] } == ["NC/777"])
    #expect(ran.result.rows.map { $0["type"] } == ["MISSING_INTERNALLY"])
  }

  @Test func `a book that cannot be had makes its layer not comparable`() async throws {
    let bench = try await synced()
    bench.broker.answer("trades/1000001", .fails(.refused(status: 500, message: "later")))
    let ran = try await bench.run("reconcile")
    #expect(ran.result.verdict == .warn)
    #expect(ran.result.figures["line"] == "NOT COMPARABLE: positions")
    bench.broker.answer("trades/1000001", .data("\"no_records\""))
    let empty = try await bench.run("reconcile")
    #expect(empty.result.verdict == .warn)
    #expect(
      empty.log.contains(
        "positions: not comparable: the broker's answer is empty, but our books are not"))
  }

  @Test(arguments: ["2026-11-21T10:00:00+05:30", "2026-11-23T08:30:00+05:30"])
  func `an older date is compared with the vault`(clock: String) async throws {
    let bench = try await synced()
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 90, net: 90)])
    try await bench.set(clock: clock)
    _ = bench.broker.asked()
    let ran = try await bench.run("reconcile")
    #expect(ran.result.verdict == .ok)
    #expect(ran.log.first == "orders: 1 row of 2026-11-20T11:00:00+05:30 from the vault")
    #expect(bench.broker.asked() == [], "today's books say nothing about Friday")
  }

  @Test func `without books of that date there is no data`() async throws {
    let bench = try await synced()
    let ran = try await bench.run("reconcile", on: thursday)
    #expect(ran.result.verdict == .noData)
    #expect(
      ran.log == [
        "the vault has no books of asha of 2026-11-19, and the broker shows only today's"
      ])
  }

  @Test func `a ledger that was never opened cannot be compared`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    let ran = try await bench.run("reconcile")
    #expect(ran.result.verdict == .noData)
    #expect(
      ran.log.last
        == "no books of asha are on record for 2026-11-20; run: muhurat run sync-positions --item asha"
    )
  }

  @Test func `a broker that gives nothing is a failure, not a finding`() async throws {
    let bench = try await synced()
    bench.broker.answer("reports/1000001", .fails(.unavailable(reason: "connection refused")))
    #expect(
      try await bench.failure("reconcile")
        == "transient: the broker cannot be reached: connection refused")
    #expect(try await bench.count("desk.recon_run") == 0)
  }
}

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Reckoning a day` {
  @Test func `the same ledger gives the same figures`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.run("update-prices", item: nil)
    let first = try await bench.run("analytics-rollup")
    #expect(first.result.verdict == .ok && first.result.kind == "analytics")
    // 100 x (1455 - 1449.50) and 50 x (1455 - 1441.50).
    #expect(first.result.figures["gross"] == "1225")
    #expect(first.result.figures["open_positions"] == 2 && first.result.figures["fills"] == 2)
    let rows = "select (to_jsonb(day) - 'stored_at')::text from desk.analytics_day as day"
    let kept = try await bench.lines(rows)
    let second = try await bench.run("analytics-rollup")
    #expect(second.result == first.result)
    #expect(try await bench.lines(rows) == kept)
  }

  @Test func `what lacks a price is counted and left out`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    let ran = try await bench.run("analytics-rollup")
    #expect(ran.result.verdict == .warn && ran.result.figures["incomplete"] == 2)
    #expect(ran.log.last == "2 of 2 lack a price, a cost or a rate and are left out")
  }

  @Test func `a session without books has no figures`() async throws {
    let bench = try await Bench.open()
    let ran = try await bench.run("analytics-rollup")
    #expect(ran.result.verdict == .noData)
    #expect(try await bench.count("desk.analytics_day") == 0)
  }
}
