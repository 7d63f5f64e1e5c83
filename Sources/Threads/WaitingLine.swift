/// Things that many want and few can have at a time: the right to use a connection, the connections of
/// a pool, the loading of a list. First come, first served; who gives up or is cancelled leaves the
/// line.
///
/// Given things go to the head of the line directly, so nobody can slip in between.
package final class WaitingLine<Thing: Sendable>: Sendable {
  package enum GaveUp: Error { case deadlinePassed, cancelled }

  private struct Waiter {
    let number: UInt64
    let continuation: CheckedContinuation<Thing, any Error>
  }

  private struct State {
    var things: [Thing]
    var waiters: [Waiter] = []
    var lastNumber: UInt64 = 0
  }

  private let state: Locked<State>

  package init(_ things: [Thing]) {
    state = Locked(State(things: things))
  }

  package nonisolated(nonsending) func take(by deadline: Deadline) async throws -> Thing {
    if let thing = state.withLock({ $0.things.popLast() }) { return thing }
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let alarm = PollThread.shared.setAlarm(at: deadline) { [self] in
      dismiss(number, because: .deadlinePassed)
    }
    defer { PollThread.shared.callOff(alarm) }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        line(up: Waiter(number: number, continuation: continuation), by: deadline)
      }
    } onCancel: {
      dismiss(number, because: .cancelled)
    }
  }

  /// `last` puts a thing where it is taken only when there is no other.
  package func give(_ thing: Thing, last: Bool = false) {
    let waiter: Waiter? = state.withLock { state in
      if !state.waiters.isEmpty { return state.waiters.removeFirst() }
      state.things.insert(thing, at: last ? 0 : state.things.count)
      return nil
    }
    waiter?.continuation.resume(returning: thing)
  }

  /// What nobody has at the moment, and how many are waiting.
  package var lookAround: (things: [Thing], waiting: Int) {
    state.withLock { ($0.things, $0.waiters.count) }
  }

  /// A dismissal that came before the waiter stood in the line found nobody to dismiss; the flags
  /// looked at under the lock make up for it.
  private func line(up waiter: Waiter, by deadline: Deadline) {
    let answer: Result<Thing, any Error>? = state.withLock { state in
      if let thing = state.things.popLast() { return .success(thing) }
      if Task.isCancelled { return .failure(GaveUp.cancelled) }
      if deadline.hasPassed { return .failure(GaveUp.deadlinePassed) }
      state.waiters.append(waiter)
      return nil
    }
    if let answer { waiter.continuation.resume(with: answer) }
  }

  private func dismiss(_ number: UInt64, because reason: GaveUp) {
    let waiter: Waiter? = state.withLock { state in
      state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
    }
    waiter?.continuation.resume(throwing: reason)
  }
}
