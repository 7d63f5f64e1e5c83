import Jobs
import TradingTime

/// The runner's report under the words of tables and pages.
struct RunnerState: Encodable, Sendable {
  var holder: String
  var startedAt: Instant
  var loops: [Loop]
  var active: Int
  var isDraining: Bool
  var clockSkewMilliseconds: Double?
  /// Why clocks are not to be trusted now.
  var clockSuspicion: String?
  /// Steps and sleeps, newest first.
  var clockEvents: [ClockEvent]
  var reloadRefused: String?

  struct Loop: Encodable, Sendable {
    var name: String
    var movedSecondsAgo: Double
    var limitSeconds: Double
    var isAlive: Bool

    enum CodingKeys: String, CodingKey {
      case name
      case movedSecondsAgo = "moved_seconds_ago"
      case limitSeconds = "limit_seconds"
      case isAlive = "is_alive"
    }
  }

  enum CodingKeys: String, CodingKey {
    case holder
    case startedAt = "started_at"
    case loops, active
    case isDraining = "is_draining"
    case clockSkewMilliseconds = "clock_skew_milliseconds"
    case clockSuspicion = "clock_suspicion"
    case clockEvents = "clock_events"
    case reloadRefused = "reload_refused"
  }

  init(_ report: RunnerReport) {
    holder = report.holder
    startedAt = report.startedAt
    loops = report.loops.map {
      Loop(
        name: $0.name, movedSecondsAgo: $0.movedSecondsAgo.inMilliseconds,
        limitSeconds: $0.limitSeconds, isAlive: $0.isAlive)
    }
    active = report.active
    isDraining = report.isDraining
    clockSkewMilliseconds = report.clockSkewMilliseconds
    clockSuspicion = report.clockSuspicion
    clockEvents = report.clockEvents
    reloadRefused = report.reloadRefused
  }
}
