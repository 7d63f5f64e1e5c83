import NIOCore
import NIOHTTP1
import Threads

/// Remembers the status of an answer, which NIO's own handlers keep to themselves.
final class StatusReader: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart

  private let status = Locked(0)

  var code: Int { status.withLock { $0 } }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) {
      let code = Int(head.status.code)
      status.withLock { $0 = code }
    }
    context.fireChannelRead(data)
  }
}
