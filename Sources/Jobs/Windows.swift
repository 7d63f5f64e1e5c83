import TradingTime

/// When a market's window is open.
extension Window {
  struct Opening: Hashable {
    var start: Instant
    /// Excluded.
    var end: Instant

    func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }
  }

  /// The openings that meet `from ... to`, oldest first.
  func windows(
    in calendar: TradingCalendar, overlapping from: Instant, _ to: Instant
  ) -> [Opening] {
    var openings: [Opening] = []
    var date = calendar.zone.local(from).date.adding(days: -margin)
    let last = calendar.zone.local(to).date.adding(days: margin)
    while date <= last {
      openings += self.openings(on: date, calendar).filter { $0.end > from && $0.start <= to }
      date = date.adding(days: 1)
    }
    return openings
  }

  /// How many dates away from its session `from` or `until` may lie.
  private var margin: Int {
    let farthest = [from, until].compactMap { $0?.offsetSeconds.magnitude }.max() ?? 0
    return Int(farthest / 86_400) + 1
  }

  func contains(_ instant: Instant, _ calendar: TradingCalendar) -> Bool {
    windows(in: calendar, overlapping: instant, instant).contains { $0.contains(instant) }
  }

  /// `from` and `until` set the first start and the last end, whether they cut or stretch.
  func openings(on date: CivilDate, _ calendar: TradingCalendar) -> [Opening] {
    guard case .session(let session) = calendar.day(date) else { return [] }
    var openings = phases.isEmpty ? [wholeDay(date, calendar.zone)] : phaseOpenings(of: session)
    if let from {
      guard let start = from.instant(in: session, class: instrumentClass) else { return [] }
      openings = openings.filter { $0.end > start }
      if let first = openings.indices.first { openings[first].start = start }
    }
    if let until {
      guard let end = until.instant(in: session, class: instrumentClass) else { return [] }
      openings = openings.filter { $0.start < end }
      if let last = openings.indices.last { openings[last].end = end }
    }
    return openings
  }

  /// Phases of the wanted kinds, joined where one begins as another ends.
  private func phaseOpenings(of session: Session) -> [Opening] {
    let spans = session.phases(of: instrumentClass).filter { phases.contains($0.kind) }
    return spans.reduce(into: []) { openings, span in
      if let last = openings.indices.last, openings[last].end >= span.start {
        openings[last].end = max(openings[last].end, span.end)
      } else {
        openings.append(Opening(start: span.start, end: span.end))
      }
    }
  }

  private func wholeDay(_ date: CivilDate, _ zone: ZoneRules) -> Opening {
    Opening(
      start: zone.resolve(date, .midnight).earliest,
      end: zone.resolve(date.adding(days: 1), .midnight).earliest)
  }
}

extension TradingCalendar {
  /// How far towards an instant this calendar can tell, and what to say where it stops.
  ///
  /// - Parameter early: negative for what belongs to a session but comes before its day.
  func reach(_ instant: Instant, lessAtEnd early: Duration = .zero) -> (
    end: Instant, holds: String?
  ) {
    let end = zone.resolve(coverage.upperBound.adding(days: 1), .midnight).earliest + early
    guard instant >= end else { return (instant, nil) }
    return (
      Instant(microseconds: end.microseconds - 1),
      "the calendar of \(market) ends on \(coverage.upperBound); load a newer one"
    )
  }
}
