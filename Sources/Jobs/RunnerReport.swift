package import TradingTime

/// How a runner's own loops are doing: told by the runner, shown by whoever answers for it.
///
/// It is a value of its own because the status endpoint must answer while PostgreSQL is down, and
/// because a loop that hangs cannot be asked.
package struct RunnerReport: Codable, Hashable, Sendable {
  package struct Loop: Codable, Hashable, Sendable {
    package var name: String
    /// Seconds since the loop last went round.
    package var movedSecondsAgo: Double
    /// A loop that has not moved for longer is stuck.
    package var limitSeconds: Double
    package var isAlive: Bool { movedSecondsAgo <= limitSeconds }

    package init(name: String, movedSecondsAgo: Double, limitSeconds: Double) {
      self.name = name
      self.movedSecondsAgo = movedSecondsAgo
      self.limitSeconds = limitSeconds
    }
  }

  package var holder: String
  package var startedAt: Instant
  package var loops: [Loop]
  /// Since when the database cannot be reached; nil while it can.
  package var databaseLostAt: Instant?
  package var databaseError: String?
  /// Attempts under way in this process.
  package var active: Int
  package var isDraining: Bool
  /// Database clock minus this machine's, in milliseconds; nil before the first comparison.
  package var clockSkewMilliseconds: Double?
  /// Why clocks are not to be trusted now; it holds every job that is not idempotent.
  package var clockSuspicion: String?
  /// Steps and sleeps that this process has seen, newest first.
  package var clockEvents: [ClockEvent] = []
  /// Why the last reload was refused; the plan before it stays in force.
  package var reloadRefused: String?
  /// Nil where no alarms are kept.
  package var alarms: AlarmReport?

  package init(holder: String, startedAt: Instant) {
    self.holder = holder
    self.startedAt = startedAt
    loops = []
    active = 0
    isDraining = false
  }

  package var isAlive: Bool { loops.allSatisfy(\.isAlive) }
}
