import NIOCore
import NIOPosix
import NIOSSL

/// Takes TLS off what comes and hands it on to a server on loopback that knows none: from the start,
/// or from `STARTTLS` on, which it answers itself.
final class TLSRelay: Sendable {
  private let channel: any Channel
  let port: Int

  init(
    to port: UInt16, with files: SelfSignedCertificate, fromTheStart: Bool = true
  ) async throws {
    let context = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map {
          .certificate($0)
        }, privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))))
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { outer in
        ClientBootstrap(group: outer.eventLoop).connect(host: "127.0.0.1", port: Int(port))
          .flatMapThrowing { inner in
            try outer.pipeline.syncOperations.addHandlers([
              fromTheStart ? NIOSSLServerHandler(context: context) : Upgrading(context),
              Handing(to: inner),
            ])
            try inner.pipeline.syncOperations.addHandler(Handing(to: outer))
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    self.port = channel.localAddress?.port ?? 0
  }

  deinit { channel.close(promise: nil) }
}

/// Lets everything pass until the client asks for TLS, and then makes room for it.
private final class Upgrading: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let tls: NIOSSLContext

  init(_ tls: NIOSSLContext) { self.tls = tls }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard unwrapInboundIn(data) == ByteBuffer(string: "STARTTLS\r\n") else {
      return context.fireChannelRead(data)
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "220 go on\r\n")), promise: nil)
    do {
      try context.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: tls), position: .before(self))
      context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    } catch {
      context.close(promise: nil)
    }
  }
}

/// Hands what is read here to the other side, and its end.
private final class Handing: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let other: any Channel

  init(to other: any Channel) { self.other = other }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    other.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
