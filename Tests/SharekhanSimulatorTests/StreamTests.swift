import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `A handshake` {
  private func open(_ query: String) async throws -> WireAnswer {
    let rig = try Rig()
    _ = try await rig.signIn()
    let request = WireRequest("GET", "/skstream/api/stream", query: query)
    guard case .refused(let answer) = await rig.simulator.open(request) else {
      return WireAnswer(status: 101)
    }
    return answer
  }

  @Test(arguments: ["", "ACCESS_TOKEN=", "ACCESS_TOKEN=a.b.c", "access_token=x"])
  func `without a good token is refused`(query: String) async throws {
    let answer = try await open(query)
    #expect(answer.status == 401)
    #expect(answer.text == #"{"status":401,"message":"error","errorType":"Unauthorized"}"#)
  }

  @Test(arguments: [("SIMULATED-API-KEY-0001", true), ("OTHER", false)])
  func `may name the API key, which must be right then`(key: String, opens: Bool) async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let request = WireRequest(
      "GET", "/skstream/api/stream", query: "ACCESS_TOKEN=\(token)&API_KEY=\(key)")
    if case .opened = await rig.simulator.open(request) { #expect(opens) } else { #expect(!opens) }
  }

  @Test func `that asks for no upgrade is told so`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let plain = await rig.get("/skstream/api/stream", query: "ACCESS_TOKEN=\(token)")
    #expect(plain.status == 426)
    #expect(await rig.get("/skstream/api/stream").status == 401)
  }

  @Test func `beyond the thousandth open connection is refused`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let first = try await Socket(rig, token: token)
    for _ in 2...1000 { _ = try await Socket(rig, token: token) }
    await #expect(throws: Socket.Refused.self) { try await Socket(rig, token: token) }
    await rig.simulator.close(first.id)
    _ = try await Socket(rig, token: token)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `The feed` {
  @Test(arguments: [
    (#"["feed"]"#, "success FEED"), (#"["ack"]"#, "success ACK"),
    (#"["feed","ack"]"#, "success FEED,success ACK"),
    (#"["feed, ack"]"#, "success FEED,success ACK"),
  ])
  func `answers a subscription to modules`(keys: String, answer: String) async throws {
    let rig = try Rig()
    var socket = try await Socket(rig, token: try await rig.signIn())
    await socket.send(#"{"action":"subscribe","key":\#(keys),"value":[""]}"#)
    #expect(
      await socket.rest() == [
        #"{"status":100,"message":"subscribe","timestamp":"2026-07-09T11:00:00+05:30","#
          + #""data":"\#(answer)"}"#
      ])
  }

  @Test func `says nothing to who did not subscribe to its module`() async throws {
    let rig = try Rig()
    var socket = try await Socket(rig, token: try await rig.signIn())
    await socket.watch("NC2885")
    await socket.send(#"{"action":"subscribe","key":["ack"],"value":[""]}"#)
    await socket.watch("NC2885")
    await rig.move(to: "2026-07-09T11:10:00+05:30")
    await rig.simulator.beat()
    #expect(await socket.rest().count == 1, "only the subscription to ack has an answer")
  }

  @Test func `gives a list first, then single objects`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NC2885,NF37833,NC2475")
    let list = try await socket.next()
    #expect(list.words("status") == "100" && list.words("message") == "feed")
    guard case .array(let rows) = try #require(list["data"]) else {
      Issue.record("the first answer is no list: \(list.text)")
      return
    }
    #expect(rows.map { $0.words("scripCode") } == ["2885", "2475"])
    #expect(
      rows[0].shape
        == "avgPrice:number bidPrice:number bidQty:number close:number exchangeCode:string "
        + "high:number lastUpdatedTime:string low:number lowerCkt:number ltp:number ltq:number "
        + "ltt:string offPrice:number offQty:number open:number perChange:number qty:number "
        + "rsChange:number scripCode:number totalBuyQty:number totalSellQty:number "
        + "upperCkt:number yrHigh:number yrLow:number")
    #expect(rows[0].words("ltt") == "07/09/2026 11:00:00", "quotes put the month first")
    await rig.move(to: "2026-07-09T11:00:07+05:30")
    await rig.simulator.beat()
    let ticks = [try await socket.next(), try await socket.next()]
    #expect(ticks.map { $0["data"]?.words("scripCode") } == ["2885", "2475"])
    #expect(ticks[0]["data"]?["yrHigh"] == nil, "a tick leaves out what stays the same")
    #expect(await socket.rest() == [])
  }

  @Test func `shows the price at which orders trade`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    var socket = try await Socket.listening(rig, token: token)
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    await socket.watch("NC2475")
    guard case .array(let rows) = try #require(try await socket.next()["data"]) else { return }
    await rig.move(to: "2026-07-09T11:00:04+05:30")
    _ = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "0"), token: token)
    await rig.move(to: "2026-07-09T11:00:06+05:30")
    let order = try #require(
      try await rig.rows("/reports/1000001", token).first { $0.words("channelCode") == "SKAPI" })
    #expect(order.words("execPrice") == rows[0].words("offPrice"), "a purchase pays the offer")
  }

  @Test func `never lets a day's high sink or its low rise`() async throws {
    let rig = try Rig(at: "2026-07-09T09:15:00+05:30")
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NC2885")
    var (high, low) = (Paise(0), Paise(1 << 40))
    guard case .array = try #require(try await socket.next()["data"]) else { return }
    for minute in 16..<60 {
      await rig.move(to: "2026-07-09T09:\(minute):00+05:30")
      await rig.simulator.beat()
      let tick = try #require(try await socket.next()["data"])
      func price(_ key: String) throws -> Paise { try #require(Paise(text: tick.words(key))) }
      #expect(try price("high") >= max(high, price("ltp")))
      #expect(try price("low") <= min(low, price("ltp")))
      (high, low) = (try price("high"), try price("low"))
    }
  }

  @Test(arguments: ["09:15:00", "09:15:01", "11:00:00", "15:29:59", "15:30:00", "18:00:00"])
  func `and the candles tell of the same day`(time: String) async throws {
    let rig = try Rig(at: "2026-07-09T\(time)+05:30")
    let token = try await rig.signIn()
    var socket = try await Socket.listening(rig, token: token)
    await socket.watch("NC2885")
    guard case .array(let quotes) = try #require(try await socket.next()["data"]) else { return }
    func amounts(_ row: JSON, _ last: String) -> [Paise?] {
      ["open", "high", "low", last].map { Paise(text: row.words($0)) }
    }
    let day = try #require(try await rig.rows("/historical/NC/2885/daily", token).last)
    #expect(amounts(day, "close") == amounts(quotes[0], "ltp"))
    let minutes = try await rig.rows("/historical/NC/2885/1minute", token)
      .filter { $0.words("tradeDate") == "9/7/2026" }
    #expect(minutes.compactMap { Paise(text: $0.words("high")) }.max() == amounts(day, "close")[1])
    #expect(minutes.compactMap { Paise(text: $0.words("low")) }.min() == amounts(day, "close")[2])
  }

  @Test func `has five levels a side in depth and full`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NC2885", "depth")
    await socket.watch("NC2885", "full")
    for hasQuote in [false, true] {
      guard case .array(let rows) = try #require(try await socket.next()["data"]),
        case .array(let bids) = try #require(rows[0]["bids"]),
        case .array(let asks) = try #require(rows[0]["asks"])
      else { return }
      #expect((rows[0]["ltp"] != nil) == hasQuote)
      let prices = (bids.reversed() + asks).compactMap { Paise(text: $0.words("price")) }
      #expect(prices.count == 10 && prices == prices.sorted(), "bids below asks, best ones inside")
    }
  }

  @Test func `calls an index by another name`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NC20000")
    let frame = try await socket.next()
    #expect(frame.words("message") == "indices")
    #expect(frame["data"]?.words("ltt") == "7/9/2026 11:00:00 AM")
    #expect(frame["data"]?.words("idxName") == "NIFTY")
  }

  @Test func `stops for what is unsubscribed`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NC2885,NC2475")
    await socket.send(#"{"action":"feed","key":["full"],"value":["NC1594","NC3045"]}"#)
    _ = try await (socket.next(), socket.next())
    await socket.send(#"{"action":"unsubscribe","key":["feed"],"value":["NC2885,NC1594"]}"#)
    await socket.send(#"{"action":"unsubscribe","key":["ltp"],"value":["NC2475","NC3045"]}"#)
    await rig.move(to: "2026-07-09T11:01:00+05:30")
    await rig.simulator.beat()
    #expect(try await socket.next()["data"]?.words("scripCode") == "3045")
    #expect(await socket.rest() == [])
  }

  @Test func `takes a thousand instruments and not one more`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch((1...1000).map { "NF\($0)" }.joined(separator: ","))
    await socket.watch("NC2885")
    await socket.watch("NF1000", "full")
    #expect(
      await socket.rest() == [
        #"{"status":101,"message":"feed","timestamp":"2026-07-09T11:00:00+05:30","#
          + #""data":"Maximum 1000 scrips are allowed"}"#
      ])
  }

  @Test(arguments: [
    "heartbeat", "ping", #"{"action":"fetch","key":["ltp"],"value":["NC22"]}"#,
    #"{"action":"ack","key":[""],"value":["1000002"]}"#,
    #"{"action":"feed","key":["nonsense"],"value":["NC22"]}"#,
  ])
  func `passes over what it does not know`(text: String) async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.send(text)
    #expect(await socket.rest() == [])
  }

  @Test(arguments: ["", "{", "[]", "true", #"{"key":["ltp"]}"#])
  func `calls nonsense an error`(text: String) async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.send(text)
    let frame = try await socket.next()
    #expect(frame.words("status") == "101" && frame.words("data") == "Invalid request")
  }

  @Test func `beats its heart every half minute`() async throws {
    let rig = try Rig()
    var socket = try await Socket(rig, token: try await rig.signIn())
    for seconds: Int64 in [29, 1, 29, 1] {
      rig.wait(seconds: seconds)
      await rig.simulator.beat()
    }
    #expect(await socket.rest() == ["heartbeat", "heartbeat"])
  }

  @Test func `ends with the token`() async throws {
    let rig = try Rig(at: "2026-07-09T23:59:58+05:30")
    var socket = try await Socket(rig, token: try await rig.signIn())
    await rig.simulator.beat()
    await rig.move(to: "2026-07-09T23:59:59+05:30")
    await rig.simulator.beat()
    #expect(await socket.last() == .close(code: 1008, reason: "token expired"))
    await socket.send("{")
  }

  @Test func `cuts off who does not read`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    let names = "NC2885,NC2475,NC1594,NC3045,NC11536,NC1660,NC1333,NC4963,NC11483,NC3506"
    for _ in 0..<2000 { await socket.watch(names, "full") }
    #expect(await socket.last() == .sever)
    for await _ in socket.outbox.overrun { break }
  }
}
