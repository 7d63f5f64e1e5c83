import NIOCore
import Threads

/// Hands every watcher the newest snapshot, already in wire form: it is encoded once, whoever
/// watches.
///
/// A slow watcher misses snapshots in between and never holds up the others.
final class LiveFeed: Sendable {
  private struct Watchers {
    var streams: [Int: AsyncStream<ByteBuffer>.Continuation] = [:]
    var lastID = 0
    var isClosed = false
  }

  private let limit: Int
  private let watchers = Locked(Watchers())

  init(limit: Int) { self.limit = limit }

  var hasWatchers: Bool { watchers.withLock { !$0.streams.isEmpty } }
  var hasRoom: Bool { watchers.withLock { !$0.isClosed && $0.streams.count < limit } }
  var count: Int { watchers.withLock { $0.streams.count } }

  /// Nil if there are as many watchers as are allowed, or the server is stopping.
  func watch() -> (id: Int, stream: AsyncStream<ByteBuffer>)? {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(1))
    let id: Int? = watchers.withLock { watchers in
      guard !watchers.isClosed, watchers.streams.count < limit else { return nil }
      watchers.lastID += 1
      watchers.streams[watchers.lastID] = continuation
      return watchers.lastID
    }
    guard let id else { return nil }
    return (id, stream)
  }

  func leave(_ id: Int) {
    watchers.withLock { $0.streams.removeValue(forKey: id) }?.finish()
  }

  func publish(_ event: ByteBuffer) {
    for stream in watchers.withLock({ Array($0.streams.values) }) { stream.yield(event) }
  }

  /// Ends every stream; nobody is let in afterwards.
  func close() {
    let streams = watchers.withLock { watchers in
      watchers.isClosed = true
      defer { watchers.streams = [:] }
      return Array(watchers.streams.values)
    }
    for stream in streams { stream.finish() }
  }
}
