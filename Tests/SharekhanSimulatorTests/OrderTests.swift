import Testing
import TradingTime

@testable import SharekhanSimulator

/// A client that trades ONGC through the wire and looks at what became of it.
private struct Trader {
  let rig: Rig
  let token: String
  let ongc: Listing

  init(at time: String = "2026-07-09T11:00:00+05:30", strict: Bool = false) async throws {
    rig = try Rig(at: time) { $0.strictRMS = strict }
    token = try await rig.signIn()
    ongc = try #require(Listing.find(code: 2475, at: .nse, SessionDays()))
  }

  func send(_ body: String) async throws -> JSON {
    let answer = await rig.post("/skapi/services/orders", body, token: token)
    return try #require(try answer.json["data"], "\(answer.text)")
  }

  func history(_ id: String) async throws -> [JSON] {
    try await rig.rows("/reports/NC/1000001/\(id)", token)
  }

  func status(_ id: String) async throws -> String {
    try #require(try await history(id).last).words("orderStatus")
  }

  func price(_ text: String) async throws -> Paise {
    let instant = try #require(Instant(rfc3339: text))
    return await rig.simulator.exchange.market.price(ongc, at: instant)
  }

  func now(_ ticks: Int64) async throws -> String {
    let rows = try await rig.rows("/historical/NC/2475/1minute", token)
    let last = try #require(rows.last.flatMap { Paise(text: $0.words("close")) })
    return Paise(last.count + ticks * ongc.tick).text
  }
}

@Suite(.timeLimit(.minutes(1)))
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

@Suite(.timeLimit(.minutes(1)))
struct `Changing an order` {
  @Test func `cancels it for good`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    await trader.rig.move(to: "2026-07-09T11:05:00+05:30")
    let cancel = Orders.buyONGC(price: "210", request: "CANCEL", id: id, rms: "SKSIMNSE1")
    let taken = try await trader.send(cancel)
    #expect([taken.words("orderId"), taken.words("rmscode")] == [id, "SKSIMNSE1"])
    let row = try #require(try await trader.history(id).last)
    #expect(
      ["orderStatus", "requestStatus", "updateUser"].map(row.words)
        == ["Cancelled", "CANCEL", "COC"])
    let again = try await trader.send(cancel)
    #expect(
      [again.words("orderId"), again.words("errormsg")] == ["0", "Order is already Cancelled"])
  }

  @Test func `by the short route cancels it too`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    let answer = await trader.rig.get("/skapi/services/cancelOrder/\(id)", token: trader.token)
    #expect(answer.status == 200)
    #expect(try await trader.status(id) == "Cancelled")
  }

  @Test func `sets price and remaining quantity`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    await trader.rig.move(to: "2026-07-09T11:05:00+05:30")
    let better = Orders.buyONGC(
      price: try await trader.now(20), quantity: 12, request: "MODIFY", id: id)
    #expect(try await trader.send(better).words("orderId") == id)
    await trader.rig.move(to: "2026-07-09T11:05:02+05:30")
    let rows = try await trader.history(id)
    #expect(
      rows.map { $0.words("orderStatus") }
        == ["In-Process", "In-Process", "Pending", "Pending", "Fully Executed"])
    #expect(rows.map { $0.words("requestStatus") } == ["NEW", "NEW", "NEW", "MODIFY", "MODIFY"])
    #expect(rows.last?.number("execQty") == 12)
  }

  @Test func `demands its own RMS code where the simulator is strict`() async throws {
    let trader = try await Trader(strict: true)
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    let any = try await trader.send(Orders.buyONGC(price: "210", request: "CANCEL", id: id))
    #expect([any.words("orderId"), any.words("errormsg")] == ["0", "RMS code is invalid"])
    let own = Orders.buyONGC(price: "210", request: "CANCEL", id: id, rms: "SKSIMNSE1")
    #expect(try await trader.send(own).words("orderId") == id)
  }

  @Test func `after the clock was set back undoes what came later`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    await trader.rig.move(to: "2026-07-09T15:31:00+05:30")
    #expect(try await trader.status(id) == "Expired")
    await trader.rig.move(to: "2026-07-09T12:00:00+05:30")
    #expect(try await trader.status(id) == "Pending")
    let cancel = Orders.buyONGC(price: "210", request: "CANCEL", id: id)
    #expect(try await trader.send(cancel).words("orderId") == id)
    await trader.rig.move(to: "2026-07-09T15:31:00+05:30")
    #expect(try await trader.status(id) == "Cancelled")
  }
}

