/// The questions that need more than one day. Each walk stops where the calendar's knowledge stops:
/// the session after the last covered date is not "none" but unknown, and both are nil here.
extension TradingCalendar {
  package func session(on date: CivilDate) -> Session? {
    if case .session(let session) = day(date) { session } else { nil }
  }

  /// Days whose hours are unknown are passed over.
  package func session(onOrBefore date: CivilDate) -> Session? {
    walk(from: date, by: -1, until: session(on:))
  }

  /// Days whose hours are unknown are passed over.
  package func nextSession(after date: CivilDate) -> Session? {
    walk(from: date.adding(days: 1), by: 1, until: session(on:))
  }

  /// Also true on a day whose hours are unknown: the exchange trades, we only cannot say when.
  package func isSessionDay(_ date: CivilDate) -> Bool {
    switch day(date) {
    case .session, .hoursUnknown: true
    case .holiday, .weekend, .outsideCoverage: false
    }
  }

  /// The session a moment's work belongs to: from `dayStart` of a session day that day, before it
  /// and on other days the last session. A day whose hours are unknown counts: what the broker
  /// shows in its evening is that day's. Nil where the calendar cannot tell.
  package func businessDate(
    of instant: Instant, dayStart: TimeOfDay = .businessDayStart
  ) -> CivilDate? {
    let local = zone.local(instant)
    let last = local.time < dayStart ? local.date.adding(days: -1) : local.date
    return walk(from: last, by: -1) { isSessionDay($0) ? $0 : nil }
  }

  /// The session days of a span of dates, those outside the coverage left out.
  package func sessionDays(in dates: ClosedRange<CivilDate>) -> [CivilDate] {
    guard dates.overlaps(coverage) else { return [] }
    let known = dates.clamped(to: coverage)
    return (known.lowerBound.daysSinceEpoch...known.upperBound.daysSinceEpoch)
      .map(CivilDate.init(daysSinceEpoch:)).filter(isSessionDay)
  }

  func walk<Found>(
    from start: CivilDate, by step: Int, until find: (CivilDate) -> Found?
  ) -> Found? {
    var date = start
    while coverage.contains(date) {
      if let found = find(date) { return found }
      date = date.adding(days: step)
    }
    return nil
  }
}
