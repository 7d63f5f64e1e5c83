import Desk
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `Market rows` {
  private func price(
    _ last: String, _ second: Int64, close: String? = nil
  ) -> [Price] {
    [
      Price(
        key: reliance, last: rupees(last), previousClose: close.map(rupees), at: at(second),
        source: "test")
    ].compactMap { $0 }
  }

  @Test func `a price that comes late changes nothing`() async throws {
    let bench = try await DeskBench.open()
    let desk = bench.desk
    #expect(
      try await desk.upsert(price("100", 10, close: "99"), on: bench.database) == 1
    )
    #expect(try await desk.upsert(price("90", 5), on: bench.database) == 0)
    #expect(try await desk.upsert(price("101", 11), on: bench.database) == 1)
    let latest = try await desk.latestPrices(of: [reliance, infosys], on: bench.database)
    #expect(
      latest.values.map { "\($0.key) \($0.last) \($0.previousClose?.description ?? "-")" }
        == ["NC:2885 101 99"])
    #expect(try await desk.oldestPriceAt(of: [reliance], on: bench.database) == at(11))
    #expect(try await desk.oldestPriceAt(of: [reliance, infosys], on: bench.database) == nil)
  }

  @Test func `the close before comes from the earlier session where the source lacks it`()
    async throws
  {
    let bench = try await DeskBench.open()
    try await bench.desk.upsert(price("100", 10), on: bench.database)
    let later = Price(key: reliance, last: rupees("105"), at: at(10, on: monday), source: "test")
    try await bench.desk.upsert([later].compactMap { $0 }, on: bench.database)
    let marks = try await bench.desk.marks(of: [reliance], session: monday, on: bench.database)
    #expect(marks[reliance]?.previousClose == rupees("100"))
  }

  @Test func `contracts read back as the master gave them`() async throws {
    let bench = try await DeskBench.open()
    let option = Instrument(
      key: nifty, symbol: "NIFTY", name: "NIFTY 50", kind: .option, lotSize: 65,
      tickSize: rupees("0.05"), expiresOn: day("2026-11-24"), strike: rupees("26000"), right: .call)
    let share = Instrument(
      key: reliance, symbol: "RELIANCE", name: "RELIANCE INDUSTRIES", isin: "INE002A01018")
    try await bench.load([option, share])
    let known = try await bench.desk.instruments([nifty, reliance, infosys], on: bench.database)
    #expect(known == [nifty: option, reliance: share])
    #expect(
      try await bench.desk.equities(named: "RELIANCE", exchange: "NC", on: bench.database) == [
        share
      ])
    #expect(try await bench.desk.masterLoadedOn(exchange: "NF", on: bench.database) == friday)
    #expect(try await bench.desk.masterLoadedOn(exchange: "BC", on: bench.database) == nil)
  }

  @Test func `closes come oldest first and only from bars that have ended`() async throws {
    let bench = try await DeskBench.open()
    let bars = (1...4).map { number in
      Candle(
        tradedOn: friday, endedAt: at(Int64(number) * 60), open: rupees("10"), high: rupees("12"),
        low: rupees("9"), close: rupees("1\(number)"), volume: 5)
    }
    try await bench.desk.upsert(bars, of: reliance, interval: "1minute", on: bench.database)
    try await bench.desk.upsert(bars, of: reliance, interval: "1minute", on: bench.database)
    let (closes, endedAt) = try await bench.desk.recentCloses(
      of: reliance, interval: "1minute", endedBy: at(190), count: 2, on: bench.database)
    #expect(closes == ["12", "13"].map(rupees) && endedAt == at(180))
  }

  @Test func `what is held or was carried needs a price`() async throws {
    let bench = try await DeskBench.open()
    try await bench.sync(
      1, orders: [], positions: [position(net: 5), position(nifty, net: 65, symbol: "NIFTY")])
    #expect(
      try await bench.desk.instrumentsToPrice(on: bench.database) == [reliance, nifty])
    try await bench.desk.change("asha", isEnabled: false, on: bench.database)
    #expect(try await bench.desk.instrumentsToPrice(on: bench.database) == [])
  }
}

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `Strategies on record` {
  @Test func `a tick is recorded once, opinions and their absence alike`() async throws {
    let bench = try await DeskBench.open()
    let tick = StrategyTick(
      at: at(100), universe: [reliance, infosys], positions: [:],
      prices: Price(key: reliance, last: rupees("1450"), at: at(99), source: "test").map {
        [reliance: $0]
      } ?? [:], closes: [reliance: ["1", "2", "3"].map(rupees)])
    let strategy = try BuiltInStrategy(
      named: "sma-cross", parameters: ["fast": "2", "slow": "3", "quantity": "4"])
    try await bench.desk.set(
      "sma-cross", of: "asha", armed: true, by: "kim", reason: "paper trial", on: bench.database)
    for _ in 1...2 {
      try await bench.desk.record(
        strategy.answer(to: tick), of: "sma-cross", tick: tick, account: "asha",
        on: bench.database)
    }
    let targets = try await bench.desk.latestTargets(
      of: "sma-cross", account: "asha", on: bench.database)
    #expect(
      targets.map { "\($0.key) \($0.quantity.map(String.init) ?? "-") \($0.why)" }
        == ["NC:1594 - 0 of 3 closes", "NC:2885 4 sma2 2.50 > sma3 2.00"])
    let known = try await bench.desk.strategySwitches(on: bench.database)
    #expect(known.map(\.lastTickAt) == [at(100)])
  }

  @Test func `halting turns off whatever is armed`() async throws {
    let bench = try await DeskBench.open()
    try await bench.desk.set(
      "sma-cross", of: "asha", armed: true, by: "kim", reason: "trial", on: bench.database)
    #expect(
      try await bench.desk.haltAll(by: "muhurat", reason: "restarted", on: bench.database) == 1)
    #expect(
      try await bench.desk.haltAll(by: "muhurat", reason: "restarted", on: bench.database) == 0)
    #expect(
      try await bench.desk.strategySwitches(on: bench.database).map {
        "\($0.isArmed) \($0.changedBy) \($0.reason)"
      } == ["false muhurat restarted"])
  }
}
