import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
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
    let again = try await trader.send(back).words("errormsg")
    #expect(again.hasPrefix("Insufficient funds"), "it would open one the other way: \(again)")
  }

  @Test func `is one for the day when intraday business has ended`() async throws {
    let trader = try await Trader(at: "2026-07-09T15:20:00+05:30")
    let late = try await trader.send(Orders.buyONGC(price: "0", product: "BIGTRADE"))
    #expect(late.words("errormsg") == "Intraday orders are closed for today")
    #expect(try await trader.send(Orders.buyONGC(price: "0")).words("errormsg") == "")
  }

  @Test func `after hours is one beyond the next session's band`() async throws {
    let trader = try await Trader(at: "2026-07-10T18:00:00+05:30")
    let monday = try #require(CivilDate("2026-07-13")).daysSinceEpoch
    let band = await trader.rig.simulator.exchange.market.band(trader.ongc, on: monday)
    func answer(_ price: Paise) async throws -> String {
      try await trader.send(Orders.buyONGC(price: price.text, afterHour: "Y")).words("errormsg")
    }
    #expect(try await answer(band.upperBound) == "")
    #expect(
      try await answer(band.upperBound + Paise(trader.ongc.tick))
        == "Price is outside the range \(band.lowerBound.text) - \(band.upperBound.text)")
  }
}
