import Testing
import TradingTime

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
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
        + #""requests":0,"orders":0,"faults":[],"strikes":[],"struck":{},"sockets":0}"#)
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

@Suite(.timeLimit(.minutes(10)))
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
