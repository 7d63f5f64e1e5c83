import Testing
import TradingTime

@testable import SharekhanSimulator

/// Whatever a client sends, the next one is served.
@Suite(.timeLimit(.minutes(10)))
struct `Extreme requests` {
  private static let numbers = [
    "9223372036854775807", "-9223372036854775808", "99999999999999999999", "-1", "0", "1e5",
  ]

  @Test(arguments: numbers)
  func `in a path are answered`(number: String) async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    for path in [
      "trades/\(number)", "reports/NC/1000001/\(number)", "historical/NC/\(number)/daily",
      "historical/NF/\(number)/daily", "cancelOrder/\(number)", "master/\(number)",
    ] {
      let answer = await rig.get("/skapi/services/" + path, token: token)
      #expect([200, 403].contains(answer.status), "\(path): \(answer.text)")
    }
    let query = "api_key=\(Rig.key)&customer=\(number)"
    #expect(await rig.get("/skapi/auth/login.html", query: query).status == 400)
  }

  @Test(arguments: numbers)
  func `in an order are turned down`(number: String) async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    // Half filled, so that what remains is added to what was done.
    let body = Orders.buyONGC(price: "0", quantity: 160)
    let id = try #require(
      try await rig.post("/skapi/services/orders", body, token: token).json["data"]
    ).words("orderId")
    await rig.move(to: "2026-07-09T11:00:01+05:30")
    for field in ["quantity", "scripCode", "disclosedQty", "price", "triggerPrice"] {
      for request in ["NEW", "MODIFY"] {
        let order =
          #"{"customerId":1000001,"scripCode":2475,"tradingSymbol":"ONGC","#
          + #""exchange":"NC","transactionType":"B","orderType":"NORMAL","validity":"GFD","#
          + #""productType":"INVESTMENT","requestType":"\#(request)","orderId":"\#(id)","#
          + #""\#(field)":"\#(number)"}"#
        let answer = await rig.post("/skapi/services/orders", order, token: token)
        #expect([200, 400].contains(answer.status), "\(order): \(answer.text)")
      }
    }
    #expect(try await rig.rows("/trades/1000001", token).count > 0)
  }

  @Test(arguments: numbers)
  func `on the socket are passed over`(number: String) async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NC\(number)")
    await socket.watch("NF\(number),BC\(number)")
    await socket.send(#"{"action":"ack","key":[""],"value":[\#(number)]}"#)
    await socket.watch("NC2885")
    let frames = await socket.rest()
    #expect(frames.last?.contains(#""scripCode":2885"#) == true)
  }

  @Test func `to the clock leave it within a century`() async throws {
    let rig = try Rig()
    for real in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
      let answer = await rig.post("/simulator/clock", #"{"speed":100000,"real":"\#(real)"}"#)
      #expect(answer.status == 200)
    }
    #expect(await rig.get("/skapi/services/master/NF").status == 200)
  }
}
