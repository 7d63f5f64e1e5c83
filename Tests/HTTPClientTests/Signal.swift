import Threads

/// Something that happened on another thread; tests wait for it instead of sleeping. The suite's
/// time limit bounds the wait.
final class Signal: Sendable {
  private struct State {
    var raised = 0
    var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Locked(State())

  func raise() {
    let ready = state.withLock { state in
      state.raised += 1
      let raised = state.raised
      let ready = state.waiting.filter { $0.count <= raised }.map(\.continuation)
      state.waiting.removeAll { $0.count <= raised }
      return ready
    }
    for continuation in ready { continuation.resume() }
  }

  func wait(times count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.raised >= count { return true }
        state.waiting.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
