import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `Orders on the wire` {
  @Test func `get sequential ids of nine digits and an RMS code`() async throws {
    let trader = try await Trader()
    let first = await trader.rig.post(
      "/skapi/services/orders", Orders.buyONGC(price: "0"), token: trader.token)
    #expect(
      first.text
        == #"{"status":200,"message":"order","timestamp":"2026-07-09T11:00:00+05:30","#
        + #""data":{"orderId":"500000001","rmscode":"SKSIMNSE1","errormsg":""}}"#)
    let second = try await trader.send(Orders.buyONGC(price: "0"))
    #expect(second.words("orderId") == "500000002")
  }

  @Test func `at the market pay a tick and fill within the second`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "0")).words("orderId")
    #expect(try await trader.status(id) == "In-Process")
    await trader.rig.move(to: "2026-07-09T11:00:01+05:30")
    let row = try #require(try await trader.history(id).last)
    let price = try await trader.price("2026-07-09T11:00:01+05:30")
    #expect(row.words("orderStatus") == "Fully Executed")
    #expect(row.words("avgPrice") == Paise(price.count + trader.ongc.tick).text)
    #expect(row.words("channelCode") == "SKAPI")
  }

  @Test func `of a hundred or more meet two counterparties`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "0", quantity: 200)).words("orderId")
    await trader.rig.move(to: "2026-07-09T11:00:01+05:30")
    #expect(try await trader.status(id) == "Partly Executed")
    await trader.rig.move(to: "2026-07-09T11:00:02+05:30")
    #expect(try await trader.status(id) == "Fully Executed")
    #expect(try await trader.history(id).map { $0.number("execQty") } == [0, 0, 0, 175, 200])
    let trades = try await trader.rig.rows("/orders/NC/1000001/\(id)/trades", trader.token)
    #expect(trades.map { $0.number("tradeQty") } == [175, 25])
  }

  @Test func `show up in positions and funds`() async throws {
    let trader = try await Trader()
    let before = try await trader.rig.rows("/trades/1000001", trader.token)
    _ = try await trader.send(Orders.buyONGC(price: "0", quantity: 40, product: "BIGTRADE"))
    await trader.rig.move(to: "2026-07-09T11:00:02+05:30")
    let after = try await trader.rig.rows("/trades/1000001", trader.token)
    func net(_ rows: [JSON]) -> Int {
      rows.filter { $0.words("scripCode") == "2475" && $0.words("productType") == "BIGTRADE" }
        .reduce(0) { $0 + $1.number("netQty") }
    }
    #expect(net(after) == net(before) + 40)
  }

  @Test func `resting trade only beyond their limit, whenever one looks`() async throws {
    let limit = try await Trader().now(-8)
    func outcome(lookingAt times: [String]) async throws -> [String] {
      let trader = try await Trader()
      let id = try await trader.send(Orders.buyONGC(price: limit)).words("orderId")
      for time in times {
        await trader.rig.move(to: time)
        _ = try await trader.history(id)
      }
      return try await trader.history(id).map(\.text)
    }
    let late = try await outcome(lookingAt: ["2026-07-09T15:31:00+05:30"])
    let often = try await outcome(
      lookingAt: (0...31).map { "2026-07-09T15:\($0 < 10 ? "0" : "")\($0):00+05:30" })
    #expect(late == often)
  }

  @Test func `resting are filled at their limit, once the market went through it`() async throws {
    let trader = try await Trader()
    let limit = try #require(Paise(text: try await trader.now(-6)))
    let id = try await trader.send(Orders.buyONGC(price: limit.text)).words("orderId")
    let start = 11 * 3600 + 1
    let day = MarketTime(try #require(Instant(rfc3339: "2026-07-09T11:00:00+05:30"))).day
    let path = await trader.rig.simulator.exchange.market.path(trader.ongc, on: day)
    let crossing = (start..<SessionDays.close).first {
      path.price(at: $0).count < limit.count
    }
    await trader.rig.move(to: "2026-07-09T15:31:00+05:30")
    let last = try #require(try await trader.history(id).last)
    if let crossing {
      #expect(last.words("avgPrice") == limit.text)
      #expect(
        last.words("updateDate") == MarketTime(day: day, second: crossing).row)
    } else {
      #expect(last.words("orderStatus") == "Expired")
    }
  }

  @Test func `far away expire at the close`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    await trader.rig.move(to: "2026-07-09T15:29:59+05:30")
    #expect(try await trader.status(id) == "Pending")
    await trader.rig.move(to: "2026-07-09T15:30:00+05:30")
    #expect(try await trader.status(id) == "Expired")
  }

  @Test func `of immediate validity are gone if the market is elsewhere`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210", validity: "IOC"))
      .words("orderId")
    await trader.rig.move(to: "2026-07-09T11:00:01+05:30")
    #expect(try await trader.status(id) == "Cancelled")
  }

  @Test func `with a trigger sleep until it is reached`() async throws {
    let trader = try await Trader()
    let trigger = try await trader.now(400)
    let id = try await trader.send(Orders.buyONGC(price: "0", trigger: trigger)).words("orderId")
    await trader.rig.move(to: "2026-07-09T11:00:05+05:30")
    #expect(try await trader.status(id) == "Pending")
    let reached = try await Trader()
    let near = try await reached.now(-100)
    let filled = try await reached.send(Orders.buyONGC(price: "0", trigger: near))
      .words("orderId")
    await reached.rig.move(to: "2026-07-09T11:00:05+05:30")
    #expect(try await reached.status(filled) == "Fully Executed")
  }

  @Test func `that would sell short set margin aside while they wait`() async throws {
    let trader = try await Trader()
    func held() async throws -> Double {
      let rows = try await trader.rig.rows("/limitstmt/NC/1000001", trader.token)
      return try #require(rows.first.flatMap { Double($0.words("holdFunds")) })
    }
    let before = try await held()
    let limit = try #require(Paise(text: try await trader.now(200)))
    _ = try await trader.send(
      Orders.buyONGC(price: limit.text, quantity: 100, side: "S", product: "BIGTRADE"))
    #expect(abs(try await held() - before - Double(limit.count) / 5) < 0.01)
  }

  @Test func `of the day are ended by the broker before the close, whenever one looks`()
    async throws
  {
    func outcome(lookingAt times: [String]) async throws -> [String] {
      let trader = try await Trader()
      _ = try await trader.send(Orders.buyONGC(price: "0", quantity: 40, product: "BIGTRADE"))
      let far = try await trader.send(Orders.buyONGC(price: "210", product: "BIGTRADE"))
        .words("orderId")
      for time in times {
        await trader.rig.move(to: time)
        _ = try await trader.history(far)
      }
      let open = try await trader.rig.rows("/trades/1000001", trader.token).filter {
        $0.words("productType") == "BIGTRADE" && $0.number("netQty") != 0
      }
      #expect(open.map(\.text) == [], "at \(times)")
      let closing = try await trader.history("900000001")
      #expect(closing.last?.words("orderStatus") == "Fully Executed")
      #expect(closing.last?.words("updateDate") == "2026-07-09 15:20:01.0")
      #expect(closing.last?.words("channelCode") == "PWR_TRD")
      #expect(try await trader.status(far) == "Cancelled")
      return try await trader.rig.rows("/reports/1000001", trader.token).map(\.text)
    }
    let late = try await outcome(lookingAt: ["2026-07-09T15:31:00+05:30"])
    let often = try await outcome(
      lookingAt: ["15:19:59", "15:20:00", "15:20:01", "15:31:00"].map { "2026-07-09T\($0)+05:30" })
    #expect(late == often)
  }

  @Test func `given after hours work in the next session`() async throws {
    let trader = try await Trader(at: "2026-07-09T18:00:00+05:30")
    let id = try await trader.send(Orders.buyONGC(price: "0", afterHour: "Y")).words("orderId")
    #expect(id == "500000001")
    await trader.rig.move(to: "2026-07-10T09:15:00+05:30")
    let next = try await trader.rig.signIn()
    let rows = try await trader.rig.rows("/reports/NC/1000001/\(id)", next)
    #expect(rows.last?.words("updateDate") == "2026-07-10 09:15:00.0")
    #expect(rows.last?.words("orderStatus") == "Fully Executed")
  }
}
