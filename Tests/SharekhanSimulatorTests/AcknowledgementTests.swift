import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `Acknowledgements` {
  private func placed(_ body: String) async throws -> (Rig, String, Socket, String) {
    let rig = try Rig()
    let token = try await rig.signIn()
    let socket = try await Socket.listening(rig, token: token)
    let answer = await rig.post("/skapi/services/orders", body, token: token)
    let id = try #require(try answer.json["data"]).words("orderId")
    return (rig, token, socket, id)
  }

  @Test func `follow an order to its end, each fill with its own trade`() async throws {
    var (rig, _, socket, id) = try await placed(Orders.buyONGC(price: "0", quantity: 160))
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    await rig.simulator.beat()
    await rig.simulator.beat()
    let frames = await socket.rest().compactMap { JSON(reading: $0.utf8) }
    #expect(frames.allSatisfy { $0.words("message") == "ack" })
    let acks = frames.compactMap { $0["data"] }
    #expect(
      acks.map {
        "\($0.words("AckState")) \($0.words("TradeQty")) of \($0.words("OrderQty")), "
          + "\($0.words("RemainingQty")) left, trade \($0.words("TradeID"))"
      } == [
        "NewOrderConfirmation 0 of 160, 160 left, trade 0",
        "TradeConfirmation 140 of 160, 20 left, trade \(id)1",
        "TradeConfirmation 20 of 160, 0 left, trade \(id)2",
      ])
    #expect(acks.allSatisfy { $0.words("SharekhanOrderID") == id })
    #expect(acks[0].words("ExchangeDateTime") == "09/07/2026 11:00:00", "the day comes first")
  }

  @Test func `tell of a change and a cancellation`() async throws {
    var (rig, token, socket, id) = try await placed(Orders.buyONGC(price: "230"))
    await rig.move(to: "2026-07-09T11:00:01+05:30")
    for request in ["MODIFY", "CANCEL"] {
      let body = Orders.buyONGC(price: "229", request: request, id: id, rms: "SKSIMNSE1")
      #expect(await rig.post("/skapi/services/orders", body, token: token).status == 200)
    }
    await rig.simulator.beat()
    let acks = await socket.rest().compactMap { JSON(reading: $0.utf8)?["data"] }
    #expect(
      acks.map { "\($0.words("AckState")) at \($0.words("OrderPrice"))" } == [
        "NewOrderConfirmation at 230.00", "ModifyOrderConfirmation at 229.00",
        "CancelOrderConfirmation at 229.00",
      ])
  }

  @Test func `have the documented keys`() async throws {
    var (rig, _, socket, _) = try await placed(Orders.buyONGC(price: "230"))
    await rig.move(to: "2026-07-09T11:00:01+05:30")
    await rig.simulator.beat()
    #expect(
      try await socket.next()["data"]?.shape
        == "AckState:string BookProfitPrice:string BuySellString:string ChannelCode:string "
        + "ChannelUser:string ChildSLPrice:string CoverOrderId:string CustomerID:string "
        + "DisclosedQty:number DisclosedRemainingQty:number ErrorMessage:string "
        + "Exchange:string ExchangeCode:string ExchangeDateTime:string ExchangeOrderID:string "
        + "LimitLossToPrice:string OrderPrice:string OrderQty:number "
        + "OrderTargetPrice:string OrderTrailingPrice:string OrderType:string "
        + "RemainingQty:number SegmentCode:string SharekhanOrderID:string TradeID:number "
        + "TradePrice:string TradeQty:number TradingSymbol:string TriggerPrice:string")
  }

  @Test func `are not told to another customer, nor of the past`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    _ = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "0"), token: token)
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    var late = try await Socket.listening(rig, token: token)
    var other = try await Socket(rig, token: try await rig.signIn(1_000_002))
    await other.send(#"{"action":"subscribe","key":["ack"],"value":[""]}"#)
    await other.send(#"{"action":"ack","key":[""],"value":[1000001]}"#)
    _ = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "230"), token: token)
    await rig.move(to: "2026-07-09T11:00:06+05:30")
    await rig.simulator.beat()
    #expect(await other.rest().count == 1, "only the answer to its subscription")
    #expect(await late.rest().count == 1, "only the order placed since")
  }

  @Test func `tell also of what was done in the broker's own terminal`() async throws {
    let rig = try Rig(at: "2026-07-09T09:15:00+05:30")
    let token = try await rig.signIn()
    var socket = try await Socket.listening(rig, token: token)
    await rig.move(to: "2026-07-09T15:40:00+05:30")
    await rig.simulator.beat()
    let told = await socket.rest().compactMap { JSON(reading: $0.utf8)?["data"] }
    #expect(told.allSatisfy { $0.words("ChannelCode") == "PWR_TRD" })
    let filled = try await rig.rows("/reports/1000001", token).reduce(0) {
      $0 + $1.number("execQty")
    }
    #expect(filled > 0 && told.reduce(0) { $0 + $1.number("TradeQty") } == filled)
  }

  @Test func `tell of what the exchange turned away after the broker had taken it`() async throws {
    let body = Orders.buyONGC(price: "250", quantity: 39_700, product: "BIGTRADE")
    var (rig, token, socket, id) = try await placed(body)
    await rig.move(to: "2026-07-09T11:00:01+05:30")
    await rig.simulator.beat()
    let reason = "Quantity exceeds the freeze quantity 39600"
    let acks = await socket.rest().compactMap { JSON(reading: $0.utf8)?["data"] }
    #expect(
      acks.map { "\($0.words("AckState")): \($0.words("ErrorMessage"))" } == [
        "NewOrderRejection: \(reason)"
      ])
    let row = try await rig.rows("/reports/1000001", token).first { $0.words("orderId") == id }
    #expect(row?.words("orderStatus") == "Rejected" && row?.words("errorMsg") == reason)
    let history = try await rig.rows("/reports/NC/1000001/\(id)", token)
    #expect(history.map { $0.words("orderStatus") } == ["In-Process", "In-Process", "Rejected"])
    #expect(history.map { $0.words("exchangeOrderId") } == ["", "", ""])
  }
}
