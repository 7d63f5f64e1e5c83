import HTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Why a connection could not be made, or ended. The text holds no token, key or query: it is made
/// of our own words and of names and numbers only.
enum FeedFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The handshake was refused with this HTTP status.
  case refused(status: Int)
  case unreachable(String)
  case closed(code: Int?)
  case tooLong(limit: Int)
  case broken(String)
  /// Nothing came for too long.
  case silent(String)
  /// Not even tried.
  case withheld(String)

  var description: String {
    switch self {
    case .refused(let status) where status == 401 || status == 403:
      "the broker refused the token (\(status))"
    case .refused(let status): "the broker refused the connection (\(status))"
    case .unreachable(let why): "the feed cannot be reached: \(why)"
    case .closed(let code?): "the broker closed the connection (\(code))"
    case .closed(nil): "the connection broke"
    case .tooLong(let limit): "the broker sent a message of more than \(limit) bytes"
    case .broken(let why): "the broker broke the rules of the socket: \(why)"
    case .silent(let why), .withheld(let why): why
    }
  }
}

/// A WebSocket as NIO gives it, opened with the broker's handshake. Certificates are verified in
/// full, whatever the broker's own clients do.
enum FeedSocket {
  typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  static func open(
    _ address: FeedAddress, target: Secret, settings: FeedSettings
  ) async throws(FeedFailure) -> Channel {
    let limit = TimeAmount(settings.connectTimeLimit)
    let status = StatusReader()
    let tunnel = settings.proxy.map { FeedTunnel(through: $0, to: address) }
    do {
      let security = try address.isSecure ? context(settings) : nil
      let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(limit)
        .channelOption(.socketOption(.tcp_nodelay), value: 1)
        .connect(
          host: tunnel?.proxy.host ?? address.host, port: tunnel?.proxy.port ?? address.port
        ) { channel in
          channel.eventLoop.makeCompletedFuture {
            @Sendable func begin() throws -> EventLoopFuture<Channel?> {
              if let security {
                try channel.pipeline.syncOperations.addHandler(tls(security, address.host))
              }
              return try upgradeHandler(channel, address, target, status, settings)
                .upgradeResultFuture
            }
            let socket =
              try tunnel?.dig(channel).flatMapThrowing(begin).flatMap { $0 } ?? begin()
            // A server that accepts and then says nothing must not hold us.
            let timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
            socket.whenComplete { _ in timer.cancel() }
            socket.whenFailure { _ in channel.close(promise: nil) }
            return socket
          }
        }
      guard let channel = try await upgrade.get() else {
        throw FeedFailure.refused(status: status.code)
      }
      return channel
    } catch {
      throw tunnel?.failure(error)
        ?? failure(error, limit: settings.largestMessage, whileOpening: true)
    }
  }

  /// `NIOSSLContext` reads the certificates anew: one a connection, and connections are few.
  private static func context(_ settings: FeedSettings) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .fullVerification
    configuration.minimumTLSVersion = .tlsv12
    if let trust = settings.trust { configuration.trustRoots = .file(trust) }
    return try NIOSSLContext(configuration: configuration)
  }

  /// Names of hosts go into the handshake; an address is checked against the certificate's own.
  private static func tls(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }

  private static func upgradeHandler(
    _ channel: any NIOCore.Channel, _ address: FeedAddress, _ target: Secret,
    _ status: StatusReader, _ settings: FeedSettings
  ) throws -> NIOTypedHTTPClientUpgradeHandler<Channel?> {
    let headers: HTTPHeaders = [
      "Host": address.hostHeader,
      "Origin": "\(address.isSecure ? "https" : "http")://\(address.hostHeader)",
    ]
    let upgrader = NIOTypedWebSocketClientUpgrader<Channel?>(
      maxFrameSize: settings.largestMessage,
      // The library's own way to end such a connection would keep the reason to itself.
      enableAutomaticErrorHandling: false,
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOWebSocketFrameAggregator(
              minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 4096,
              maxAccumulatedFrameSize: settings.largestMessage))
          return try Channel(wrappingChannelSynchronously: channel)
        }
      })
    let encoder = HTTPRequestEncoder()
    let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    let handler = NIOTypedHTTPClientUpgradeHandler(
      httpHandlers: [encoder, decoder, status],
      upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
        upgradeRequestHead: HTTPRequestHead(
          version: .http1_1, method: .GET, uri: target.reveal(), headers: headers),
        upgraders: [upgrader],
        notUpgradingCompletionHandler: { channel in
          channel.close(promise: nil)
          return channel.eventLoop.makeSucceededFuture(nil)
        }))
    try channel.pipeline.syncOperations.addHandlers([encoder, decoder, status, handler])
    return handler
  }

  /// NIO's errors in our words. Theirs are not passed on whole: some print what they were given.
  static func failure(
    _ error: any Error, limit: Int, whileOpening: Bool = false
  ) -> FeedFailure {
    switch error {
    case let failure as FeedFailure: return failure
    case let error as NIOConnectionError:
      let first = error.connectionErrors.first.map { "\($0.error)" }
      return .unreachable(first ?? "no address for \(error.host)")
    case ChannelError.connectTimeout: return .unreachable("no connection within the limit")
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
      return .unreachable("TLS: \(words(ofTLS: error))")
    case NIOWebSocketError.invalidFrameLength: return .tooLong(limit: limit)
    case is NIOWebSocketFrameAggregator.Error: return .tooLong(limit: limit)
    case let error as NIOWebSocketError: return .broken("\(error)")
    case is IOError where !whileOpening: return .closed(code: nil)
    case let error as IOError: return .unreachable("errno \(error.errnoCode)")
    default:
      return whileOpening ? .unreachable("no handshake (\(type(of: error)))") : .closed(code: nil)
    }
  }
}

/// What a person can do something about; the library's own texts name its source files.
private func words(ofTLS error: any Error) -> String {
  if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
    return "the certificate is another host's"
  }
  return "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    ? "nobody we trust has signed the certificate" : "no handshake (\(type(of: error)))"
}
