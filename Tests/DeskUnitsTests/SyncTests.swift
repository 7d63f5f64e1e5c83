import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Support
import Testing

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `Mirroring an account` {
  /// Every row of the desk that a sync writes, without the numbers of syncs.
  private func rows(_ bench: Bench) async throws -> [String] {
    try await bench.lines(
      """
      select concat_ws(' ', 'order', order_id, side, quantity, executed, status) from desk.broker_order
      union all select concat_ws(' ', 'fill', order_id, trade_id, quantity, price) from desk.fill
      union all
      select concat_ws(' ', 'opening', scrip_code, symbol, quantity, price) from desk.opening
      union all
      select concat_ws(' ', 'position', scrip_code, net_quantity, average_price,
        case when closed_at is null then 'open' else 'closed' end) from desk.position
      union all select concat_ws(' ', 'holding', symbol, demat) from desk.holding
      union all select concat_ws(' ', 'funds', exchange, cash) from desk.funds
      order by 1
      """)
  }

  private let mirrored = [
    "fill 501 71 60 1449", "fill 501 72 40 1450.25", "funds NC 250000.5", "holding INFY 50",
    "opening 1594 INFY 50 1500.25", "order 501 buy 100 100 fully-executed",
    "position 2885 100 1449.5 open",
  ]

  @Test func `all five books arrive, and arriving again changes nothing`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    let first = try await bench.run("sync-positions")
    #expect(first.result.verdict == .ok && first.result.kind == "sync")
    #expect(first.result.figures["new_fills"] == 2 && first.result.figures["new_positions"] == 1)
    #expect(
      first.log == [
        "orders: 1 row", "positions: 1 row", "holdings: 1 row", "funds: 1 row",
        "contracts: 2 of NC, 2 new, 0 changed, 0 gone", "trades: 2 rows",
        "opening: 1 instruments adopted from the broker, as this is the first day",
        "snapshot 1: 2 new fills, positions 1 new, 0 changed, 0 closed",
      ])
    #expect(try await rows(bench) == mirrored)
    #expect(
      bench.broker.asked() == [
        "reports/1000001", "trades/1000001", "holdings/1000001", "limitstmt/NC/1000001",
        "master/NC", "reports/NC/1000001/501/trades",
      ])

    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    let second = try await bench.run("sync-positions")
    #expect(second.result.verdict == .ok)
    #expect(second.log.last == "snapshot 2: 0 new fills, positions 0 new, 0 changed, 0 closed")
    #expect(try await rows(bench) == mirrored)
    #expect(
      bench.broker.asked() == [
        "reports/1000001", "trades/1000001", "holdings/1000001", "limitstmt/NC/1000001",
      ], "neither the contracts nor trades that are on record are asked for again")
  }

  @Test func `every answer is in the vault with its number of rows`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    #expect(
      try await bench.lines(
        """
        select concat_ws(' ', book, coalesce(account, '-'), row_count, sha256 = sha256(body))
        from desk.vault order by id
        """) == [
          "orders asha 1 t", "positions asha 1 t", "holdings asha 1 t", "funds asha 1 t",
          "master - 2 t", "trades asha 2 t",
        ])
  }

  @Test func `empty answers are never flat`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    for path in ["reports/1000001", "trades/1000001", "holdings/1000001"] {
      bench.broker.answer(path, .data("\"no_records\""))
    }
    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    let ran = try await bench.run("sync-positions")
    #expect(ran.result.verdict == .warn)
    #expect(
      ran.result.figures["notes"] == [
        "orders: the broker's answer is empty, against 1 orders of today on record, 2 fills of today on record; nothing was closed",
        "positions: the broker's answer is empty, against 1 positions of today on record, 2 fills of today on record; nothing was closed",
        "holdings: the broker's answer is empty, against 50 shares on record that were not sold; nothing was closed",
      ])
    #expect(
      ran.result.rows.map { $0["state"] } == ["refused", "refused", "refused", "applied"])
    #expect(try await rows(bench) == mirrored)
  }

  @Test func `a book that is refused is missing, and the others are applied`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    bench.broker.answer("holdings/1000001", .fails(.refused(status: 500, message: "later")))
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 100, sold: 30, net: 70)])
    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    let ran = try await bench.run("sync-positions")
    #expect(ran.result.verdict == .warn)
    #expect(ran.result.figures["missing"] == ["holdings"])
    #expect(ran.result.figures["changed_positions"] == 1)
    #expect(
      ran.result.rows[2] == [
        "book": "holdings", "rows": .null, "state": "missing",
        "why": "the broker refused (500): later",
      ])
    #expect(try await rows(bench).contains("position 2885 70 1449.5 open"))
    #expect(try await rows(bench).contains("holding INFY 50"))
  }

  @Test func `positions that do not read fail the run, kept as they came`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    try await bench.run("sync-positions")
    let odd = #"{"status":200,"data":[{"tradingSymbol":"RELIANCE","netQty":"many"}]}"#
    bench.broker.answer("trades/1000001", .body(odd))
    bench.broker.answer(
      "reports/1000001",
      rows: [
        Wire.order("501", 100, executed: 100, average: "1449.5"),
        Wire.order("502", side: "S", 10, executed: 10, average: "1460"),
      ])
    try await bench.set(clock: "2026-11-20T11:00:30+05:30")
    #expect(
      try await bench.failure("sync-positions")
        == "plain: the broker's positions answer does not read: row 1, scripCode is \"missing\"; the bytes are in desk.vault"
    )
    #expect(
      try await bench.lines(
        """
        select convert_from(body, 'utf8') from desk.vault
        where book = 'positions' and row_count is null
        """) == [odd])
    let rows = try await rows(bench)
    #expect(rows.contains("fill 502 agg:10 -10 1460"), "what was read is not lost with it: \(rows)")
    #expect(rows.contains("position 2885 100 1449.5 open"))
  }

  @Test func `positions that were cut off are worth another attempt`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.broker.answer("trades/1000001", .body(#"{"status":200,"data":[{"tradingSy"#))
    let failure = try await bench.failure("sync-positions")
    #expect(
      failure.hasPrefix("transient: the broker's positions answer does not read: body at byte"),
      "\(failure)")
  }

  @Test func `two accounts that need the same list ask for it once`() async throws {
    let bench = try await Bench.open()
    try await bench.desk.add(
      Account(id: "ravi", customerID: "1000002", name: "Ravi", mode: .paper),
      capital: Money(rupees: 1_000_000), on: bench.pool)
    bench.broker.sign("ravi", .signedIn(until: instant("2026-11-20T23:59:59+05:30")))
    bench.trade()
    let holding = Wire.holding("INFY", 7).replacing("1000001", with: "1000002")
    bench.broker.answer("holdings/1000002", rows: [holding])
    bench.broker.answer("trades/1000002", rows: [Wire.position(bought: 100, net: 100)])
    let released = Signal<Void>("the list of contracts")
    bench.broker.answer("master/NC", .held(released, data: "[\(Wire.instrument(1594, "INFY"))]"))
    let workshop = try bench.workshop()
    async let first = bench.run("sync-positions", by: workshop)
    var asked: [String] = []
    try await eventually("asha's sync asks for the list") {
      asked += bench.broker.asked()
      return asked.contains("master/NC")
    }
    async let second = bench.run("sync-positions", item: "ravi", by: workshop)
    try await eventually("ravi's sync has read its books") {
      asked += bench.broker.asked()
      return asked.contains("limitstmt/NC/1000002")
    }
    released.fire()
    #expect(try await first.result.figures["new_positions"] == 1)
    #expect(try await second.result.figures["new_positions"] == 1)
    asked += bench.broker.asked()
    #expect(asked.filter { $0 == "master/NC" }.count == 1, "asked for: \(asked)")
    #expect(try await bench.lines("select exchange from desk.master_load") == ["NC"])
  }

  @Test func `the first sync waits for holdings and the list of contracts`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.broker.answer("master/NC", .fails(.refused(status: 503, message: "later")))
    #expect(
      try await bench.failure("sync-positions") == "transient: the broker refused (503): later")
    bench.trade()
    bench.broker.answer("holdings/1000001", .fails(.refused(status: 400, message: "no")))
    #expect(
      try await bench.failure("sync-positions")
        == "plain: the first sync of asha takes its holdings over as its opening: the broker refused (400): no"
    )
    #expect(try await rows(bench) == [])
  }

  @Test(arguments: [
    (
      BrokerError.notSignedIn(account: "asha", reason: "nobody has signed in"),
      "plain: asha is not signed in: nobody has signed in; run: muhurat sign-in asha"
    ),
    (
      .unavailable(reason: "connection refused"),
      "transient: the broker cannot be reached: connection refused"
    ),
    (
      .timedOut(request: "GET /reports", after: .seconds(8)),
      "transient: the broker did not answer GET /reports within 8 s"
    ),
  ]) func `a broker that gives nothing is a failure with its class`(
    _ error: BrokerError, _ expected: String
  ) async throws {
    let bench = try await Bench.open()
    bench.broker.answer("reports/1000001", .fails(error))
    #expect(try await bench.failure("sync-positions") == expected)
    #expect(bench.broker.asked() == ["reports/1000001"], "a dead broker is not asked further")
    #expect(try await bench.count("desk.snapshot") == 0)
  }

  @Test func `what was heard before the attempt failed is in the vault`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    bench.broker.answer(
      "holdings/1000001", .fails(.notSignedIn(account: "asha", reason: "the token expired")))
    let thrown = try await bench.failure("sync-positions")
    #expect(
      thrown == "plain: asha is not signed in: the token expired; run: muhurat sign-in asha")
    #expect(
      try await bench.lines("select book || ' ' || status from desk.vault order by id")
        == ["orders 200", "positions 200"])
    #expect(try await bench.count("desk.snapshot") == 0)
  }

  @Test func `whoever lost the claim writes nothing at all`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    let thrown = try await bench.failure("sync-positions") { claim in
      try await bench.pool.query(
        "update jobs.lock set fence = fence + 1 where name = $1", claim.lock)
    }
    #expect(
      thrown
        == "ClaimLost: run 1 is no longer ours (fence 1): its lease ended and it was taken over; nothing was written"
    )
    for table in ["vault", "snapshot", "broker_order", "fill", "position", "instrument"] {
      #expect(try await bench.count("desk.\(table)") == 0, "desk.\(table) was written")
    }
  }

  @Test func `a dry run takes everything back`() async throws {
    let bench = try await Bench.open()
    bench.trade()
    let ran = try await bench.run("sync-positions", dryRun: true)
    #expect(ran.result.figures["new_fills"] == 2)
    #expect(try await bench.count("desk.vault") == 0)
    #expect(try await rows(bench) == [])
  }
}
