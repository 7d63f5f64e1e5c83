import Desk
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `What an account's positions add up to` {
  private func sums(_ bench: DeskBench) async throws -> PositionSums {
    try #require(try await bench.desk.positionSums(on: bench.database).first)
  }

  private func price(_ key: InstrumentKey, _ last: String, _ bench: DeskBench) async throws {
    let price = try #require(
      Price(key: key, last: rupees(last), previousClose: nil, at: at(0), source: "test"))
    _ = try await bench.desk.upsert([price], on: bench.database)
  }

  @Test func `is what its lines add up to`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      1, orders: [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)],
      positions: [
        position(bought: 10, net: 10, average: "1450.10"),
        position(infosys, net: -3, average: "1520.4", symbol: "INFY"),
        position(nifty, net: 0, symbol: "NIFTY"),
      ], holdings: [])
    try await price(reliance, "1451.35", bench)
    try await price(infosys, "1536.25", bench)
    let lines = try await bench.desk.positions(of: "asha", on: bench.database)
    let sums = try await sums(bench)
    #expect(sums.account.id == "asha" && sums.session == friday && sums.seenAt == at(1))
    #expect(sums.open == 2 && sums.unpriced == 0 && sums.oldestPriceAt == at(0))
    #expect(sums.marketValue == lines.compactMap(\.marketValue).total())
    #expect(sums.marketValue?.description == "9904.75")
    #expect(sums.unrealised == lines.compactMap(\.unrealised).total())
    #expect(sums.unrealised?.description == "-35.05")
    #expect(sums.unconfirmed == 0)
  }

  @Test func `is not known where a price is not`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      1, orders: [],
      positions: [
        position(net: 10, average: "1450"), position(infosys, net: 3, symbol: "INFY"),
      ])
    try await price(infosys, "1500", bench)
    let one = try await sums(bench)
    #expect(one.oldestPriceAt == at(0))
    #expect(one.unpriced == 1 && one.marketValue == nil && one.unrealised == nil)
    try await price(reliance, "1451", bench)
    let other = try await sums(bench)
    #expect(other.unpriced == 0 && other.marketValue == rupees("19010"))
    #expect(other.unrealised == nil, "the broker gave no average for one of them")
  }

  @Test func `counts the instruments that our ledger has otherwise, over all products`()
    async throws
  {
    let bench = try await DeskBench.open()
    try await bench.sync(1, orders: [], positions: [position(net: 10)], holdings: [])
    #expect(try await sums(bench).unconfirmed == 0, "the first day's opening is the broker's")
    try await bench.sync(2, positions: [position(net: 12)])
    #expect(try await sums(bench).unconfirmed == 1)
    try await bench.database.query("delete from desk.opening")
    try await bench.sync(3, positions: [position(net: 0)])
    #expect(try await sums(bench).unconfirmed == 0)
  }

  @Test func `agrees with a book that leaves out the shares which stand in the holdings`()
    async throws
  {
    let bench = try await DeskBench.open()
    let orders = [order("7", 10, executed: 10, average: "1450", status: .fullyExecuted)]
    try await bench.sync(
      1, orders: orders, positions: [position(bought: 10, net: 10), position(nifty, net: 0)],
      holdings: [])
    try await bench.database.query(
      """
      insert into desk.opening
        (mode, account, business_date, exchange, scrip_code, symbol, quantity)
      select 'paper', 'asha', $1, exchange, scrip_code, '', 200
      from desk.position where scrip_code = $2
      """, Day(friday), reliance.scripCode)
    #expect(try await sums(bench).unconfirmed == 0, "ten bought today, as the book says")
    #expect(try await ledger(bench) == 10)
    try await bench.sync(2, orders: orders, positions: [position(bought: 10, net: 210)])
    #expect(try await sums(bench).unconfirmed == 0, "a book may carry them, too")
    #expect(try await ledger(bench) == 210)
    try await bench.sync(3, orders: orders, positions: [position(bought: 12, net: 12)])
    #expect(try await sums(bench).unconfirmed == 1, "two more than the ledger knows of")
  }

  private func ledger(_ bench: DeskBench) async throws -> Quantity? {
    try await bench.desk.positions(of: "asha", on: bench.database)
      .first { $0.position.key == reliance }?.ledgerQuantity
  }

  @Test func `is nothing for an account without books, and not told of a disabled one`()
    async throws
  {
    let bench = try await DeskBench.open()
    let sums = try await sums(bench)
    #expect(sums.session == nil && sums.seenAt == nil && sums.open == 0 && sums.unconfirmed == 0)
    #expect(sums.marketValue == .zero && sums.unrealised == .zero)
    try await bench.desk.change("asha", isEnabled: false, on: bench.database)
    #expect(try await bench.desk.positionSums(on: bench.database) == [])
    let asked = try await bench.desk.positionSums(of: "asha", on: bench.database)
    #expect(asked.map(\.account.id) == ["asha"])
  }
}
