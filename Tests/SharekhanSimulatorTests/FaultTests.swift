import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `Faults` {
  private func rig(_ rules: String, pause: @escaping Simulator.Pause = { _ in }) async throws -> (
    Rig, String
  ) {
    let rig = try Rig(pause: pause)
    let token = try await rig.signIn()
    let answer = await rig.post("/simulator/faults", rules)
    #expect(answer.status == 200, "\(answer.text)")
    return (rig, token)
  }

  @Test(arguments: [
    (
      #"{"kind":"status","status":429}"#, 429, #"{"status":429,"message":"Too Many Requests"}"#
    ),
    (
      #"{"kind":"status","status":403}"#, 403,
      #"{"status":403,"message":"error","errorType":"Access Denied"}"#
    ),
    (
      #"{"kind":"html"}"#, 502,
      "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>\n"
    ),
    (#"{"kind":"empty204"}"#, 204, ""),
    (
      #"{"kind":"null"}"#, 200,
      #"{"status":200,"message":"holdings","timestamp":"2026-07-09T11:00:00+05:30","data":null}"#
    ),
    (
      #"{"kind":"empty_list"}"#, 200,
      #"{"status":200,"message":"holdings","timestamp":"2026-07-09T11:00:00+05:30","data":[]}"#
    ),
    (
      #"{"kind":"no_records"}"#, 200,
      #"{"status":200,"message":"holdings","timestamp":"2026-07-09T11:00:00+05:30","#
        + #""data":"no_records"}"#
    ),
  ])
  func `of each kind look like the broker's`(rule: String, status: Int, text: String) async throws {
    let (rig, token) = try await rig("[\(rule)]")
    let answer = await rig.get("/skapi/services/holdings/1000001", token: token)
    #expect(answer.status == status)
    #expect(answer.text == text)
  }

  @Test func `turn orders down in every way to write no number, and nothing else`() async throws {
    let (rig, token) = try await rig(#"[{"kind":"reject"}]"#)
    var words: Set<String> = []
    for _ in 0..<60 {
      let answer = await rig.post(
        "/skapi/services/orders", Orders.buyONGC(price: "210"), token: token)
      let data = try #require(try answer.json["data"])
      #expect(answer.status == 200 && data.words("errormsg") == "RMS: the scrip is blocked")
      words.insert(data["orderId"]?.scalarText ?? "(missing)")
    }
    #expect(words == ["0", "", "NA", "null", "(missing)"])
    let holdings = await rig.get("/skapi/services/holdings/1000001", token: token)
    #expect(holdings.text.contains("tradingSymbol"), "only orders are turned down")
    #expect(await rig.simulator.exchange.clientOrderCount == 0, "an order was taken all the same")
  }

  @Test func `cut a body in half`() async throws {
    let (rig, token) = try await rig(#"[{"kind":"truncate","count":1}]"#)
    let half = await rig.get("/skapi/services/holdings/1000001", token: token)
    let whole = await rig.get("/skapi/services/holdings/1000001", token: token)
    #expect(half.body == Array(whole.body.prefix(whole.body.count / 2)))
    #expect(JSON(reading: half.body) == nil)
  }

  @Test func `strike only their route, as often as they say`() async throws {
    let (rig, token) = try await rig(#"[{"kind":"html","route":"/trades","count":2}]"#)
    #expect(await rig.get("/skapi/services/holdings/1000001", token: token).status == 200)
    var seen: [Int] = []
    for _ in 0..<3 {
      seen.append(await rig.get("/skapi/services/trades/1000001", token: token).status)
    }
    #expect(seen == [502, 502, 200])
    #expect(await rig.get("/simulator/state").text.contains(#""strikes":[2]"#))
  }

  @Test func `strike by chance, the same way each time`() async throws {
    func run() async throws -> [Int] {
      let (rig, token) = try await rig(#"[{"kind":"status","probability":0.4}]"#)
      var seen: [Int] = []
      for _ in 0..<100 {
        seen.append(await rig.get("/skapi/services/trades/1000001", token: token).status)
      }
      return seen
    }
    let first = try await run()
    #expect(first == (try await run()))
    #expect((20...60).contains(first.count { $0 == 500 }))
  }

  @Test func `hold an answer back for the time they say`() async throws {
    let pauses = Pauses()
    let (rig, token) = try await rig(
      #"[{"kind":"delay","seconds":2.5}]"#, pause: { await pauses.note($0) })
    #expect(await rig.get("/skapi/services/trades/1000001", token: token).status == 200)
    #expect(await pauses.noted == [.milliseconds(2500)])
  }

  @Test func `end every token given out so far`() async throws {
    let (rig, token) = try await rig(#"[{"kind":"expire_tokens","count":1}]"#)
    #expect(await rig.get("/skapi/services/trades/1000001", token: token).status == 403)
    #expect(await rig.get("/skapi/services/trades/1000001", token: token).status == 403)
    let fresh = try await rig.signIn()
    #expect(await rig.get("/skapi/services/trades/1000001", token: fresh).status == 200)
  }

  @Test(arguments: [("drop", "false", 0), ("drop", "true", 1), ("timeout", "false", 1)])
  func `break a connection off before or after the order was taken`(
    kind: String, after: String, orders: Int
  ) async throws {
    let pauses = Pauses()
    let (rig, token) = try await rig(
      #"[{"kind":"\#(kind)","route":"/orders","after":\#(after)}]"#,
      pause: { await pauses.note($0) })
    let answer = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "0"), token: token)
    #expect(answer.isSevered)
    #expect(await pauses.noted == (kind == "timeout" ? [.seconds(60)] : []))
    let book = try await rig.rows("/reports/1000001", token)
    #expect(book.count { $0.words("channelCode") == "SKAPI" } == orders)
  }

  @Test func `put keys in another order and lose none`() async throws {
    let (rig, token) = try await rig(#"[{"kind":"shuffle","count":1}]"#)
    let odd = await rig.get("/skapi/services/holdings/1000001", token: token)
    let whole = await rig.get("/skapi/services/holdings/1000001", token: token)
    #expect(odd.body != whole.body && odd.body.count == whole.body.count)
    #expect(try odd.json.sorted == (try whole.json.sorted))
  }

  @Test func `turn numbers into strings and back, to the last digit`() async throws {
    let (rig, token) = try await rig("[]")
    let book = try await rig.rows("/reports/1000001", token)
    let path = "/skapi/services/reports/NC/1000001/\(try #require(book.first).words("orderId"))"
    _ = await rig.post("/simulator/faults", #"[{"kind":"flip","count":1}]"#)
    let odd = await rig.get(path, token: token)
    let whole = await rig.get(path, token: token)
    #expect(try odd.json.shape != (try whole.json.shape) || odd.body != whole.body)
    #expect(odd.text.filter { $0 != "\"" } == whole.text.filter { $0 != "\"" })
  }

  @Test func `show a state that nobody knows`() async throws {
    let (rig, token) = try await rig(#"[{"kind":"unknown_state","count":1}]"#)
    let odd = await rig.get("/skapi/services/reports/1000001", token: token)
    guard case .array(let rows) = try #require(try odd.json["data"]) else { return }
    #expect(!rows.isEmpty && rows.allSatisfy { $0.words("orderStatus") == "Awaiting Approval" })
  }

  @Test func `do not depend on what others ask meanwhile`() async throws {
    func run(_ others: Int) async throws -> [Int] {
      let (rig, token) = try await rig(#"[{"kind":"status","probability":0.4}]"#)
      var seen: [Int] = []
      for _ in 0..<50 {
        seen.append(await rig.get("/skapi/services/trades/1000001", token: token).status)
        for _ in 0..<others { _ = await rig.get("/skapi/services/holdings/1000002", token: token) }
      }
      return seen
    }
    #expect(try await run(0) == (try await run(3)))
  }

  @Test func `at random come in every kind, counted, the same each time`() async throws {
    func run() async throws -> (texts: [String], state: JSON) {
      let (rig, token) = try await rig(#"[{"kind":"chaos","probability":0.5}]"#)
      var texts: [String] = []
      for _ in 0..<600 {
        let answer = await rig.get("/skapi/services/holdings/1000001", token: token)
        texts.append("\(answer.status) \(answer.text)")
      }
      return (texts, try await rig.get("/simulator/state").json)
    }
    let (texts, state) = try await run()
    #expect(texts == (try await run()).texts)
    guard case .object(let struck) = try #require(state["struck"]) else { return }
    #expect(
      Set(struck.map(\.key))
        == Set(FaultKind.chaos(at: .request).map(\.rawValue)), "each kind strikes in 300 blows")
    #expect(struck.reduce(0) { $0 + (Int($1.value.text) ?? 0) } == state.numberIn("strikes"))
    let whole = texts.count { $0.hasPrefix("200 ") }
    #expect((300...540).contains(whole), "\(whole) of 600 were answered")
  }

  @Test(arguments: [(false, 0), (true, 1)])
  func `lose the answer to an order that was or was not taken`(
    after: Bool, orders: Int
  ) async throws {
    let (rig, token) = try await rig(#"[{"kind":"html","route":"/orders","after":\#(after)}]"#)
    let answer = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "0"), token: token)
    #expect(answer.status == 502)
    let book = try await rig.rows("/reports/1000001", token)
    #expect(book.count { $0.words("channelCode") == "SKAPI" } == orders)
  }

  @Test(arguments: [
    ("{}", "faults: expected a list of rules"),
    (
      #"[{"kind":"fire"}]"#,
      "faults: rule 1: kind must be one of: delay, timeout, drop, status, html, empty204, "
        + "truncate, null, empty_list, no_records, reject, shuffle, flip, "
        + "unknown_state, expire_tokens, early_ack, "
        + "duplicate_ack, ack_as_feed, drop_socket, silence, chaos"
    ),
    (
      #"[{"kind":"null"},{"kind":"null","chance":1}]"#,
      "faults: rule 2: unknown key 'chance'; keys are: route, kind, count, probability, seconds, "
        + "status, after"
    ),
    (
      #"[{"kind":"null","probability":2}]"#,
      "faults: rule 1: probability must be in 0.0...1.0, got 2"
    ),
  ])
  func `that make no sense are refused in words`(rules: String, message: String) async throws {
    let answer = await (try Rig()).post("/simulator/faults", rules)
    #expect(answer.text == #"{"status":400,"message":"\#(message)"}"#)
  }
}

extension JSON {
  /// Keys in the order of the alphabet, at every depth.
  fileprivate var sorted: JSON {
    switch self {
    case .array(let items): .array(items.map(\.sorted))
    case .object(let members):
      .object(
        members.map { Member(key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
    default: self
    }
  }

  /// The first of a list of numbers.
  fileprivate func numberIn(_ key: String) -> Int? {
    guard case .array(let items)? = self[key] else { return nil }
    return items.first?.scalarText.flatMap { Int($0) }
  }
}

private actor Pauses {
  private(set) var noted: [Duration] = []
  func note(_ duration: Duration) { noted.append(duration) }
}
