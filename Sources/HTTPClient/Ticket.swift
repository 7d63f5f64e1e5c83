import Threads

/// An errand on its way, held by the waiting task and by the engine. Whichever ends it first, the
/// waiting task is resumed exactly once.
final class Ticket: Sendable {
  private enum State {
    case new
    case waiting(CheckedContinuation<Ending, Never>)
    case cancelled(CheckedContinuation<Ending, Never>?)
    case ended(Ending)
    case resumed
  }

  let errand: Errand
  private let state = Locked(State.new)

  init(_ errand: Errand) {
    self.errand = errand
  }

  var isCancelled: Bool {
    state.withLock { if case .cancelled = $0 { true } else { false } }
  }

  /// Only marks the ticket: the engine's thread takes the transfer down and resumes the task, so
  /// that a cancelled request is really gone when its caller goes on.
  func cancel() {
    state.withLock { state in
      switch state {
      case .new: state = .cancelled(nil)
      case .waiting(let continuation): state = .cancelled(continuation)
      case .cancelled, .ended, .resumed: break
      }
    }
  }

  func wait(_ continuation: CheckedContinuation<Ending, Never>) {
    let ending: Ending? = state.withLock { state in
      switch state {
      case .new: state = .waiting(continuation)
      case .cancelled: state = .cancelled(continuation)
      case .ended(let ending):
        state = .resumed
        return ending
      case .waiting, .resumed: fatalError("a ticket has one waiting task")
      }
      return nil
    }
    if let ending { continuation.resume(returning: ending) }
  }

  func end(_ ending: Ending) {
    let continuation: CheckedContinuation<Ending, Never>? = state.withLock { state in
      switch state {
      case .waiting(let continuation), .cancelled(let continuation?):
        state = .resumed
        return continuation
      case .new, .cancelled(nil):
        state = .ended(ending)
        return nil
      case .ended, .resumed:
        return nil
      }
    }
    continuation?.resume(returning: ending)
  }
}
