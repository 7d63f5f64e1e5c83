import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection that begins as HTTP and may become the socket. Everything else is Hummingbird's.
struct BrokerChannel: ServerChildChannel, HTTPChannelHandler {
  typealias HTTPParts = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
  typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  enum Use: Sendable {
    case http(HTTPParts)
    /// A handshake that was turned down; its answer was decided with it.
    case refused(HTTPParts, WireAnswer)
    case stream(Frames, Int, Outbox)
  }

  struct Value: ServerChildChannelValue {
    let use: EventLoopFuture<Use>
    let channel: any Channel
  }

  let simulator: Simulator
  let responder: HTTPChannelHandler.Responder
  let log: SimulatorServer.Log?

  /// Larger than any list of a thousand instruments.
  private static let largestFrame = 1 << 16

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let handshake = NIOLoopBoundBox<Simulator.Handshake?>(nil, eventLoop: channel.eventLoop)
      let upgrader = NIOTypedWebSocketServerUpgrader<Use>(
        maxFrameSize: BrokerChannel.largestFrame,
        shouldUpgrade: { channel, head in shake(head, channel, handshake) },
        upgradePipelineHandler: { channel, _ in stream(channel, handshake) })
      var configuration = NIOUpgradableHTTPServerPipelineConfiguration<Use>(
        upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
          upgraders: [upgrader],
          notUpgradingCompletionHandler: { channel in plain(channel, handshake, logger) }))
      configuration.enablePipelining = false
      configuration.enableErrorHandling = false
      configuration.enableResponseHeaderValidation = false
      let use = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
        configuration: configuration)
      return Value(use: use, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    await withTaskCancellationHandler {
      switch try? await value.use.get() {
      case .http(let parts): await handleHTTP(asyncChannel: parts, logger: logger)
      case .refused(let parts, let answer): await refuse(parts, answer)
      case .stream(let frames, let id, let outbox):
        await StreamConnection(simulator: simulator, id: id, outbox: outbox).run(frames)
      case nil: value.channel.close(promise: nil)
      }
    } onCancel: {
      value.channel.close(promise: nil)
    }
  }

  /// Asks the simulator once; refused, the request goes on as plain HTTP with the answer at hand.
  private func shake(
    _ head: HTTPRequestHead, _ channel: any Channel,
    _ handshake: NIOLoopBoundBox<Simulator.Handshake?>
  ) -> EventLoopFuture<HTTPHeaders?> {
    let request = WireRequest(head)
    guard request.segments == Simulator.streamPath else {
      return channel.eventLoop.makeSucceededFuture(nil)
    }
    return channel.eventLoop.makeFutureWithTask { await simulator.open(request) }.map { reply in
      handshake.value = reply
      switch reply {
      case .opened(let id, _):
        log?("GET \(request.path) 101")
        // Also where the client left before it heard of it.
        channel.closeFuture.whenComplete { _ in Task { await simulator.close(id) } }
        return HTTPHeaders()
      case .refused(let answer):
        log?("GET \(request.path) \(answer.status)")
        return nil
      }
    }
  }

  private func stream(
    _ channel: any Channel, _ handshake: NIOLoopBoundBox<Simulator.Handshake?>
  ) -> EventLoopFuture<Use> {
    channel.eventLoop.makeCompletedFuture {
      guard case .opened(let id, let outbox) = handshake.value else {
        throw ChannelError.inappropriateOperationForState
      }
      try channel.pipeline.syncOperations.addHandlers([
        MaskedFrames(),
        NIOWebSocketFrameAggregator(
          minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 64,
          maxAccumulatedFrameSize: BrokerChannel.largestFrame),
      ])
      return .stream(try NIOAsyncChannel(wrappingChannelSynchronously: channel), id, outbox)
    }
  }

  private func plain(
    _ channel: any Channel, _ handshake: NIOLoopBoundBox<Simulator.Handshake?>, _ logger: Logger
  ) -> EventLoopFuture<Use> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandlers([
        HTTP1ToHTTPServerCodec(secure: false), HTTPConnectionStateHandler(logger: logger),
        SimulatedDate(),
      ])
      let parts = try HTTPParts(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true))
      if case .refused(let answer) = handshake.value { return .refused(parts, answer) }
      return .http(parts)
    }
  }

  private func refuse(_ parts: HTTPParts, _ answer: WireAnswer) async {
    try? await parts.executeThenClose { _, outbound in
      guard !answer.isSevered else { return }
      let response = HTTPResponse(status: .init(code: answer.status), headerFields: answer.fields)
      try await outbound.write(.head(response))
      try await outbound.write(.body(ByteBuffer(bytes: answer.body)))
      try await outbound.write(.end(nil))
    }
  }
}

extension WireAnswer {
  fileprivate var fields: HTTPFields {
    var fields: HTTPFields = [.contentLength: "\(body.count)", .connection: "close"]
    fields[.contentType] = contentType
    return fields
  }
}
