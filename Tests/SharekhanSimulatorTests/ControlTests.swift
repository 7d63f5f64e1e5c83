import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(1)))
struct `The simulated clock` {
  private let start = Instant(microseconds: 1_000_000_000)

  @Test func `runs at its speed and stops where it was told to`() throws {
    let simulated = try #require(Instant(rfc3339: "2026-07-09T09:00:00+05:30"))
    let clock = SimulatedClock(
      simulatedAt: simulated, realAt: start, speed: 60, notAfter: simulated + .seconds(90))
    #expect(clock.reading(at: start) == simulated)
    #expect(clock.reading(at: start + .seconds(1)) == simulated + .seconds(60))
    #expect(clock.reading(at: start + .seconds(1000)) == simulated + .seconds(90))
    #expect(SimulatedClock.real.reading(at: start) == start)
  }

  @Test func `is read from T@REAL`() throws {
    let text = "2026-07-09T09:00:00+05:30@2026-11-22T10:00:00Z"
    let clock = try #require(SimulatedClock(text, speed: 2, now: start))
    #expect(clock.simulatedAt.description == "2026-07-09T03:30:00Z")
    #expect(clock.realAt.description == "2026-11-22T10:00:00Z")
    #expect(SimulatedClock("2026-07-09T09:00:00Z", speed: 1, now: start)?.realAt == start)
    #expect(SimulatedClock("yesterday", speed: 1, now: start) == nil)
    #expect(SimulatedClock("2026-07-09T09:00:00Z@then", speed: 1, now: start) == nil)
  }

  @Test func `is set by a control route`() async throws {
    let rig = try Rig()
    let answer = await rig.post(
      "/simulator/clock",
      #"{"now":"2026-07-10T09:30:00+05:30","real":"1970-01-01T00:00:00Z","speed":3,"notAfter":"2026-07-10T09:31:00+05:30"}"#
    )
    #expect(
      answer.text == #"{"now":"2026-07-10T09:30:00+05:30","#
        + #""clock":{"now":"2026-07-10T09:30:00+05:30","real":"1970-01-01T05:30:00+05:30","#
        + #""speed":3.0,"notAfter":"2026-07-10T09:31:00+05:30"},"accounts":2,"seed":1,"#
        + #""requests":0,"orders":0,"faults":[],"strikes":[]}"#)
    #expect(await rig.get("/simulator/state").text == answer.text)
  }

  @Test(arguments: [
    (#"{"now":"soon"}"#, "clock: now must be like 2026-07-09T15:45:00+05:30, got \\\"soon\\\""),
    (#"{"nwo":1}"#, "clock: unknown key 'nwo'; keys are: now, real, speed, notAfter"),
    (#"{"speed":-1}"#, "clock: speed must be between 0 and 100000, got -1.0"),
    ("[]", "clock: expected an object with now, real, speed, notAfter"),
  ])
  func `refuses nonsense in words`(body: String, message: String) async throws {
    let answer = await (try Rig()).post("/simulator/clock", body)
    #expect(answer.status == 400)
    #expect(answer.text == #"{"status":400,"message":"\#(message)"}"#)
  }
}

@Suite(.timeLimit(.minutes(1)))
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
      "faults: rule 1: kind must be one of: delay, status, html, empty204, truncate, null, "
        + "no_records, expire_tokens"
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

private actor Pauses {
  private(set) var noted: [Duration] = []
  func note(_ duration: Duration) { noted.append(duration) }
}

@Suite(.timeLimit(.minutes(1)))
struct `An address to listen on` {
  @Test(arguments: [
    ("127.0.0.1:0", "127.0.0.1", 0), ("127.9.0.1:80", "127.9.0.1", 80),
    ("[::1]:8500", "::1", 8500), ("localhost:8500", "localhost", 8500),
  ])
  func `is loopback`(text: String, host: String, port: Int) throws {
    let address = try ListenAddress(text, allowRemote: false)
    #expect(address.host == host && address.port == port)
  }

  @Test(arguments: ["0.0.0.0:0", "192.168.1.2:80", "[::]:0", "127.0.0.1.example.com:1", "desk:80"])
  func `elsewhere must be asked for`(text: String) throws {
    #expect {
      try ListenAddress(text, allowRemote: false)
    } throws: {
      "\($0)" == "--listen \(text) is not a loopback address; add --allow-remote if others may "
        + "trade there"
    }
    #expect(try ListenAddress(text, allowRemote: true).port >= 0)
  }

  @Test(arguments: ["", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"])
  func `has a host and a port`(text: String) {
    #expect {
      try ListenAddress(text, allowRemote: true)
    } throws: {
      "\($0)" == "--listen must be ADDRESS:PORT, got '\(text)'"
    }
  }
}
