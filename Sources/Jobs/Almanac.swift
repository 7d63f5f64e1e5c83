package import TradingTime

/// Everything about time that schedules refer to by name: zones and market calendars.
package struct Almanac: Sendable, Hashable {
  package var zones: [String: ZoneRules]
  package var calendars: [String: TradingCalendar]
  /// The zone of local dates for jobs that name none.
  package var homeZone: ZoneRules
  /// From this time of a session day on, the business date is that day.
  package var businessDayStart: TimeOfDay

  package init(
    zones: [String: ZoneRules], calendars: [String: TradingCalendar], homeZone: ZoneRules,
    businessDayStart: TimeOfDay = .businessDayStart
  ) {
    self.zones = zones
    self.calendars = calendars
    self.homeZone = homeZone
    self.businessDayStart = businessDayStart
  }

  package func calendar(of schedule: Schedule?) -> TradingCalendar? {
    schedule?.during.flatMap { calendars[$0.calendarName] }
  }

  /// The zone in which a schedule's times are written and read.
  package func zone(of schedule: Schedule?) -> ZoneRules {
    if let name = schedule?.timezone, let zone = zones[name] { return zone }
    return calendar(of: schedule)?.zone ?? homeZone
  }

  /// The session a run belongs to; nil where the calendar does not reach, because there "the last
  /// session" would be a guess.
  package func businessDate(of instant: Instant, for schedule: Schedule?) -> CivilDate? {
    if schedule?.during != nil {
      return calendar(of: schedule)?.businessDate(of: instant, dayStart: businessDayStart)
    }
    return zone(of: schedule).local(instant).date
  }

  /// The first instant of the business date that holds an instant; nil where none can be told.
  func businessDateStart(of instant: Instant, for schedule: Schedule?) -> Instant? {
    businessDate(of: instant, for: schedule).map { dayStart(of: $0, for: schedule) }
  }

  /// When the civil day of a business date is over: where the next one could begin.
  package func dayEnd(of date: CivilDate, for schedule: Schedule?) -> Instant {
    dayStart(of: date.adding(days: 1), for: schedule)
  }

  private func dayStart(of date: CivilDate, for schedule: Schedule?) -> Instant {
    let start: TimeOfDay = schedule?.during == nil ? .midnight : businessDayStart
    let zone = calendar(of: schedule)?.zone ?? zone(of: schedule)
    return zone.resolve(date, start).earliest
  }
}
