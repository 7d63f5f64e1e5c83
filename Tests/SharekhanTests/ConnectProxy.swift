import NIOCore
import NIOPosix
import Threads

/// A proxy on loopback that takes every `CONNECT` to one port of this machine, or refuses it.
final class ConnectProxy: Sendable {
  let port: Int
  private let listener: any Channel
  private let heads = Locked([String]())

  /// What was asked for, line by line.
  var asked: [[String]] {
    heads.withLock { heads in heads.map { $0.split(separator: "\r\n").map(String.init) } }
  }

  init(to upstream: Int, answering status: String = "200 Connection established") async throws {
    let heads = heads
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Gate(upstream: upstream, status: status) { head in heads.withLock { $0.append(head) } })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  deinit { listener.close(promise: nil) }
}

/// The client's side.
private final class Gate: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let upstream: Int
  private let status: String
  private let note: (String) -> Void
  private var head = ""
  private var peer: (any Channel)?

  init(upstream: Int, status: String, note: @escaping (String) -> Void) {
    self.upstream = upstream
    self.status = status
    self.note = note
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if let peer { return peer.writeAndFlush(bytes, promise: nil) }
    head += String(buffer: bytes)
    guard head.hasSuffix("\r\n\r\n") else { return }
    note(head)
    guard status.hasPrefix("200") else {
      context.writeAndFlush(answer("Content-Length: 4\r\n\r\nsee?"), promise: nil)
      return context.close(promise: nil)
    }
    let client = context.channel
    ClientBootstrap(group: context.eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Back(client: client))
        }
      }
      .connect(host: "127.0.0.1", port: upstream).assumeIsolated().whenComplete { outcome in
        guard let peer = try? outcome.get() else { return context.close(promise: nil) }
        self.peer = peer
        context.writeAndFlush(self.answer("\r\n"), promise: nil)
      }
  }

  func channelInactive(context: ChannelHandlerContext) { peer?.close(promise: nil) }

  private func answer(_ rest: String) -> NIOAny {
    wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 \(status)\r\n\(rest)"))
  }
}

/// The server's side.
private final class Back: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let client: any Channel

  init(client: any Channel) { self.client = client }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    client.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
