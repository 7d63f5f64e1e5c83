import Desk
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `The day's end` {
  private func books(
    orders: [BrokerOrder], positions: [BrokerPosition], on session: CivilDate = friday,
    receivedAt: Instant? = nil
  ) -> BrokerBooks {
    let time = receivedAt ?? at(20_000, on: session)
    return BrokerBooks(
      orders: .rows(orders, receivedAt: time), positions: .rows(positions, receivedAt: time),
      holdings: .rows([], receivedAt: time), funds: .rows([], receivedAt: time))
  }

  private func reconcile(
    _ bench: DeskBench, with broker: BrokerBooks, on session: CivilDate = friday
  ) async throws -> RecordedReconciliation {
    try await bench.database.transaction { transaction in
      let ours = try await bench.desk.ledgerBooks(
        of: "asha", on: session, database: transaction)
      let result = ours.reconcile(with: broker, marks: [reliance: rupees("1440")])
      return try await bench.desk.record(
        result, of: ours, with: broker, reconciledAt: at(20_001, on: session), on: transaction)
    }
  }

  @Test func `books from one sync agree with themselves`() async throws {
    let bench = try await DeskBench.open()
    let orders = [
      order("1", 100, executed: 100, average: "1450", status: .fullyExecuted),
      order("2", side: .sell, 30, executed: 30, average: "1460", status: .fullyExecuted),
    ]
    let positions = [
      position(bought: 100, sold: 30, net: 70), position(nifty, net: 65, symbol: "NIFTY"),
    ]
    try await bench.sync(10, orders: orders, positions: positions)
    let found = try await reconcile(bench, with: books(orders: orders, positions: positions))
    #expect(found.isNew && found.opened == [])
    #expect(
      try await bench.desk.lastReconciliation(of: "asha", on: friday, database: bench.database)?
        .line
        == "CLEAN")
  }

  @Test func `a standing order's earlier fills belong to its executed total`() async throws {
    let bench = try await DeskBench.open()
    func standing(_ executed: Quantity) -> BrokerOrder {
      BrokerOrder(
        key: reliance, symbol: "RELIANCE", product: "INV", orderID: "7", side: .buy, quantity: 10,
        executed: executed, averagePrice: rupees("1450"), status: .partlyExecuted,
        statusText: "PartlyExecuted", orderedAt: at(0), updatedAt: at(0))
    }
    try await bench.sync(1, orders: [standing(4)], positions: [position(bought: 4, net: 4)])
    try await bench.sync(
      1, on: monday, orders: [standing(9)], positions: [position(bought: 5, net: 9)])
    let found = try await reconcile(
      bench,
      with: books(orders: [standing(9)], positions: [position(bought: 5, net: 9)], on: monday),
      on: monday)
    #expect(found.opened == [])
  }

  @Test func `an order that only lagged behind is settled by the next session`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(1, orders: [order("3", 10)], positions: [])
    let found = try await reconcile(
      bench, with: books(orders: [order("3", 10, status: .cancelled)], positions: []))
    #expect(found.opened.map(\.key) == ["NC/3"])
    try await bench.sync(1, on: monday, orders: [order("4", 10)], positions: [])
    let next = try await reconcile(
      bench, with: books(orders: [order("4", 10)], positions: [], on: monday), on: monday)
    #expect(next.closed.map(\.key) == ["NC/3"])
    #expect(try await bench.desk.openBreaks(asOf: monday, on: bench.database) == [])
  }

  @Test func `what came too early to compare is compared later, though nothing has changed`()
    async throws
  {
    let bench = try await DeskBench.open()
    let orders = [order("1", 10, executed: 10, average: "1450", status: .fullyExecuted)]
    let positions = [position(bought: 10, net: 10)]
    try await bench.sync(2, orders: orders, positions: positions)
    let early = try await reconcile(
      bench, with: books(orders: orders, positions: positions, receivedAt: at(3)))
    #expect(early.opened.map(\.key).sorted() == ["fills", "orders", "positions"])
    let late = try await reconcile(bench, with: books(orders: orders, positions: positions))
    #expect(late.isNew && late.closed.count == 3)
  }

  @Test func `a break is opened once, changed, aged, closed and reopened`() async throws {
    let bench = try await DeskBench.open()
    let orders = [order("1", 100, executed: 100, average: "1450", status: .fullyExecuted)]
    try await bench.sync(10, orders: orders, positions: [position(bought: 100, net: 100)])
    func broker(_ net: Quantity, _ session: CivilDate = friday) -> BrokerBooks {
      books(
        orders: session == friday ? orders : [],
        positions: [position(bought: session == friday ? net : 0, net: net)], on: session)
    }
    let first = try await reconcile(bench, with: broker(90))
    #expect(first.version == 1 && first.opened.map(\.key) == ["NC:2885"])
    let again = try await reconcile(bench, with: broker(90))
    #expect(again.run == first.run && !again.isNew)
    let changed = try await reconcile(bench, with: broker(80))
    #expect(changed.version == 2 && changed.opened == [])
    let open = try await bench.desk.openBreaks(asOf: friday, on: bench.database)
    #expect(
      open.map {
        "\($0.type.rawValue) \($0.difference) \($0.moneyAtRisk?.text() ?? "-") \($0.ageInSessions)"
      }
        == ["QUANTITY -20 units 28800.00 0"])
    try await bench.sync(1, on: monday, orders: [], positions: [position(net: 80)])
    _ = try await reconcile(bench, with: broker(80, monday), on: monday)
    #expect(
      try await bench.desk.openBreaks(asOf: monday, on: bench.database).map(\.ageInSessions) == [1])
    let closed = try await reconcile(bench, with: broker(100, monday), on: monday)
    #expect(closed.closed.map(\.key) == ["NC:2885"])
    let reopened = try await reconcile(bench, with: broker(70, monday), on: monday)
    #expect(reopened.opened.map(\.key) == ["NC:2885"])
    #expect(
      try await bench.lines(
        "select event || ' ' || difference from desk.discrepancy_event order by id")
        == [
          "opened -10 units", "changed -20 units", "closed -20 units", "reopened -30 units",
        ])
  }

  @Test func `running an older session again closes no newer break`() async throws {
    let bench = try await DeskBench.open()
    let orders = [order("1", 100, executed: 100, average: "1450", status: .fullyExecuted)]
    try await bench.sync(10, orders: orders, positions: [position(bought: 100, net: 100)])
    try await bench.sync(1, on: monday, orders: [], positions: [position(net: 100)])
    _ = try await reconcile(
      bench, with: books(orders: [], positions: [position(net: 50)], on: monday), on: monday)
    let older = try await reconcile(
      bench, with: books(orders: orders, positions: [position(bought: 100, net: 100)]))
    #expect(older.closed == [])
    #expect(
      try await bench.desk.openBreaks(asOf: monday, on: bench.database).map(\.difference)
        == ["-50 units"])
  }

  @Test func `figures are reckoned from the ledger and repeat themselves`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      10,
      orders: [
        order("1", 100, executed: 100, average: "1450", status: .fullyExecuted),
        order("2", side: .sell, 40, executed: 40, average: "1460", status: .fullyExecuted),
        order("3", 5, status: .rejected),
      ],
      positions: [position(bought: 100, sold: 40, net: 60, booked: "400")],
      funds: [
        BrokerFunds(exchange: "NC", cash: rupees("250000.50"), figures: ["cashBpl": rupees("400")])
      ])
    try await bench.desk.upsert(
      [
        Price(
          key: reliance, last: rupees("1455"), previousClose: rupees("1435"), at: at(19_000),
          source: "test")
      ]
      .compactMap { $0 }, on: bench.database)
    let figures = try await rollUp(bench)
    #expect(figures.realised == rupees("400"))
    #expect(figures.unrealised == rupees("300"))
    #expect(figures.gross == rupees("700"))
    #expect(figures.turnover == rupees("203400"))
    #expect(figures.longExposure == rupees("87300") && figures.shortExposure == .zero)
    #expect(figures.cash == rupees("250000.5"))
    #expect(figures.orders == 3 && figures.rejectedOrders == 1 && figures.fills == 2)
    #expect(figures.equity == rupees("1000000") + figures.net)
    #expect(figures.incomplete == 0 && figures.wins == 1)
    #expect(try await rollUp(bench) == figures)
    #expect(try await bench.lines("select version::text from desk.analytics_day") == ["1"])
    let record = try await bench.desk.dayRecord(of: "asha", on: friday, database: bench.database)
    #expect(record.figures == figures && record.instruments.map(\.symbol) == ["RELIANCE"])
    #expect(record.instruments.first?.brokerBooked == rupees("400"))
    #expect(record.funds.first?.figures == ["cashBpl": rupees("400")])
    #expect(record.positionsAt == at(10) && record.reconciledAt == nil)
  }

  @Test func `a position without a price makes figures incomplete, not zero`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      10, orders: [order("1", 100, executed: 100, average: "1450", status: .fullyExecuted)],
      positions: [position(bought: 100, net: 100)])
    let figures = try await rollUp(bench)
    #expect(figures.incomplete == 1 && figures.gross == .zero)
    let sheet = try await bench.desk.sheets(of: "asha", on: friday, bench.database)
    #expect(sheet.map(\.gross) == [nil])
  }

  @Test func `profit on what was carried counts from its cost and its previous close`() async throws
  {
    let bench = try await DeskBench.open()
    try await bench.sync(
      10, orders: [order("1", 100, executed: 100, average: "1450", status: .fullyExecuted)],
      positions: [position(bought: 100, net: 100)])
    let price = Price(key: reliance, last: rupees("1455"), at: at(19_000), source: "test")
    try await bench.desk.upsert([price].compactMap { $0 }, on: bench.database)
    try await bench.sync(
      10, on: monday,
      orders: [
        order("9", side: .sell, 100, executed: 100, average: "1470", status: .fullyExecuted)
      ],
      positions: [position(sold: 100, net: 0)])
    let later = Price(
      key: reliance, last: rupees("1469"), at: at(19_000, on: monday), source: "test")
    try await bench.desk.upsert([later].compactMap { $0 }, on: bench.database)
    let figures = try await rollUp(bench, on: monday)
    #expect(figures.realised == rupees("2000"))
    #expect(figures.gross == rupees("1500"))
    #expect(figures.openPositions == 0)
  }

  @Test func `a contract that expired open is told`() async throws {
    let bench = try await DeskBench.open()
    try await bench.letNiftyExpireOnFriday()
    try await bench.sync(
      1, orders: [], positions: [position(nifty, net: -65, symbol: "NIFTY"), position(net: 10)])
    _ = try await rollUp(bench)
    let record = try await bench.desk.dayRecord(of: "asha", on: friday, database: bench.database)
    #expect(
      record.notes.last
        == "-65 of NIFTY (NF:59004) expired open; what they settled at is in no fill and no figure")
  }

  @Test func `an unopened session has no figures`() async throws {
    let bench = try await DeskBench.open()
    #expect(
      await complaint { _ = try await rollUp(bench) }
        == "no books of asha are on record for 2026-11-20; run: muhurat run sync-positions "
        + "--item asha")
  }

  @Test func `equal reports are one report`() async throws {
    let bench = try await DeskBench.open()
    func keep(_ json: String) async throws -> String {
      let kept = try await bench.desk.keepReport(
        session: friday, verdict: "CLEAN", text: "t", html: "h", csv: "c", json: json,
        on: bench.database)
      return "\(kept.version) \(kept.isNew) \(kept.sha256.prefix(8))"
    }
    #expect(try await keep("{}") == "1 true 44136fa3")
    #expect(try await keep("{}") == "1 false 44136fa3")
    #expect(try await keep("[]") == "2 true 4f53cda1")
    #expect(try await bench.desk.report(on: friday, database: bench.database)?.json == "[]")
  }

  private func rollUp(
    _ bench: DeskBench, on session: CivilDate = friday
  ) async throws -> AnalyticsDay {
    try await bench.database.transaction { transaction in
      try await bench.desk.rollUp("asha", session: session, on: transaction)
    }
  }
}