@Suite(.timeLimit(.minutes(1)))
struct `A rejected order` {
  @Test(arguments: [
    (Orders.buyONGC(price: "0", quantity: 0), "Quantity should be between 1 and 1000000"),
    (Orders.buyONGC(price: "240.03"), "Price should be in multiples of 0.05"),
    (Orders.buyONGC(price: "240.005"), "Price should be in multiples of 0.05"),
    (Orders.buyONGC(price: "-1"), "Price should be in multiples of 0.05"),
    (Orders.buyONGC(price: "0", scrip: 2885), "Scrip code is invalid"),
    (Orders.buyONGC(price: "0", side: "X"), "Transaction type is invalid"),
    (Orders.buyONGC(price: "0", product: "CNC"), "Product type is invalid"),
    (Orders.buyONGC(price: "0", validity: "GTC"), "Validity is invalid"),
    (
      Orders.buyONGC(price: "0", afterHour: "Y"),
      "After market order not allowed in market hours"
    ),
    (Orders.buyONGC(price: "0", request: "CANCEL", id: "1"), "Order id is invalid"),
    (Orders.buyONGC(price: "0", request: "MODIFY"), "Order id is invalid"),
  ])
  func `comes back inside HTTP 200 with the reason`(body: String, reason: String) async throws {
    let trader = try await Trader()
    let answer = await trader.rig.post("/skapi/services/orders", body, token: trader.token)
    #expect(
      answer.text
        == #"{"status":200,"message":"order","timestamp":"2026-07-09T11:00:00+05:30","#
        + #""data":{"orderId":"0","rmscode":"","errormsg":"\#(reason)"}}"#)
    let book = try await trader.rig.rows("/reports/1000001", trader.token)
    #expect(book.allSatisfy { $0.words("channelCode") != "SKAPI" })
  }

  @Test(arguments: [
    (Orders.buyONGC(price: "400"), "Price is outside the range"),
    (Orders.buyONGC(price: "0", quantity: 900_000), "Insufficient funds"),
    (Orders.buyONGC(price: "0", quantity: 5000, side: "S"), "Insufficient holdings"),
  ])
  func `names what is missing`(body: String, reason: String) async throws {
    let data = try await Trader().send(body)
    #expect(data.words("orderId") == "0")
    #expect(data.words("errormsg").hasPrefix(reason), "\(data.text)")
  }

  @Test func `is what one gets when the market is closed`() async throws {
    for time in [
      "2026-07-09T09:14:59+05:30", "2026-07-09T15:30:00+05:30", "2026-07-11T11:00:00+05:30",
    ] {
      let data = try await Trader(at: time).send(Orders.buyONGC(price: "0"))
      #expect(data.words("errormsg") == "Market is closed", "\(time)")
    }
  }

  @Test func `of a product that is not enabled is an HTTP error`() async throws {
    let trader = try await Trader()
    let answer = await trader.rig.post(
      "/skapi/services/orders", Orders.buyONGC(price: "0", product: "BIGTRADEPLUS"),
      token: trader.token)
    #expect(answer.status == 400)
    #expect(
      answer.text == #"{"status":400,"message":"User don't have rights for BIGTRADEPLUS"}"#)
  }

  @Test(arguments: [
    "[]", "{}", #"{"requestType":"NEW"}"#, #"{"requestType":"BUY","customerId":1000001}"#,
    #"{"requestType":"NEW","customerId":1000001,"quantity":"ten"}"#,
    #"{"requestType":"NEW","customerId":1000001,"price":{}}"#,
  ])
  func `that does not bind is an unreadable request`(body: String) async throws {
    let trader = try await Trader()
    let answer = await trader.rig.post("/skapi/services/orders", body, token: trader.token)
    #expect(answer.status == 400)
    #expect(answer.text.contains("Failed to read request"))
  }

  @Test func `is never one that closes an intraday position`() async throws {
    let trader = try await Trader()
    let big = Orders.buyONGC(price: "0", quantity: 90_000, product: "BIGTRADE")
    #expect(try await trader.send(big).words("orderId") != "0")
    await trader.rig.move(to: "2026-07-09T11:00:05+05:30")
    let back = Orders.buyONGC(price: "0", quantity: 90_000, side: "S", product: "BIGTRADE")
    #expect(try await trader.send(back).words("errormsg") == "")
  }
}
