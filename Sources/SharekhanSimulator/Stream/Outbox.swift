import Synchronization

/// What waits to be written to one connection. A client that does not read is cut off before its
/// backlog grows beyond a few megabytes.
package final class Outbox: Sendable {
  package enum Piece: Sendable, Equatable {
    case text(String)
    /// A close frame, then the end.
    case close(code: UInt16, reason: String)
    /// The end without a word.
    case sever
  }

  package let pieces: AsyncStream<Piece>
  /// Gives one value if the client fell too far behind: whoever writes is stuck and cannot see it
  /// in `pieces`.
  package let overrun: AsyncStream<Void>
  private let continuation: AsyncStream<Piece>.Continuation
  private let alarm: AsyncStream<Void>.Continuation
  private let waiting = Atomic(0)
  private let limit: Int

  init(limit: Int = 4 << 20) {
    self.limit = limit
    (pieces, continuation) = AsyncStream.makeStream(of: Piece.self)
    (overrun, alarm) = AsyncStream.makeStream(of: Void.self)
  }

  /// False if the client is too far behind; then nothing more will come.
  func post(_ text: String) -> Bool {
    let size = text.utf8.count
    guard waiting.add(size, ordering: .relaxed).newValue <= limit else {
      alarm.yield()
      end(.sever)
      return false
    }
    continuation.yield(.text(text))
    return true
  }

  func end(_ last: Piece) {
    continuation.yield(last)
    continuation.finish()
  }

  package func wrote(_ text: String) {
    waiting.subtract(text.utf8.count, ordering: .relaxed)
  }
}
