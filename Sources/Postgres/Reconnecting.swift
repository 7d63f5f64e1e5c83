import Threads

/// When a pool may try to connect again, and what it remembers of the last times.
///
/// The pauses double up to 5 s and are drawn evenly from zero to that: after an outage the many
/// processes of a desk must not all come back in the same moment.
final class Reconnecting: Sendable {
  struct Facts: Sendable {
    var failures = 0
    var connectedSince: Timestamp?
    var lastError: String?
    var lastErrorAt: Timestamp?
    fileprivate var nextTry = Deadline(sinceBoot: .zero)
  }

  private let state = Locked(Facts())

  var facts: Facts { state.withLock { $0 } }

  /// Why there is no connection at present; `nil` if the last try succeeded.
  var failure: String? { state.withLock { $0.failures > 0 ? $0.lastError : nil } }

  func noteSuccess() {
    state.withLock { facts in
      facts.failures = 0
      facts.nextTry = Deadline(sinceBoot: .zero)
      if facts.connectedSince == nil { facts.connectedSince = .now }
    }
  }

  func noteFailure(_ reason: String) {
    state.withLock { facts in
      facts.failures += 1
      facts.connectedSince = nil
      facts.lastError = reason
      facts.lastErrorAt = .now
      facts.nextTry = .after(Self.pause(afterFailures: facts.failures))
    }
  }

  /// A lost connection says nothing about the next one, so there is no pause.
  func noteLoss(_ reason: String) {
    state.withLock { facts in
      facts.lastError = reason
      facts.lastErrorAt = .now
    }
  }

  nonisolated(nonsending) func waitForNextTry(by deadline: Deadline) async throws {
    let nextTry = facts.nextTry
    do {
      try await SystemClock.sleep(until: min(nextTry, deadline))
    } catch {
      throw PostgresError.cancelled
    }
    if deadline.hasPassed { throw PostgresError.unavailable(failure ?? "no time left to connect") }
  }

  private static func pause(afterFailures failures: Int) -> Duration {
    let longest = min(5000, 100 << min(failures - 1, 6))
    return .milliseconds(Int.random(in: 0...longest))
  }
}

extension Timestamp {
  fileprivate static var now: Timestamp {
    Timestamp(microsecondsSinceEpoch: SystemClock.microsecondsSinceEpoch())
  }
}
