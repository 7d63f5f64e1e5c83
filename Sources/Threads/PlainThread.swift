import CLinux
import Glibc

/// A detached thread for work that blocks and that nobody waits for.
package enum PlainThread {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// False if the system has no thread to give. The stack of 512 KiB suffices for name resolution
  /// and TLS, and only touched pages cost memory.
  package static func start(
    name: String, stackSize: Int = 512 * 1024, _ body: @escaping @Sendable () -> Void
  ) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, stackSize)
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
        _ = clinux_name_this_thread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    if failure != 0 { start.release() }
    return failure == 0
  }

  /// Blocks the thread it is called on until the descriptor is ready, in error or hung up.
  ///
  /// - Returns: false at the deadline.
  package static func wait(
    fd descriptor: Int32, read: Bool, write: Bool, until deadline: Deadline
  ) -> Bool {
    let events = (read ? POLLIN : 0) | (write ? POLLOUT : 0)
    while true {
      var one = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      if clinux_poll(&one, 1, deadline.nanosecondsLeft) > 0 { return true }
      if deadline.hasPassed { return false }
    }
  }
}
