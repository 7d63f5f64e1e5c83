package import TradingTime

/// What calendars say to alarms: their own end, and when a session is near.
extension Almanac {
  /// Every market that jobs go by, with the day its calendar ends.
  package func calendarFacts(of jobs: [Job], now: Instant) -> [AlarmFacts.CalendarFacts] {
    let bound = jobs.filter { $0.schedule?.during != nil }
    return Dictionary(grouping: bound) { $0.schedule?.during?.calendarName ?? "" }
      .compactMap { name, jobs in
        guard let calendar = calendars[name] else { return nil }
        return AlarmFacts.CalendarFacts(
          market: name, endsOn: calendar.coverage.upperBound,
          today: calendar.zone.local(now).date, jobs: jobs.map(\.name).sorted())
      }
      .sorted { $0.market < $1.market }
  }

  /// The session that is open, or will be within `lead`; nil at all other times.
  package func session(
    of schedule: Schedule?, near now: Instant, lead: Duration
  ) -> (market: String, opensAt: Instant, closesAt: Instant, isOpen: Bool)? {
    guard let calendar = calendar(of: schedule),
      case .session(let session) = calendar.day(calendar.zone.local(now).date),
      session.open - lead <= now, now < session.close
    else { return nil }
    return (calendar.market, session.open, session.close, now >= session.open)
  }
}
