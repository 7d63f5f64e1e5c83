import Desk
import HTTPClient
import NIOCore
import NIOWebSocket
import Threads
import TradingTime

/// What it takes to open an account's connection.
struct FeedRights: Sendable {
  let token: Secret
  let apiKey: Secret
}

/// A session that the reader and the clock of one connection share.
final class FeedConversation: Sendable {
  let account: Account
  let secrets: [Secret]
  private let session: Locked<FeedSession>

  init(session: FeedSession, account: Account, secrets: [Secret]) {
    self.session = Locked(session)
    self.account = account
    self.secrets = secrets
  }

  func opened(at now: Duration) -> [FeedSession.Action] {
    session.withLock { $0.opened(at: now) }
  }

  func heard(
    _ message: FeedMessage, spelled bytes: [UInt8], at now: Duration
  ) -> [FeedSession.Action] {
    session.withLock { $0.heard(message, spelled: bytes, at: now) }
  }

  func passed(to now: Duration) -> [FeedSession.Action] {
    session.withLock { $0.passed(to: now) }
  }

  func follow(_ keys: Set<InstrumentKey>) -> [FeedSession.Action] {
    session.withLock { $0.wanted == keys ? [] : $0.follow(keys) }
  }
}

/// Our side of a connection: actions become frames, remarks become counted oddities without the
/// connection's secrets, even where the broker repeats them.
struct FeedWords: Sendable {
  let queue: AsyncStream<WebSocketFrame>.Continuation
  let board: FeedBoard
  let now: @Sendable () -> Instant
  let secrets: [Secret]

  func say(_ actions: [FeedSession.Action]) throws {
    for action in actions {
      switch action {
      case .send(let text): send(.text, ByteBuffer(string: text))
      // The payload of the official client.
      case .ping: send(.ping, ByteBuffer(string: "ping"))
      case .remark(let text): remark(text)
      case .leave(let why): throw FeedFailure.silent(why)
      }
    }
  }

  func answer(_ frame: WebSocketFrame, by opcode: WebSocketOpcode) {
    send(opcode, frame.unmaskedData)
  }

  func close() {
    send(.connectionClose, ByteBuffer(bytes: [0x03, 0xE8]))
  }

  func remark(_ text: String) {
    let clean = secrets.reduce(text) { $0.replacing($1.reveal(), with: "…") }
    board.note(clean, at: now())
  }

  private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
    queue.yield(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload))
  }
}

extension WebSocketFrame {
  /// Of a close frame; nil if it says none.
  var closeCode: Int? {
    var payload = unmaskedData
    return payload.readInteger(as: UInt16.self).map(Int.init)
  }
}
