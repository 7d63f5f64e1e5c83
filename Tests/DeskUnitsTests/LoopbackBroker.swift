import Glibc
import Threads

/// A broker on loopback that answers by path, and remembers what headers it was shown.
final class LoopbackBroker: Sendable {
  let port: UInt16
  private let listener: Int32
  private let answers: Locked<[String: (status: Int, body: String)]>
  private let shown = Locked<[String]>([])

  init() throws {
    let answers = Locked<[String: (status: Int, body: String)]>([:])
    self.answers = answers
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    port = try Self.bindToLoopback(listener)
    let (listener, shown) = (listener, shown)
    _ = PlainThread.start(name: "broker") {
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 && errno != EINTR { return }
        Self.serve(connection, shown) { path in answers.withLock { $0[path] } }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  func answer(_ path: String, _ status: Int = 200, data: String) {
    let body = #"{"status":\#(status),"message":"loopback","data":\#(data)}"#
    answers.withLock { $0["/skapi/services/\(path)"] = (status, body) }
  }

  var headers: [String] { shown.withLock { $0 } }

  /// One request a connection.
  private static func serve(
    _ connection: Int32, _ shown: Locked<[String]>, _ find: (String) -> (status: Int, body: String)?
  ) {
    defer { close(connection) }
    var received: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 8192)
    while !received.ends(with: "\r\n\r\n") {
      let count = recv(connection, &room, room.count, 0)
      guard count > 0 else { return }
      received += room[..<count]
    }
    let lines = String(decoding: received, as: UTF8.self).split(separator: "\r\n").map(String.init)
    shown.withLock { $0 += lines.dropFirst() }
    let path = lines[0].split(separator: " ")[1]
    let reply = find(String(path)) ?? (200, #"{"status":200,"data":"no_records"}"#)
    let head = "HTTP/1.1 \(reply.status) X\r\nConnection: close\r\nContent-Length: "
    let bytes = Array("\(head)\(reply.body.utf8.count)\r\n\r\n\(reply.body)".utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  private static func bindToLoopback(_ listener: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw NoSocket() }
    return UInt16(bigEndian: address.sin_port)
  }

  private struct NoSocket: Error {}
}

extension [UInt8] {
  fileprivate func ends(with text: String) -> Bool {
    suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}
