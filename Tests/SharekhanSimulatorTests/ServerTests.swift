import Logging
import NIOCore
import NIOPosix
import Testing

@testable import SharekhanSimulator

/// Sends bytes, reads until the server closes.
private func exchange(_ port: Int, _ request: String) async throws -> String {
  try await exchange(port, Array(request.utf8))
}

private func exchange(_ port: Int, _ request: [UInt8]) async throws -> String {
  let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .connect(host: "127.0.0.1", port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
  return try await channel.executeThenClose { inbound, outbound in
    try await outbound.write(ByteBuffer(bytes: request))
    var text = ""
    for try await buffer in inbound { text += String(buffer: buffer) }
    return text
  }
}

/// A frame as clients send it: masked, short.
private func masked(_ opcode: UInt8, _ payload: String) -> [UInt8] {
  let mask: [UInt8] = [1, 2, 3, 4]
  let bytes = Array(payload.utf8)
  return [0x80 | opcode, 0x80 | UInt8(bytes.count)] + mask
    + bytes.indices.map { bytes[$0] ^ mask[$0 % 4] }
}

/// Answers without the date.
private func lines(_ answer: String) -> [String] {
  answer.split(separator: "\r\n").map(String.init).filter { !$0.hasPrefix("Date:") }
}

@Suite(.timeLimit(.minutes(10)))
struct `The simulator on a port` {
  private func served(
    _ rig: Rig? = nil, _ body: @escaping @Sendable (Int) async throws -> Void
  ) async throws -> [String] {
    let (notes, note) = AsyncStream.makeStream(of: String.self)
    let simulator = try (rig ?? Rig()).simulator
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let server = SimulatorServer(simulator, host: "127.0.0.1", port: 0) { note.yield($0) }
    try await withThrowingTaskGroup { group in
      group.addTask {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await server.run(logger: quiet) { port.yield($0) }
      }
      let number = try #require(await ports.first { _ in true })
      try await body(number)
      group.cancelAll()
    }
    note.finish()
    return await notes.reduce(into: []) { $0.append($1) }
  }

  @Test func `answers what the official Python client sends`() async throws {
    let log = try await served { port in
      let redirect = try await exchange(
        port,
        "GET /skapi/auth/login.html?api_key=SIMULATED-API-KEY-0001&state=12345&version_id=1005 HTTP/1.1\r\n"
          + "Host: 127.0.0.1\r\nConnection: close\r\n\r\n")
      #expect(redirect.hasPrefix("HTTP/1.1 302 Found\r\n"))
      #expect(redirect.contains("\r\nLocation: http://127.0.0.1/callback?request_token="))
      let odd = try await exchange(
        port,
        "GET /skapi/services/reports/1000001?%7B%22customerId%22:%20%221000001%22%7D HTTP/1.1\r\n"
          + "Host: 127.0.0.1\r\napi-key: SIMULATED-API-KEY-0001\r\naccess-token: SECRET-TOKEN\r\n"
          + "Content-type: application/json\r\nAuthorization: SECRET-TOKEN\r\n"
          + "Connection: close\r\n\r\n")
      #expect(odd.contains("\r\nDate: Thu, 09 Jul 2026 05:30:00 GMT\r\n"), "\(odd)")
      #expect(
        lines(odd).filter { !$0.lowercased().hasPrefix("connection") } == [
          "HTTP/1.1 403 Forbidden", "Content-Type: application/json", "Content-Length: 60",
          #"{"status":403,"message":"error","errorType":"Access Denied"}"#,
        ])
      let body =
        #"{"apiKey": "SIMULATED-API-KEY-0001", "requestToken": "ENCSTR==", "state": 12345}"#
      let token = try await exchange(
        port,
        "POST /skapi/services/access/token HTTP/1.1\r\nHost: 127.0.0.1\r\n"
          + "Content-type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
          + "Connection: close\r\n\r\n\(body)")
      #expect(token.contains(#""errorType":"input_error""#))
    }
    #expect(
      log == [
        "GET /skapi/auth/login.html 302", "GET /skapi/services/reports/1000001 403",
        "POST /skapi/services/access/token 400",
      ], "the log must hold neither query nor token")
  }

  private static func handshake(_ token: String) -> String {
    "GET /skstream/api/stream?ACCESS_TOKEN=\(token) HTTP/1.1\r\nUpgrade: websocket\r\n"
      + "Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      + "Connection: Upgrade\r\n\r\n"
  }

  @Test func `takes the socket on the same port`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let log = try await served(rig) { port in
      let talk =
        Array(Self.handshake(token).utf8)
        + masked(1, #"{"action":"subscribe","key":["feed"],"value":[""]}"#) + masked(9, "ping")
        + masked(8, "\u{3}")
      let heard = try await exchange(port, talk)
      #expect(heard.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
      #expect(heard.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "the proof of the handshake")
      #expect(heard.contains(#""message":"connect""#))
      #expect(heard.contains("ping"))
      let refused = try await exchange(port, Self.handshake("no.good.token"))
      #expect(
        refused == "HTTP/1.1 401 Unauthorized\r\nContent-Length: 59\r\nConnection: close\r\n"
          + "Content-Type: application/json\r\n\r\n"
          + #"{"status":401,"message":"error","errorType":"Unauthorized"}"#)
    }
    #expect(
      log == ["GET /skstream/api/stream 101", "GET /skstream/api/stream 401"],
      "the log must hold no token")
    #expect(await rig.get("/simulator/state").text.contains(#""sockets":0"#))
  }

  @Test func `breaks a connection off where a rule says so`() async throws {
    let rig = try Rig()
    _ = await rig.post("/simulator/faults", #"[{"kind":"drop"}]"#)
    _ = try await served(rig) { port in
      let request = "GET /skapi/services/master/NC HTTP/1.1\r\nHost: a\r\n\r\n"
      let heard = try? await exchange(port, request)
      #expect((heard ?? "") == "", "not a byte may come")
    }
  }

  @Test func `stops though connections are open`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    _ = try await served(rig) { port in
      for text in ["", "GET / HTTP/1.1\r\n", Self.handshake(token)] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text))
      }
    }
  }
}
