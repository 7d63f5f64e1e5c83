import Testing

@testable import SharekhanSimulator

@Suite(.timeLimit(.minutes(10)))
struct `Faults of the socket` {
  private func struck(_ rules: String) async throws -> (Rig, String, Socket) {
    let rig = try Rig()
    let token = try await rig.signIn()
    let socket = try await Socket.listening(rig, token: token)
    #expect(await rig.post("/simulator/faults", rules).status == 200)
    return (rig, token, socket)
  }

  private func acks(_ rules: String) async throws -> [JSON] {
    var (rig, token, socket) = try await struck(rules)
    _ = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "230"), token: token)
    await rig.move(to: "2026-07-09T11:00:01+05:30")
    await rig.simulator.beat()
    await rig.simulator.beat()
    return await socket.rest().compactMap { JSON(reading: $0.utf8) }
  }

  @Test func `acknowledge an order before its request is answered, and only once`() async throws {
    var (rig, token, socket) = try await struck(#"[{"kind":"early_ack","route":"/orders"}]"#)
    _ = await rig.post("/skapi/services/orders", Orders.buyONGC(price: "230"), token: token)
    #expect(try await socket.next()["data"]?.words("AckState") == "NewOrderConfirmation")
    await rig.simulator.beat()
    await rig.move(to: "2026-07-09T11:00:01+05:30")
    await rig.simulator.beat()
    #expect(await socket.rest() == [])
  }

  @Test func `acknowledge twice`() async throws {
    let twice = try await acks(#"[{"kind":"duplicate_ack"}]"#)
    #expect(twice.count == 2 && twice[0] == twice[1])
  }

  @Test func `acknowledge under the name of the feed`() async throws {
    let frames = try await acks(#"[{"kind":"ack_as_feed"}]"#)
    #expect(frames.map { $0.words("message") } == ["feed"])
    #expect(frames[0]["data"]?.words("AckState") == "NewOrderConfirmation")
  }

  @Test func `acknowledge with a word nobody knows`() async throws {
    let frames = try await acks(#"[{"kind":"unknown_state","route":"/skstream"}]"#)
    #expect(frames.first?["data"]?.words("AckState") == "OrderParked")
  }

  @Test func `drop it without a word`() async throws {
    var (rig, _, socket) = try await struck(#"[{"kind":"drop_socket"}]"#)
    await socket.watch("NC2885")
    #expect(await socket.last() == .sever)
    #expect(await rig.get("/simulator/state").text.contains(#""sockets":0"#))
  }

  @Test func `keep it silent for a while`() async throws {
    var (rig, _, socket) = try await struck(#"[{"kind":"silence","count":1,"seconds":60}]"#)
    await socket.watch("NC2885")
    rig.wait(seconds: 59)
    await rig.simulator.beat()
    rig.wait(seconds: 31)
    await rig.simulator.beat()
    #expect(await socket.rest() == ["heartbeat"])
  }

  @Test func `cut frames in half`() async throws {
    var (_, _, socket) = try await struck(#"[{"kind":"truncate","count":1}]"#)
    await socket.watch("NC2885")
    await socket.watch("NC2885")
    let frames = await socket.rest()
    #expect(frames[0].utf8.count == frames[1].utf8.count / 2)
    #expect(JSON(reading: frames[0].utf8) == nil && JSON(reading: frames[1].utf8) != nil)
  }

  @Test func `turn a handshake down`() async throws {
    let (rig, token, _) = try await struck(
      #"[{"kind":"html","route":"/skstream"},{"kind":"shuffle"}]"#)
    let request = WireRequest("GET", "/skstream/api/stream", query: "ACCESS_TOKEN=\(token)")
    guard case .refused(let answer) = await rig.simulator.open(request) else {
      Issue.record("the handshake was taken")
      return
    }
    #expect(answer.status == 502)
  }
}
