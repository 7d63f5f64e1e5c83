import NIOCore
import NIOWebSocket

/// One socket's frames: what comes is told to the simulator, what it says is written. A ping is
/// answered here.
struct StreamConnection: Sendable {
  let simulator: Simulator
  let id: Int
  let outbox: Outbox

  func run(_ frames: BrokerChannel.Frames) async {
    try? await frames.executeThenClose { inbound, outbound in
      await withTaskGroup { group in
        group.addTask { await write(outbound) }
        group.addTask { await read(inbound, outbound) }
        group.addTask { for await _ in outbox.overrun { return } }
        await group.next()
        frames.channel.close(promise: nil)
        group.cancelAll()
      }
    }
    await simulator.close(id)
  }

  private func write(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async {
    for await piece in outbox.pieces {
      switch piece {
      case .text(let text):
        let data = ByteBuffer(string: text)
        guard
          (try? await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: data))) != nil
        else { return }
        outbox.wrote(text)
      case .close(let code, let reason):
        return await close(outbound, WebSocketErrorCode(codeNumber: Int(code)), reason)
      case .sever: return
      }
    }
  }

  private func read(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
    _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async {
    do {
      for try await frame in inbound {
        var data = frame.unmaskedData
        switch frame.opcode {
        case .text:
          guard let text = String(validating: data.readableBytesView, as: UTF8.self) else {
            return await close(outbound, .dataInconsistentWithMessage)
          }
          await simulator.hear(text, from: id)
        case .ping:
          try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: data))
        case .connectionClose:
          return await close(outbound, data.readWebSocketErrorCode() ?? .normalClosure)
        case .binary: return await close(outbound, .unacceptableData)
        default: break
        }
      }
    } catch {
      // The client broke off, or the protocol; either way this connection is over.
    }
  }

  private func close(
    _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ code: WebSocketErrorCode,
    _ reason: String = ""
  ) async {
    var data = ByteBuffer()
    data.write(webSocketErrorCode: code)
    data.writeString(reason)
    try? await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
  }
}

/// Clients must mask their frames; one that does not would be cut off by the real server, too.
final class MaskedFrames: ChannelInboundHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard MaskedFrames.unwrapInboundIn(data).maskKey == nil else {
      return context.fireChannelRead(data)
    }
    var code = context.channel.allocator.buffer(capacity: 2)
    code.write(webSocketErrorCode: .protocolError)
    let close = WebSocketFrame(fin: true, opcode: .connectionClose, data: code)
    context.writeAndFlush(MaskedFrames.wrapOutboundOut(close), promise: nil)
    context.close(promise: nil)
  }
}
