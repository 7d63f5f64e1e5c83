import CPostgres
import Threads

// Between exchanges the server speaks only to notify or to hang up. Seeing the latter at once keeps
// dead connections from being lent by a pool.
extension Connection {
  func heedTheUnasked() {
    guard watched == nil, let handle else { return }
    let socket = PQsocket(handle)
    watched = socket
    thread.watch(fd: socket) { [weak self] _, _ in self?.assumeIsolated { $0.readUnasked() } }
  }

  func ignoreTheUnasked() {
    if let watched { thread.leave(fd: watched) }
    watched = nil
  }

  private func readUnasked() {
    guard let handle else { return }
    guard PQconsumeInput(handle) == 1, PQstatus(handle) != CONNECTION_BAD else {
      return lose(errorMessage)
    }
    // The goodbye of a server that shuts down arrives as an unasked result.
    if PQisBusy(handle) == 0, PQtransactionStatus(handle) == PQTRANS_UNKNOWN {
      return lose(errorMessage)
    }
    deliverNotifications()
  }
}
