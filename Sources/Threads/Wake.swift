/// A loop's alarm clock: it rings at a time, or earlier when somebody rings it.
///
/// Neither a ring nor the end of the time is ever lost between looking and waiting: both are kept
/// for a waiter who has yet to lie down, which on a loaded machine may take longer than the wait.
package final class Wake: Sendable {
  private struct State {
    var isRung = false
    /// The wait whose time was up before its waiter had lain down.
    var expiredRound = 0
    var waiter: CheckedContinuation<Void, Never>?
    var round = 0
  }

  private let state = Locked(State())

  package init() {}

  package func ring() {
    state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil { state.isRung = true }
      return state.waiter
    }?.resume()
  }

  /// Returns when rung, when the time is up, or when the task is cancelled. One waits at a time.
  package func wait(for span: Duration) async { await wait(until: .after(span)) }

  package func wait(until deadline: Deadline) async {
    guard !deadline.hasPassed, !Task.isCancelled else { return }
    let round = state.withLock { state in
      state.round += 1
      return state.round
    }
    let alarm = PollThread.shared.setAlarm(at: deadline) { [self] in timeIsUp(round) }
    defer { PollThread.shared.callOff(alarm) }
    await withTaskCancellationHandler {
      await withCheckedContinuation { lieDown($0, round) }
    } onCancel: {
      ring()
    }
  }

  private func lieDown(_ continuation: CheckedContinuation<Void, Never>, _ round: Int) {
    let isDue = state.withLock { state in
      if state.isRung || state.expiredRound == round || Task.isCancelled {
        state.isRung = false
        return true
      }
      state.waiter = continuation
      return false
    }
    if isDue { continuation.resume() }
  }

  /// A timer of an earlier wait must not end a later one.
  private func timeIsUp(_ round: Int) {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.round == round else { return nil }
      state.expiredRound = round
      defer { state.waiter = nil }
      return state.waiter
    }?.resume()
  }
}
