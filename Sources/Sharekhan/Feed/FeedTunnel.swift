import HTTPClient
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix

/// The way to the feed through an HTTP proxy: what is said after `CONNECT` goes to the broker as it
/// is, so that with TLS the proxy learns the host's name and no token.
struct FeedTunnel: Sendable {
  let proxy: ProxyAddress
  private let address: FeedAddress
  private let status = StatusReader()

  init(through proxy: ProxyAddress, to address: FeedAddress) {
    self.proxy = proxy
    self.address = address
  }

  /// - Returns: done once the proxy has let us through and nothing of it is left in the pipeline.
  func dig(_ channel: any Channel) throws -> EventLoopFuture<Void> {
    var headers: HTTPHeaders = ["Host": address.hostAndPort]
    if let credentials = proxy.credentials {
      headers.add(
        name: "Proxy-Authorization",
        value: "Basic \(Base64.encode(Array(credentials.reveal().utf8)))")
    }
    let isThrough = channel.eventLoop.makePromise(of: Void.self)
    let connecting = NIOHTTP1ProxyConnectHandler(
      targetHost: address.bracketedHost, targetPort: address.port, headers: headers,
      // The connection's own limit ends this too.
      deadline: .distantFuture, promise: isThrough)
    try channel.pipeline.syncOperations.addHandlers([
      HTTPRequestEncoder(),
      ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)), status,
      connecting,
    ])
    return isThrough.futureResult.flatMap {
      leave(StatusReader.self, channel)
        .flatMap { leave(ByteToMessageHandler<HTTPResponseDecoder>.self, channel) }
        .flatMap { leave(HTTPRequestEncoder.self, channel) }
    }
  }

  /// Nil where the proxy is not to blame.
  func failure(_ error: any Error) -> FeedFailure? {
    switch error {
    case is NIOHTTP1ProxyConnectHandler.Error:
      switch status.code {
      case 0: .unreachable("the proxy \(proxy) gave no answer")
      case 407:
        .unreachable(
          "the proxy \(proxy) refused the way to \(address.hostAndPort) (407: it asks for "
            + "\(proxy.credentials == nil ? "a" : "another") user and password)")
      case let code:
        .unreachable("the proxy \(proxy) refused the way to \(address.hostAndPort) (\(code))")
      }
    case let error as NIOConnectionError:
      .unreachable(
        "the proxy \(proxy): "
          + (error.connectionErrors.first.map { "\($0.error)" } ?? "no address for it"))
    case ChannelError.connectTimeout:
      .unreachable("the proxy \(proxy): no connection within the limit")
    default: nil
    }
  }
}

/// To be called on the channel's own loop.
private func leave<Handler: RemovableChannelHandler>(
  _ handler: Handler.Type, _ channel: any Channel
) -> EventLoopFuture<Void> {
  let pipeline = channel.pipeline.syncOperations
  do {
    return pipeline.removeHandler(context: try pipeline.context(handlerType: handler))
  } catch {
    return channel.eventLoop.makeFailedFuture(error)
  }
}
