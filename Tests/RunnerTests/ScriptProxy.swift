import Glibc
import Threads

/// Stands before the server and loses the first answer to a command: the server has carried it out, and
/// the client sees the connection break.
final class ScriptProxy: Sendable {
  private let listener: Int32
  private let lost = Locked(0)

  struct NoSocket: Error {}

  init(in folder: String, before server: String, losingAnswersTo command: String) throws {
    let name = "/.s.PGSQL.5432"
    guard let listener = localSocket(folder + name, then: bind), listen(listener, 16) == 0 else {
      throw NoSocket()
    }
    self.listener = listener
    let lost = lost
    _ = PlainThread.start(name: "proxy") {
      defer { close(listener) }
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let server = localSocket(server + name, then: connect) else { return }
        let isDoomed = Locked(false)
        _ = PlainThread.start(name: "proxy-up") {
          copy(from: client, to: server) { bytes in
            let hasCommand = String(decoding: bytes, as: UTF8.self).contains(command)
            if hasCommand, lost.withLock({ $0 }) == 0 { isDoomed.withLock { $0 = true } }
            return true
          }
        }
        _ = PlainThread.start(name: "proxy-down") {
          copy(from: server, to: client) { _ in
            guard isDoomed.withLock({ $0 }) else { return true }
            lost.withLock { $0 += 1 }
            return false
          }
        }
      }
    }
  }

  /// The thread that accepts closes the socket: closed here, its number could already be another's.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  var lostAnswers: Int { lost.withLock { $0 } }
}

/// Until one side hangs up or `isWelcome` says no; then both are hung up on.
private func copy(from: Int32, to: Int32, isWelcome: (ArraySlice<UInt8>) -> Bool) {
  var room = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = recv(from, &room, room.count, 0)
    guard count > 0, isWelcome(room[..<count]) else { break }
    _ = send(to, room, count, Int32(MSG_NOSIGNAL))
  }
  for end in [from, to] { shutdown(end, Int32(SHUT_RDWR)) }
}

private func localSocket(
  _ path: String, then act: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32? {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8) + [0]) }
  let failed = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      act(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  return failed == 0 ? descriptor : nil
}
