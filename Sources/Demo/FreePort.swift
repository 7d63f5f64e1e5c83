import Glibc

/// The port of the demo's page: the usual one, or the next that nobody has.
package enum FreePort {
  package static func next(
    from first: UInt16, isFree: (UInt16) -> Bool = canListen
  ) throws(DemoProblem) -> UInt16 {
    let last = first > .max - 99 ? .max : first + 99
    for port in first...last where isFree(port) { return port }
    throw DemoProblem(
      .configuration, "no free port from \(first) to \(last) on 127.0.0.1; stop what listens there")
  }

  /// Found out by listening: only that asks the question that will be asked.
  package static func canListen(on port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var yes: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return bound == 0 && listen(descriptor, 1) == 0
  }
}
