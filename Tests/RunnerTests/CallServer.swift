import Glibc
import Threads

/// A service on loopback that keeps each request and answers as the test says.
final class CallServer: Sendable {
  /// Nil hangs up without an answer.
  typealias Answering = @Sendable (CallSeen) -> String?

  let url: String
  let host: String
  private let listener: Int32
  private let kept = Locked<[CallSeen]>([])

  struct NoSocket: Error {}

  init(_ answering: @escaping Answering) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw NoSocket() }
    self.listener = listener
    host = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    url = "http://\(host)"
    let kept = kept
    _ = PlainThread.start(name: "call-server") {
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        _ = PlainThread.start(name: "call-connection") {
          defer { close(connection) }
          while let seen = CallSeen(from: connection) {
            kept.withLock { $0.append(seen) }
            guard let answer = answering(seen) else { return }
            _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
          }
        }
      }
    }
  }

  /// The thread that accepts closes the socket: closed here, its number could already be another's.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  var seen: [CallSeen] { kept.withLock { $0 } }

  static func answer(
    _ status: Int, _ body: String = "", type: String = "text/plain"
  ) -> Answering {
    { _ in
      "HTTP/1.1 \(status) So\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
  }
}

/// A request as it came over the wire.
struct CallSeen: Sendable {
  let line: String
  let headers: [String: String]
  let body: String

  init?(from connection: Int32) {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    line = lines[0]
    headers = Dictionary(
      lines.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map {
          (line[..<$0].lowercased(), String(line[$0...].dropFirst(2)))
        }
      }, uniquingKeysWith: { _, last in last })
    var rest: [UInt8] = []
    while rest.count < headers["content-length"].flatMap({ Int($0) }) ?? 0 {
      guard recv(connection, &byte, 1, 0) == 1 else { return nil }
      rest.append(byte)
    }
    body = String(decoding: rest, as: UTF8.self)
  }
}

/// Where a thread of the server waits until the test lets it go on.
final class CallGate: Sendable {
  private let ends: [Int32]

  init() {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    self.ends = ends
  }

  deinit { for end in ends { close(end) } }

  func open() { _ = write(ends[1], "x", 1) }

  func wait() {
    var byte: UInt8 = 0
    _ = read(ends[0], &byte, 1)
  }
}
