import CCurl
import Threads

/// What other threads may say to the engine's thread: take this errand, look at your tickets, stop.
final class Mailbox: Sendable {
  private struct State {
    var arrived: [Ticket] = []
    var isStopping = false
    var isClosed = false
    var waker: Waker?
  }

  private let state = Locked(State())

  func post(_ ticket: Ticket) {
    let taken = state.withLock { state in
      if state.isStopping || state.isClosed { return false }
      state.arrived.append(ticket)
      wake(state)
      return true
    }
    if !taken { ticket.end(.stopped) }
  }

  func wake() {
    state.withLock { wake($0) }
  }

  func stop() {
    state.withLock { state in
      state.isStopping = true
      wake(state)
    }
  }

  /// For the engine's thread: by what others may wake it.
  func open(_ waker: Waker) {
    state.withLock { $0.waker = waker }
  }

  func collect() -> (arrived: [Ticket], isStopping: Bool) {
    state.withLock { state in
      defer { state.arrived = [] }
      return (state.arrived, state.isStopping)
    }
  }

  /// After this nobody touches the multi handle any more, and it may be freed.
  func close() {
    let left = state.withLock { state in
      defer { state.arrived = [] }
      state.isClosed = true
      state.waker = nil
      return state.arrived
    }
    for ticket in left { ticket.end(.stopped) }
  }

  /// Under the lock, which keeps the handle alive for the call.
  private func wake(_ state: State) {
    state.waker?.wake()
  }
}

/// The one thing that another thread may do with the engine's multi handle.
///
/// `@unchecked Sendable` is sound: libcurl documents `curl_multi_wakeup` as callable from any
/// thread, no other call is made through this value, and the mailbox drops it before the handle is
/// freed.
struct Waker: @unchecked Sendable {
  private let multi: UnsafeMutableRawPointer

  init(_ multi: UnsafeMutableRawPointer) {
    self.multi = multi
  }

  fileprivate func wake() {
    curl_multi_wakeup(multi)
  }
}
