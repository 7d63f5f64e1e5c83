import Jobs
import TradingTime

/// What a job file that says nothing means, by the kind of its schedule.
struct Defaults {
  var misfire = Misfire(policy: .latest)
  var expiresAfter: Duration?

  init(of schedule: Schedule?, oncePerBusinessDate: Bool) {
    guard let schedule else { return }
    if let spacing = Self.spacing(of: schedule) {
      // Stale at once when the next is due.
      expiresAfter = spacing
      if spacing > .seconds(5 * 60) { misfire.within = spacing }
    } else if oncePerBusinessDate {
      misfire.withinSession = true
      expiresAfter = .seconds(16 * 3600)
    } else {
      misfire.within = .seconds(12 * 3600)
      expiresAfter = .seconds(12 * 3600)
    }
  }

  /// The shortest time between two slots of a day; nil for schedules that come once a day or less.
  static func spacing(of schedule: Schedule) -> Duration? {
    if let interval = schedule.interval { return interval }
    guard case .cron(let expression) = schedule.timing else { return nil }
    return expression.narrowestSpacing
  }
}
