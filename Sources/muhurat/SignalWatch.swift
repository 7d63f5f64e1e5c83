import Threads
import UnixSignals

/// Turns SIGINT and SIGTERM into a call; everything else goes its ordinary way.
final class SignalWatch: Sendable {
  private let task: Task<Void, Never>

  init(_ act: @escaping @Sendable () -> Void) {
    task = Task {
      for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { act() }
    }
  }

  func stop() { task.cancel() }
}
