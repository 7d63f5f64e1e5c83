import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
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

  @Test func `at once leaves the exchange's answer to the entry as it is`() async throws {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210")).words("orderId")
    let change = Orders.buyONGC(price: "211", quantity: 12, request: "MODIFY", id: id)
    #expect(try await trader.send(change).words("orderId") == id)
    await trader.rig.move(to: "2026-07-09T11:00:01+05:30")
    let rows = try await trader.history(id)
    #expect(
      rows.map { $0.words("orderStatus") } == ["In-Process", "In-Process", "Pending", "Pending"])
    #expect(rows.last?.words("exchangeOrderId").count == 16)
    #expect(rows.last?.words("orderPrice") == "211" && rows.last?.number("orderQty") == 12)
  }

  @Test func `takes disclosed quantity and validity too, and no more than the exchange does`()
    async throws
  {
    let trader = try await Trader()
    let id = try await trader.send(Orders.buyONGC(price: "210", quantity: 100)).words("orderId")
    await trader.rig.move(to: "2026-07-09T11:05:00+05:30")
    let less = Orders.buyONGC(price: "210", quantity: 20, request: "MODIFY", id: id)
      .replacing(#""disclosedQty": 0"#, with: #""disclosedQty": 10"#)
    #expect(try await trader.send(less).words("orderId") == id)
    #expect(try await trader.history(id).last?.number("disclosedQty") == 10)
    let much = Orders.buyONGC(
      price: "210", quantity: trader.ongc.freezeQuantity + 1, request: "MODIFY", id: id)
    #expect(
      try await trader.send(much).words("errormsg")
        == "Quantity exceeds the freeze quantity \(trader.ongc.freezeQuantity)")
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
