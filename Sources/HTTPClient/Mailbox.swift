import CCurl
import Threads

/// What other threads may say to the engine's thread: take this errand, look at your tickets, stop.
final class Mailbox: Sendable {
  private struct State {
    var arrived: [Ticket] = []
    var areSomeCancelled = false
    var isAsleep = false
    var isStopping = false
    var isClosed = false
    var waker: Waker?
  }

  private let state = Locked(State())

  func post(_ ticket: Ticket) {
    let taken = state.withLock { state in
      if state.isStopping || state.isClosed { return false }
      state.arrived.append(ticket)
      wake(&state)
      return true
    }
    if !taken { ticket.end(.stopped) }
  }

  func lookForCancelled() {
    state.withLock { state in
      state.areSomeCancelled = true
      wake(&state)
    }
  }

  func stop() {
    state.withLock { state in
      state.isStopping = true
      wake(&state)
    }
  }

  /// For the engine's thread: by what others may wake it.
  func open(_ waker: Waker) {
    state.withLock { $0.waker = waker }
  }

  struct News {
    var arrived: [Ticket]
    var areSomeCancelled: Bool
    var isStopping: Bool
  }

  func collect() -> News {
    state.withLock { state in
      defer { (state.arrived, state.areSomeCancelled, state.isAsleep) = ([], false, false) }
      return News(
        arrived: state.arrived, areSomeCancelled: state.areSomeCancelled,
        isStopping: state.isStopping)
    }
  }

  /// Whether the engine's thread may wait until it is woken; what is said from then on wakes it, and
  /// before that nothing need.
  func fallAsleep() -> Bool {
    state.withLock { state in
      state.isAsleep = state.arrived.isEmpty && !state.areSomeCancelled && !state.isStopping
      return state.isAsleep
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
  private func wake(_ state: inout State) {
    guard state.isAsleep else { return }
    state.isAsleep = false
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
