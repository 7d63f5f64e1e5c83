import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Support
import Threads

/// A broker's socket on loopback that does, visit by visit, what the test's script says.
final class FeedServer: Sendable {
  /// One client's connection, seen from the broker's side.
  struct Visit: Sendable {
    let number: Int
    /// Path and query of the handshake.
    let target: String
    let headers: [String: String]
    fileprivate let frames: AsyncStream<WebSocketFrame>
    fileprivate let writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>

    func say(_ text: String) async throws {
      try await send(.text, ByteBuffer(string: text))
    }

    func send(
      _ opcode: WebSocketOpcode, _ payload: ByteBuffer, isLast: Bool = true
    ) async throws {
      try await writer.write(WebSocketFrame(fin: isLast, opcode: opcode, data: payload))
    }

    /// Every frame of the client as a text: its kind unless it is a text, and what it holds.
    func hear(_ body: (String) async throws -> Void) async throws {
      for await frame in frames {
        guard frame.maskKey != nil else { throw Unmasked() }
        let text = String(buffer: frame.unmaskedData)
        switch frame.opcode {
        case .text: try await body(text)
        case .ping:
          try await body("ping \(text)")
          try await send(.pong, frame.unmaskedData)
        case .pong: try await body("pong \(text)")
        case .connectionClose: try await body("close")
        default: try await body("odd")
        }
      }
    }

    /// The next frames, as many as are asked for; our client's own pings come when they come.
    func hear(_ count: Int) async throws -> [String] {
      var heard: [String] = []
      do {
        try await hear { text in
          if text == "ping ping" { return }
          heard.append(text)
          if heard.count == count { throw Enough() }
        }
      } catch is Enough {}
      return heard
    }

    private struct Enough: Error {}
    private struct Unmasked: Error {}
  }

  typealias Script = @Sendable (Visit) async throws -> Void
  private typealias Socket = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
  private typealias Upgrade = EventLoopFuture<Greeted?>

  private struct Greeted: Sendable {
    let socket: Socket
    let head: HTTPRequestHead
  }

  let port: Int
  private let work: Task<Void, Never>

  /// - Parameter refusals: statuses with which the first handshakes are refused.
  init(
    security: NIOSSLContext? = nil, refusals: [HTTPResponseStatus] = [],
    script: @escaping Script
  ) async throws {
    let left = Locked(refusals)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let security {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: security))
          }
          return try Self.upgrade(channel, left)
        }
      }
    port = listener.channel.localAddress?.port ?? 0
    work = Task {
      try? await listener.executeThenClose { visits in
        await withDiscardingTaskGroup { group in
          var number = 0
          do {
            for try await upgrade in visits {
              number += 1
              let place = number
              group.addTask { await Self.receive(upgrade, place, script) }
            }
          } catch {}
          group.cancelAll()
        }
      }
    }
  }

  deinit { work.cancel() }

  var url: String { "ws://127.0.0.1:\(port)/skstream/api/stream" }

  private static func receive(_ upgrade: Upgrade, _ number: Int, _ script: Script) async {
    guard let greeted = try? await upgrade.get() else { return }
    try? await greeted.socket.executeThenClose { inbound, outbound in
      // NIO's own stream can be listened to only once; a script listens now and again.
      let (frames, heard) = AsyncStream.makeStream(of: WebSocketFrame.self)
      let visit = Visit(
        number: number, target: greeted.head.uri,
        headers: Dictionary(greeted.head.headers.map { ($0.name, $0.value) }) { one, _ in one },
        frames: frames, writer: outbound)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { heard.finish() }
          for try await frame in inbound { heard.yield(frame) }
        }
        try await script(visit)
        group.cancelAll()
      }
    }
  }

  private static func upgrade(
    _ channel: any Channel, _ refusals: Locked<[HTTPResponseStatus]>
  ) throws -> Upgrade {
    let upgrader = NIOTypedWebSocketServerUpgrader<Greeted?>(
      maxFrameSize: 1 << 16,
      shouldUpgrade: { channel, _ in
        let refused = refusals.withLock { !$0.isEmpty }
        return channel.eventLoop.makeSucceededFuture(refused ? nil : HTTPHeaders())
      },
      upgradePipelineHandler: { channel, head in
        channel.eventLoop.makeCompletedFuture {
          Greeted(socket: try Socket(wrappingChannelSynchronously: channel), head: head)
        }
      })
    let configuration = NIOTypedHTTPServerUpgradeConfiguration<Greeted?>(
      upgraders: [upgrader],
      notUpgradingCompletionHandler: { channel in
        channel.eventLoop.makeCompletedFuture {
          let status = refusals.withLock { $0.isEmpty ? .badRequest : $0.removeFirst() }
          try channel.pipeline.syncOperations.addHandler(Refuser(status: status))
          return nil
        }
      })
    return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
      configuration: .init(upgradeConfiguration: configuration))
  }
}

private final class Refuser: ChannelInboundHandler, Sendable {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  let status: HTTPResponseStatus

  init(status: HTTPResponseStatus) { self.status = status }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = unwrapInboundIn(data) else { return }
    let head = HTTPResponseHead(
      version: .http1_1, status: status, headers: ["Content-Length": "0", "Connection": "close"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

/// For `localhost` and 127.0.0.1, signed by itself; of no use to anybody else.
enum FeedCertificate {
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmjCCAUGgAwIBAgIUaskBllTy9uOZcuFnO/zTn8Mlp3EwCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzAwMzY0MVoYDzIxMjYxMDMw
    MDAzNjQxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAASdMhXif6QxYv0L9F7DQG7mfnoZXcaUwq/9isBEQgyhIdBMY+lyvak8
    kZOdPQ7+j3ixtpJZXaSvOo+9Z26KOLVTo28wbTAdBgNVHQ4EFgQUl0yJKmM5Bf/B
    8DI0K1crVnAD0VYwHwYDVR0jBBgwFoAUl0yJKmM5Bf/B8DI0K1crVnAD0VYwDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDRwAwRAIgFAAh4agcVhR++hsHM4ZndTYAar9DFBljdb5BNlfZuZICIFLO
    EtDWhJKh5N/03ipsB9hvDdy3aT4uvz4ZQAefnCP5
    -----END CERTIFICATE-----
    """

  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRp8SGj8Wwd+k1lHn
    dQrIleER6YVi0PPWWkZ8O8f/rwuhRANCAASdMhXif6QxYv0L9F7DQG7mfnoZXcaU
    wq/9isBEQgyhIdBMY+lyvak8kZOdPQ7+j3ixtpJZXaSvOo+9Z26KOLVT
    -----END PRIVATE KEY-----
    """

  static func server() throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))))
  }
}

extension FeedServer {
  static func quote(_ last: String) -> String {
    #"{"status":100,"message":"feed","data":{"exchangeCode":"NC","scripCode":2885,"ltp":\#(last)}}"#
  }
}

extension FeedServer.Visit {
  /// Greets, hears the subscription, answers it, and hears what is asked for then.
  func welcome(requests: Int = 2) async throws -> [String] {
    try await say(#"{"status":100,"message":"connect","data":"Connected 0-0"}"#)
    let subscription = try await hear(1)
    try await say(#"{"status":100,"message":"subscribe","data":"success FEED,success ACK"}"#)
    return subscription + (try await hear(requests))
  }
}
