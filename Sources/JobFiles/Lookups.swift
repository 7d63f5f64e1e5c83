import Jobs
import TradingTime

/// What the files of one reading ask again and again, found once: zones come from the disk.
final class Lookups {
  let context: JobFileContext
  private var zones: [String: Bool] = [:]
  private var phases: [String: Set<PhaseKind>] = [:]

  init(_ context: JobFileContext) { self.context = context }

  func isZone(_ name: String) -> Bool {
    if let known = zones[name] { return known }
    let isZone = context.zone(name) != nil
    zones[name] = isZone
    return isZone
  }

  /// Every kind of phase that a market, or a class of it, has on any date.
  func phases(of market: String) -> Set<PhaseKind> {
    if let known = phases[market] { return known }
    let window = Window(market: market)
    guard let calendar = context.calendars[window.calendarName] else { return [] }
    let ordinary = calendar.hours.filter {
      $0.class == nil || window.instrumentClass == nil || $0.class == window.instrumentClass
    }
    let special = calendar.specialSessions.values.flatMap { session -> [PhaseHours] in
      if case .phases(let phases) = session.hours { phases } else { [] }
    }
    let kinds = Set((ordinary.flatMap(\.phases) + special).map(\.kind))
    phases[market] = kinds
    return kinds
  }
}
