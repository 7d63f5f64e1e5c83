import Glibc
import Threads

/// A server on loopback that does what the test says: each connection is given to `talk` on a
/// thread of its own. It listens until the tests end: a listener closed earlier would give its
/// descriptor's number to the next test's, under the feet of its own thread.
final class LoopbackServer: Sendable {
  let port: UInt16
  private let accepted = Locked(0)

  init(_ talk: @escaping @Sendable (Wire) -> Void) throws {
    let (listener, port) = try listenOnLoopback(backlog: 64)
    self.port = port
    let accepted = accepted
    _ = PlainThread.start(name: "server") {
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { continue }
        accepted.withLock { $0 += 1 }
        _ = PlainThread.start(name: "connection") {
          let wire = Wire(socket)
          talk(wire)
          wire.close()
        }
      }
    }
  }

  var host: String { "127.0.0.1:\(port)" }
  var url: String { "http://\(host)" }
  var connections: Int { accepted.withLock { $0 } }
}

/// One connection, seen from the server.
final class Wire: Sendable {
  private let socket: Int32
  private let unread = Locked([UInt8]())

  init(_ socket: Int32) {
    self.socket = socket
  }

  /// False once the other side has gone.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// Up to and without the next CRLF; nil at the end.
  func line() -> String? {
    while true {
      let line = unread.withLock { unread -> String? in
        guard let end = unread.firstIndex(of: 0x0A) else { return nil }
        defer { unread.removeSubrange(...end) }
        return String(decoding: unread[..<end].filter { $0 != 0x0D }, as: UTF8.self)
      }
      if let line { return line }
      guard read() else { return nil }
    }
  }

  func bytes(_ count: Int) -> [UInt8]? {
    while unread.withLock({ $0.count }) < count {
      guard read() else { return nil }
    }
    return unread.withLock { unread in
      defer { unread.removeFirst(count) }
      return Array(unread[..<count])
    }
  }

  /// The head of a request with its body, or nil at the end of the connection.
  func request() -> Received? {
    var head: [String] = []
    while let line = line() {
      if !line.isEmpty {
        head.append(line)
        continue
      }
      let length = head.first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.split(separator: " ")[1]) }
      guard let body = bytes(length ?? 0) else { return nil }
      return Received(head: head, body: body)
    }
    return nil
  }

  func untilTheyHangUp() {
    while read() {}
  }

  /// Ends our half of the connection; theirs stays open.
  func sayNoMore() {
    shutdown(socket, Int32(SHUT_WR))
  }

  func close() {
    Glibc.close(socket)
  }

  private func read() -> Bool {
    var room = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &room, room.count, 0)
    guard count > 0 else { return false }
    let news = Array(room[..<count])
    unread.withLock { $0 += news }
    return true
  }
}

struct Received: Sendable {
  var head: [String]
  var body: [UInt8]
}

struct NoSocket: Error {}

/// Without a backlog the port is taken but nobody listens: whoever connects is refused.
func listenOnLoopback(backlog: Int32?) throws -> (socket: Int32, port: UInt16) {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let bound = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(listener, $0, length) == 0 && (backlog.map { listen(listener, $0) } ?? 0) == 0
        && getsockname(listener, $0, &length) == 0
    }
  }
  guard bound else { throw NoSocket() }
  return (listener, UInt16(bigEndian: address.sin_port))
}
