import Desk
import Postgres
import Support
import Testing

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `Applying a snapshot` {
  @Test func `fills follow an order's executed total, each step once`() async throws {
    let bench = try await DeskBench.open()
    let steps: [(Quantity, String?, OrderStatus)] = [
      (0, nil, .pending), (1050, "23.45", .partlyExecuted), (1050, "23.45", .partlyExecuted),
      (1200, "23.46", .fullyExecuted), (1200, "23.46", .fullyExecuted),
    ]
    for (second, step) in steps.enumerated() {
      try await bench.sync(
        Int64(second),
        orders: [
          order(
            "136700001", 1200, executed: step.0, average: step.1, status: step.2, key: nifty)
        ],
        positions: [])
    }
    #expect(
      try await bench.lines(
        "select trade_id || ' ' || quantity || ' ' || price::text from desk.fill order by trade_id")
        == ["agg:1050 1050 23.45", "agg:1200 150 23.53"])
    #expect(
      try await bench.lines(
        "select status || ' ' || first_snapshot || '-' || last_snapshot from desk.broker_order")
        == ["fully-executed 1-4"])
  }

  @Test func `an order number that comes again on another day is another order`() async throws {
    let bench = try await DeskBench.open()
    let done = order("7", 10, executed: 10, average: "100", status: .fullyExecuted)
    try await bench.sync(1, orders: [done], positions: [position(bought: 10, net: 10)])
    try await bench.sync(1, on: monday, orders: [done], positions: [position(bought: 10, net: 20)])
    #expect(
      try await bench.lines(
        "select business_date || ' ' || quantity from desk.fill order by business_date")
        == ["2026-11-20 10", "2026-11-23 10"])
  }

  @Test func `an order of an earlier day adds only what it executed since`() async throws {
    let bench = try await DeskBench.open()
    func standing(_ executed: Quantity) -> BrokerOrder {
      BrokerOrder(
        key: reliance, symbol: "RELIANCE", orderID: "7", side: .buy, quantity: 10,
        executed: executed, averagePrice: rupees("100"), status: .partlyExecuted,
        statusText: "Partly Executed", orderedAt: at(0), updatedAt: at(1))
    }
    try await bench.sync(1, orders: [standing(4)], positions: [position(bought: 4, net: 4)])
    try await bench.sync(
      1, on: monday, orders: [standing(9)], positions: [position(bought: 5, net: 9)])
    #expect(
      try await bench.lines(
        "select business_date || ' ' || quantity from desk.fill order by business_date")
        == ["2026-11-20 4", "2026-11-23 5"])
  }

  @Test func `real trades are taken as they are`() async throws {
    let bench = try await DeskBench.open()
    let trades = [
      BrokerTrade(
        key: reliance, orderID: "7", tradeID: "T1", quantity: -6, price: rupees("1451.10"),
        tradedAt: at(1)),
      BrokerTrade(
        key: reliance, orderID: "7", tradeID: "T2", quantity: -4, price: rupees("1451.20"),
        tradedAt: at(2)),
    ]
    for second in [Int64(3), 4] {
      try await bench.sync(
        second,
        orders: [
          order("7", side: .sell, 10, executed: 10, average: "1451.14", status: .fullyExecuted)
        ],
        trades: ["NC/7": trades], positions: [position(sold: 10, net: -10)])
    }
    let fills = try await bench.desk.fills(of: "asha", on: friday, database: bench.database)
    #expect(
      fills.map { "\($0.tradeID) \($0.quantity) \($0.price)" } == ["T1 -6 1451.1", "T2 -4 1451.2"])
  }

  @Test func `a total that shrinks is noted and the ledger stays`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      1, orders: [order("7", 10, executed: 10, average: "100", status: .fullyExecuted)],
      positions: [position(net: 0)])
    let second = try await bench.sync(
      2, orders: [order("7", 10, executed: 4, average: "100", status: .partlyExecuted)],
      positions: [position(net: 0)])
    #expect(
      second.notes == [
        "orders: the broker now shows 4 executed of NC/7, the ledger has 10; the ledger stays"
      ])
    let fills = try await bench.desk.fills(of: "asha", on: friday, database: bench.database)
    #expect(fills.map(\.quantity) == [10])
  }

  @Test func `units that neither trades nor an average explain are said, and taken when they are`()
    async throws
  {
    let bench = try await DeskBench.open()
    let held = [position(bought: 10, net: 10)]
    let untold = try await bench.sync(
      1, orders: [order("7", 10, executed: 10, status: .fullyExecuted)], positions: held)
    #expect(untold.newFills == [])
    #expect(
      untold.notes.filter { $0.hasPrefix("orders") } == [
        "orders: NC/7 executed 10, of which the ledger has 0: the broker told neither trades nor "
          + "an average price for the rest"
      ])
    let told = try await bench.sync(
      2, orders: [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)],
      positions: held)
    #expect(told.newFills.map(\.quantity) == [10] && told.notes == [])
  }

  @Test func `an order shown twice executes once`() async throws {
    let bench = try await DeskBench.open()
    let applied = try await bench.sync(
      1,
      orders: [
        order("7", 10, executed: 4, average: "1450", status: .partlyExecuted),
        order("7", 10, executed: 10, average: "1451", status: .fullyExecuted),
      ], positions: [position(bought: 10, net: 10)])
    #expect(applied.newFills.map { "\($0.tradeID) \($0.quantity)" } == ["agg:10 10"])
  }

  @Test func `a row that is gone is closed and kept, and may come back`() async throws {
    let bench = try await DeskBench.open()
    let both = [position(net: 10), position(infosys, net: 3, symbol: "INFY")]
    try await bench.sync(1, orders: [], positions: both)
    let second = try await bench.sync(2, positions: [both[0]])
    #expect(second.closedPositions == 1)
    #expect(
      try await bench.lines(
        "select symbol || ' ' || (closed_at is not null)::text from desk.position order by 1")
        == ["INFY true", "RELIANCE false"])
    try await bench.sync(3, positions: both)
    #expect(
      try await bench.lines(
        """
        select symbol || ' ' || first_snapshot
        from desk.position
        where closed_at is null
        order by 1
        """
      )
        == ["INFY 1", "RELIANCE 1"])
  }

  @Test func `the desk's own columns survive every sync`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(1, orders: [], positions: [position(net: 10, average: "1440")])
    try await bench.desk.plan(
      reliance, of: "asha", strategy: "sma-cross", stopPrice: rupees("1400"), targetPrice: nil,
      on: bench.database)
    try await bench.sync(2, positions: [position(net: 12, average: "1441")])
    let line = try #require(
      try await bench.desk.positions(of: "asha", on: bench.database).first)
    #expect(line.strategy == "sma-cross" && line.stopPrice == rupees("1400"))
    #expect(line.position.netQuantity == 12)
    #expect(line.ledgerQuantity == 10)
  }

  @Test func `an answer overtaken by a newer one is refused`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(5, orders: [], positions: [])
    let refusal = await complaint { try await bench.sync(4, orders: [], positions: []) }
    #expect(
      refusal == "the books of asha taken at 2026-11-20T04:30:04Z are older than those of "
        + "2026-11-20T04:30:05Z on record; nothing was written")
  }

  @Test func `the ledger takes no edit from anyone`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      1, orders: [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)],
      positions: [position(bought: 10, net: 10)])
    for change in ["update desk.fill set price = 1", "delete from desk.fill"] {
      let refusal = await complaint { try await bench.database.execute(script: change) }
      #expect(refusal.contains("desk.fill is append-only"), "\(change)")
    }
  }

  @Test func `an opening is adopted once and carried from then on`() async throws {
    let bench = try await DeskBench.open()
    try await bench.load([Instrument(key: infosys, symbol: "INFY")])
    let first = try await bench.sync(
      1, orders: [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)],
      positions: [
        position(bought: 10, net: 10), position(nifty, net: 65, average: "120", symbol: "NIFTY"),
      ],
      holdings: [
        BrokerHolding(
          listing: "NSE", symbol: "INFY", demat: 5, available: 5, pledged: 2,
          averagePrice: rupees("1500"))
      ])
    #expect(
      first.notes == ["opening: 2 instruments adopted from the broker, as this is the first day"])
    try await bench.sync(
      1, on: monday, orders: [], positions: [position(nifty, net: 65, symbol: "NIFTY")])
    #expect(
      try await bench.lines(
        """
        select business_date || ' ' || symbol || ' ' || quantity || ' '
          || coalesce(price::text, '-')
        from desk.opening
        order by business_date, symbol
        """) == [
          "2026-11-20 INFY 7 1500", "2026-11-20 NIFTY 65 120", "2026-11-23 INFY 7 -",
          "2026-11-23 NIFTY 65 -", "2026-11-23 RELIANCE 10 -",
        ])
  }
}
