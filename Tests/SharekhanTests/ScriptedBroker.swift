import Desk
import Glibc
import HTTPClient
import Threads
import TradingTime

@testable import Sharekhan

/// A broker on loopback that answers from a script, one answer a request, the last one again and
/// again. It listens until the tests end: a listener closed earlier would give its descriptor's
/// number to the next test's, under the feet of its own thread.
final class ScriptedBroker: Sendable {
  struct Reply: Sendable {
    var status = 200
    var headers: [String] = []
    var body = ""
    var ending = Ending.whole
  }

  /// How an answer comes, once the whole request is there.
  enum Ending: Sendable {
    case whole
    /// The connection ends in the middle of the body.
    case half
    /// The connection ends without a byte.
    case silence
    /// Nothing comes until the other side gives up.
    case never
    /// The body alone.
    case bare
  }

  struct Asked: Sendable, Equatable {
    var line: String
    var headers: [String]
    var body: String
  }

  let port: UInt16
  private let log = Locked<[Asked]>([])

  init(_ replies: [Reply], whenAsked: @escaping @Sendable () -> Void = {}) throws {
    let left = Locked(replies)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    port = try bindToLoopback(listener)
    let log = log
    _ = PlainThread.start(name: "broker") {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { continue }
        serve(connection, log) {
          whenAsked()
          return left.withLock { left in left.count > 1 ? left.removeFirst() : left.first ?? Reply()
          }
        }
      }
    }
  }

  var base: String { "http://127.0.0.1:\(port)/skapi" }
  var asked: [Asked] { log.withLock { $0 } }

  /// Of the first request.
  func header(_ name: String) -> String? {
    asked.first?.headers.first { $0.hasPrefix("\(name): ") }.map {
      String($0.dropFirst(name.count + 2))
    }
  }
}

/// A port that is taken and on which nobody listens, for as long as this value lives.
final class RefusingPort: Sendable {
  let port: UInt16
  private let holder: Int32

  init() throws {
    holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    port = try bindToLoopback(holder, listening: false)
  }

  deinit { close(holder) }
}

/// One request a connection; `Connection: close` keeps the next one from waiting behind a thread.
private func serve(
  _ connection: Int32, _ log: Locked<[ScriptedBroker.Asked]>,
  _ next: () -> ScriptedBroker.Reply
) {
  defer { close(connection) }
  var received: [UInt8] = []
  var room = [UInt8](repeating: 0, count: 16384)
  while true {
    let count = recv(connection, &room, room.count, 0)
    guard count > 0 else { return }
    received += room[..<count]
    guard let asked = asked(received) else { continue }
    log.withLock { $0.append(asked) }
    answer(next(), on: connection)
    return
  }
}

private func answer(_ reply: ScriptedBroker.Reply, on connection: Int32) {
  let head =
    [
      "HTTP/1.1 \(reply.status) X", "Connection: close",
      "Content-Length: \(reply.body.utf8.count)",
    ] + reply.headers
  var bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + reply.body).utf8)
  switch reply.ending {
  case .whole: break
  case .half: bytes.removeLast(reply.body.utf8.count / 2)
  case .silence: return
  case .never:
    var byte: UInt8 = 0
    _ = recv(connection, &byte, 1, 0)
    return
  case .bare: bytes = Array(reply.body.utf8)
  }
  _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
}

private func asked(_ bytes: [UInt8]) -> ScriptedBroker.Asked? {
  guard let text = String(validating: bytes, as: UTF8.self),
    let end = text.ranges(of: "\r\n\r\n").first
  else { return nil }
  let lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
  let body = String(text[end.upperBound...])
  let length =
    lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
  guard body.utf8.count >= length else { return nil }
  return ScriptedBroker.Asked(line: lines[0], headers: Array(lines.dropFirst()), body: body)
}

private struct NoSocket: Error {}

private func bindToLoopback(_ listener: Int32, listening: Bool = true) throws -> UInt16 {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let bound = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(listener, $0, length) == 0 && (!listening || listen(listener, 64) == 0)
        && getsockname(listener, $0, &length) == 0
    }
  }
  guard bound else { throw NoSocket() }
  return UInt16(bigEndian: address.sin_port)
}
