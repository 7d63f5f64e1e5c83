import Testing

@testable import SharekhanSimulator

/// A client of the simulator's socket without the wire: what it was told, in order.
struct Socket {
  let simulator: Simulator
  let id: Int
  let outbox: Outbox
  private var told: AsyncStream<Outbox.Piece>.Iterator

  init(_ rig: Rig, token: String) async throws {
    simulator = rig.simulator
    let request = WireRequest("GET", "/skstream/api/stream", query: "ACCESS_TOKEN=\(token)")
    guard case .opened(let id, let outbox) = await simulator.open(request) else {
      throw Refused()
    }
    (self.id, self.outbox) = (id, outbox)
    told = outbox.pieces.makeAsyncIterator()
    let connect = try await next()
    #expect(connect.words("message") == "connect")
    #expect(connect.words("data").hasPrefix("Connected "))
  }

  /// Signed in, both modules on, acknowledgements asked for.
  static func listening(_ rig: Rig, token: String) async throws -> Socket {
    var socket = try await Socket(rig, token: token)
    await socket.send(#"{"action":"subscribe","key":["feed","ack"],"value":[""]}"#)
    #expect(try await socket.next().words("data") == "success FEED,success ACK")
    await socket.send(#"{"action":"ack","key":[""],"value":["1000001"]}"#)
    return socket
  }

  func send(_ text: String) async {
    await simulator.hear(text, from: id)
  }

  func watch(_ names: String, _ mode: String = "ltp") async {
    await send(#"{"action":"feed","key":["\#(mode)"],"value":["\#(names)"]}"#)
  }

  /// The next frame, which must be JSON.
  mutating func next() async throws -> JSON {
    guard case .text(let text) = await told.next() else { throw Refused() }
    return try #require(JSON(reading: text.utf8), "not JSON: \(text)")
  }

  /// Everything that was said and not yet read; ends the connection.
  mutating func rest() async -> [String] {
    outbox.end(.sever)
    var texts: [String] = []
    while case .text(let text) = await told.next() { texts.append(text) }
    return texts
  }

  mutating func last() async -> Outbox.Piece? {
    var last: Outbox.Piece?
    while let piece = await told.next() { last = piece }
    return last
  }

  struct Refused: Error {}
}
