package import Jobs
import Threads

/// When each loop last went round. The watchdog is fed, and the endpoint says "alive", only if all
/// have.
package final class LoopBoard: Sendable {
  private struct Entry {
    var movedAt: Duration
    var limit: Duration
  }

  private let entries = Locked([String: Entry]())
  /// Limits of a test's own, by loop.
  private let limits: [String: Duration]

  package init(limits: [String: Duration] = [:]) { self.limits = limits }

  package func moved(_ loop: String, limit: Duration = .seconds(15)) {
    let entry = Entry(movedAt: SystemClock.sinceBoot(), limit: limits[loop] ?? limit)
    entries.withLock { $0[loop] = entry }
  }

  /// A loop that ended on purpose is not a stuck one.
  package func left(_ loop: String) { _ = entries.withLock { $0.removeValue(forKey: loop) } }

  package var loops: [RunnerReport.Loop] {
    let now = SystemClock.sinceBoot()
    return entries.withLock { entries in
      entries.sorted { $0.key < $1.key }.map { name, entry in
        .init(
          name: name, movedSecondsAgo: (now - entry.movedAt) / .seconds(1),
          limitSeconds: entry.limit / .seconds(1))
      }
    }
  }

  package var areAllMoving: Bool { loops.allSatisfy(\.isAlive) }
}
