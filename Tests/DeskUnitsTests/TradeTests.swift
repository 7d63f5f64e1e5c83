import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `The trades of a sync` {
  private func fills(_ bench: Bench) async throws -> [String] {
    try await bench.lines(
      """
      select concat_ws(' ', order_id, trade_id, quantity, price) from desk.fill order by trade_id
      """)
  }

  @Test func `without its trades an order is ledgered by its average`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.broker.answer(
      "reports/NC/1000001/501/trades", .fails(.refused(status: 404, message: "no such route")))
    try await bench.run("sync-positions")
    #expect(try await fills(bench) == ["501 agg:100 100 1449.5"])
    _ = bench.broker.asked()
    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    try await bench.run("sync-positions")
    #expect(try await fills(bench) == ["501 agg:100 100 1449.5"])
  }

  @Test func `a morning of many orders has every trade, each answer in the vault`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    let orders = (501...540).map { "\($0)" }
    bench.broker.answer(
      "reports/1000001", rows: orders.map { Wire.order($0, 1, executed: 1, average: "1449") })
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 40, net: 40)])
    for order in orders {
      bench.broker.answer(
        "reports/NC/1000001/\(order)/trades",
        rows: [Wire.trade("t\(order)", of: order, 1, at: "1449")]
      )
    }
    let ran = try await bench.run("sync-positions")
    #expect(ran.result.figures["new_fills"] == 40, "\(ran.log)")
    #expect(try await fills(bench) == orders.map { "\($0) t\($0) 1 1449" })
    #expect(
      try await bench.lines(
        """
        select substring(request from '/([0-9]+)/trades$') || ' ' || row_count
        from desk.vault where book = 'trades' order by id
        """) == orders.map { "\($0) 1" })
  }
}
