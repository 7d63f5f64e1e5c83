import Threads

/// What was waited for and did not come.
package struct NeverHappened: Error, CustomStringConvertible {
  package let what: String
  package let span: Duration

  package var description: String { "waited \(span) in vain: \(what)" }
}

/// Looks again and again until the condition holds. For what can only be looked at, such as rows
/// and the server's own views; where something can tell, wait for a `Signal`.
package nonisolated(nonsending) func eventually(
  _ what: String, within span: Duration = .seconds(30),
  _ condition: nonisolated(nonsending) () async throws -> Bool
) async throws {
  var patience = Patience(for: span)
  var pause = Duration.milliseconds(2)
  while try await !condition() {
    guard !patience.isOver else { throw NeverHappened(what: what, span: span) }
    try await SystemClock.sleep(for: pause)
    patience.spend()
    pause = min(pause * 2, .milliseconds(50))
  }
}

/// How long a test goes on waiting, in time that the machine was running for.
///
/// The clock goes on while a virtual machine stands still, and whatever is waited for does not:
/// a minute of that would be the whole span. A turn counts as a second at most, so that it costs one.
private struct Patience {
  private var left: Duration
  private var turnBegan = SystemClock.sinceBoot()

  init(for span: Duration) {
    left = span
  }

  var isOver: Bool { left <= .zero }

  mutating func spend() {
    let now = SystemClock.sinceBoot()
    left -= min(now - turnBegan, .seconds(1))
    turnBegan = now
  }
}

/// Something that code under test says happened, and that a test waits for: each `fire` lets one
/// `wait` pass, whichever comes first.
package final class Signal<Value: Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation
  private let name: String

  package init(_ name: String, of _: Value.Type = Value.self) {
    self.name = name
    (stream, continuation) = AsyncStream.makeStream(of: Value.self)
  }

  package func fire(_ value: Value) {
    continuation.yield(value)
  }

  @discardableResult
  package func wait(within span: Duration = .seconds(30)) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { [stream] in
        for await value in stream { return value }
        return nil
      }
      group.addTask {
        var patience = Patience(for: span)
        while !patience.isOver {
          try await SystemClock.sleep(for: min(span, .milliseconds(500)))
          patience.spend()
        }
        return nil
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() ?? nil else {
        throw NeverHappened(what: name, span: span)
      }
      return value
    }
  }
}

extension Signal where Value == Void {
  package func fire() {
    fire(())
  }
}

/// What work waits for that does not end by itself: its own cancellation.
package func untilCancelled() async throws -> Never {
  await untilToldToStop()
  throw CancellationError()
}

/// The same for work that has something to say then.
package func untilToldToStop() async {
  // Nothing ever comes; the stream ends when the task is cancelled, or when its writer goes.
  let (nothing, writer) = AsyncStream.makeStream(of: Never.self)
  for await _ in nothing {}
  withExtendedLifetime(writer) {}
}
