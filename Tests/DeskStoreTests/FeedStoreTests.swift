import Desk
import Postgres
import Support
import Testing
import TradingTime

@testable import DeskStore

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `What the feed leaves` {
  private func price(
    _ key: InstrumentKey, _ last: String, at instant: Instant, source: String = Price.feed
  ) -> [Price] {
    [Price(key: key, last: rupees(last), at: instant, source: source)].compactMap { $0 }
  }

  private let latest =
    "select concat_ws(' ', scrip_code, last, source) from desk.price order by scrip_code"

  @Test func `many prices in one statement, each as the latest and as its session's mark`()
    async throws
  {
    let bench = try await DeskBench.open()
    let (desk, database) = (bench.desk, bench.database)
    let book =
      price(reliance, "100", at: at(10)) + price(infosys, "50", at: at(10, on: monday))
      + price(reliance, "101", at: at(11))
    #expect(try await desk.upsert(book, on: database) == 2)
    #expect(try await bench.lines(latest) == ["1594 50 feed", "2885 101 feed"])
    #expect(
      try await bench.lines(
        "select concat_ws(' ', scrip_code, business_date, last) from desk.daily_price order by 1")
        == ["1594 2026-11-23 50", "2885 2026-11-20 101"])
    #expect(try await desk.upsert([], on: database) == 0)
  }

  @Test func `whichever source is later counts, and time never goes back`() async throws {
    let bench = try await DeskBench.open()
    let (desk, database) = (bench.desk, bench.database)
    try await desk.upsert(price(reliance, "100", at: at(10)), on: database)
    try await desk.upsert(price(reliance, "99", at: at(9), source: "candles/5minute"), on: database)
    #expect(try await bench.lines(latest) == ["2885 100 feed"])
    try await desk.upsert(
      price(reliance, "102", at: at(12), source: "candles/5minute"), on: database)
    try await desk.upsert(price(reliance, "101", at: at(11)), on: database)
    #expect(try await bench.lines(latest) == ["2885 102 candles/5minute"])
  }

  private func side(_ levels: [(String, Int64, Int64?)], at instant: Instant, whole: Bool = true)
    -> DepthSide
  {
    DepthSide(
      levels: levels.compactMap { level in
        Money(level.0).map { DepthLevel(price: $0, quantity: level.1, orders: level.2) }
      }, toldAt: instant, levelsToldAt: whole ? instant : nil)
  }

  @Test func `each side of an order book is as it was told last`() async throws {
    let bench = try await DeskBench.open()
    func keep(_ depths: [InstrumentKey: Depth]) async throws {
      try await bench.desk.upsert(depths, on: bench.database)
    }
    try await keep([
      reliance: Depth(
        bids: side([("100.05", 5, 2), ("100", 7, nil)], at: at(10)), asks: side([], at: at(10))),
      infosys: Depth(bids: nil, asks: side([("50.1", 3, nil)], at: at(10), whole: false)),
    ])
    try await keep([reliance: Depth(bids: side([("99", 1, 1)], at: at(9)), asks: nil)])
    try await keep([reliance: Depth(bids: nil, asks: side([("101", 4, 1)], at: at(11)))])
    try await keep([:])
    #expect(
      try await bench.lines(
        """
        select concat_ws(' ', scrip_code, side, prices, quantities, orders,
          extract(epoch from told_at - levels_told_at)::int)
        from desk.depth
        order by scrip_code, side
        """) == [
          "1594 sell {50.1} {3} {NULL}", "2885 buy {100.05,100} {5,7} {2,NULL} 0",
          "2885 sell {101} {4} {1} 0",
        ])
    let refusal = await complaint {
      try await bench.database.execute(
        script: "update desk.depth set quantities = '{1,2,3}' where side = 'buy'")
    }
    #expect(refusal.contains("levels_are_whole"))
  }

  @Test func `word of an order is kept once, whole, and never changed`() async throws {
    let bench = try await DeskBench.open()
    func word(_ order: String, _ body: String) -> OrderAcknowledgement {
      OrderAcknowledgement(
        accountID: "asha", customerID: "1000001", orderID: order, state: "NewOrderConfirmation",
        receivedAt: at(1), body: Array(body.utf8))
    }
    let two = [word("7", "{}"), word("8", "{}")]
    #expect(try await bench.desk.keep(two, on: bench.database) == 2)
    #expect(try await bench.desk.keep(two + [word("7", "{ }")], on: bench.database) == 1)
    #expect(
      try await bench.lines(
        """
        select concat_ws(' ', account, order_id, state, convert_from(body, 'UTF8'),
          sha256 = sha256(body))
        from desk.acknowledgement order by id
        """) == [
          "asha 7 NewOrderConfirmation {} t", "asha 8 NewOrderConfirmation {} t",
          "asha 7 NewOrderConfirmation { } t",
        ])
    let refusal = await complaint {
      try await bench.database.execute(script: "update desk.acknowledgement set state = 'x'")
    }
    #expect(refusal.contains("desk.acknowledgement is append-only"))
  }

  @Test func `the newest bar of each instrument is known`() async throws {
    let bench = try await DeskBench.open()
    let bars = (1...3).map { number in
      Candle(
        tradedOn: friday, endedAt: at(Int64(number) * 60), open: rupees("1"), high: rupees("1"),
        low: rupees("1"), close: rupees("1"), volume: 1)
    }
    try await bench.desk.upsert(bars, of: reliance, interval: "1minute", on: bench.database)
    #expect(
      try await bench.desk.lastCandleEnds(
        of: [reliance, infosys], interval: "1minute", on: bench.database) == [reliance: at(180)])
    #expect(
      try await bench.desk.lastCandleEnds(of: [reliance], interval: "5minute", on: bench.database)
        == [:])
  }
}

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `Lists of contracts` {
  private func future(
    _ code: Int64, lot: Quantity = 65, tick: String = "0.05", expiry: String = "2026-11-24",
    freeze: Quantity? = nil
  ) -> Instrument {
    Instrument(
      key: InstrumentKey(exchange: "NF", scripCode: code), symbol: "NIFTY", kind: .future,
      lotSize: lot, tickSize: rupees(tick), expiresOn: day(expiry), freezeQuantity: freeze)
  }

  private let revisions = """
    select concat_ws(' ', scrip_code, valid_from, lot_size, tick_size, freeze_quantity, expires_on,
      is_listed)
    from desk.contract_revision order by exchange, scrip_code, valid_from
    """

  @Test func `what changed has a revision, what is gone is marked, the rest is not touched`()
    async throws
  {
    let bench = try await DeskBench.open()
    let first = try await bench.load([future(1), future(2), future(3), future(4)])
    #expect(first == [MasterLoad(contracts: 4, added: 4, changed: 0, vanished: 0)])
    // The same number of another exchange is another contract.
    try await bench.load([
      Instrument(key: InstrumentKey(exchange: "NC", scripCode: 3), symbol: "ACC")
    ])
    let second = try await bench.load(
      [future(1), future(2, lot: 75, freeze: 1800), future(4, tick: "0.0500"), future(5)],
      on: monday)
    #expect(second == [MasterLoad(contracts: 4, added: 1, changed: 1, vanished: 1)])
    #expect(
      try await bench.lines(revisions) == [
        "3 2026-11-20 1 t", "1 2026-11-20 65 0.05 2026-11-24 t",
        "2 2026-11-20 65 0.05 2026-11-24 t", "2 2026-11-23 75 0.05 1800 2026-11-24 t",
        "3 2026-11-20 65 0.05 2026-11-24 t", "3 2026-11-23 65 0.05 2026-11-24 f",
        "4 2026-11-20 65 0.05 2026-11-24 t", "5 2026-11-23 65 0.05 2026-11-24 t",
      ])
    #expect(
      try await bench.lines(
        """
        select concat_ws(' ', exchange, scrip_code, loaded_on, vanished_on)
        from desk.instrument order by exchange, scrip_code
        """) == [
          "NC 3 2026-11-20", "NF 1 2026-11-20", "NF 2 2026-11-23", "NF 3 2026-11-20 2026-11-23",
          "NF 4 2026-11-20", "NF 5 2026-11-23",
        ])
    #expect(try await bench.desk.listedContracts(of: "NF", on: bench.database) == 4)
    #expect(try await bench.desk.masterLoadedOn(exchange: "NF", on: bench.database) == monday)
    #expect(try await bench.desk.masterLoadedOn(exchange: "BF", on: bench.database) == nil)
    let known = try await bench.desk.instruments(
      [InstrumentKey(exchange: "NF", scripCode: 2)], on: bench.database)
    #expect(known.values.map(\.freezeQuantity) == [1800])
  }

  @Test func `a list taken over again changes nothing, and what comes back is listed again`()
    async throws
  {
    let bench = try await DeskBench.open()
    try await bench.load([future(1), future(2)])
    #expect(
      try await bench.load([future(1), future(2)])
        == [MasterLoad(contracts: 2, added: 0, changed: 0, vanished: 0)])
    try await bench.load([future(1)])
    #expect(
      try await bench.load([future(1), future(2)])
        == [MasterLoad(contracts: 2, added: 0, changed: 1, vanished: 0)])
    #expect(
      try await bench.lines(
        "select concat_ws(' ', contracts, added, changed, vanished) from desk.master_load")
        == ["2 2 1 1"])
    #expect(
      try await bench.lines(
        "select concat_ws(' ', scrip_code, is_listed) from desk.contract_revision order by 1")
        == ["1 t", "2 t"])
  }

  @Test func `a symbol is its listed share`() async throws {
    let bench = try await DeskBench.open()
    let old = Instrument(key: reliance, symbol: "RELIANCE")
    let new = Instrument(key: infosys, symbol: "RELIANCE")
    try await bench.load([old])
    try await bench.load([new], on: monday)
    #expect(
      try await bench.desk.equities(named: "RELIANCE", exchange: "NC", on: bench.database) == [new])
  }

  @Test func `tens of thousands of contracts go through at once`() async throws {
    let bench = try await DeskBench.open()
    let list = (1...40_000).map { future(Int64($0)) }
    #expect(
      try await bench.load(list)
        == [MasterLoad(contracts: 40_000, added: 40_000, changed: 0, vanished: 0)])
    let next = list.dropFirst(100).map {
      $0.key.scripCode % 1000 == 0 ? future($0.key.scripCode, lot: 75) : $0
    }
    #expect(
      try await bench.load(next, on: monday)
        == [MasterLoad(contracts: 39_900, added: 0, changed: 40, vanished: 100)])
  }
}
