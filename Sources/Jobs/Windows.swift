import TradingTime

/// When a market's window is open, and why it is not.
extension Window {
  struct Opening: Hashable {
    var start: Instant
    /// Excluded.
    var end: Instant
  }

  /// The openings that meet `from ... to`, oldest first.
  func windows(
    in calendar: TradingCalendar, overlapping from: Instant, _ to: Instant
  ) -> [Opening] {
    var openings: [Opening] = []
    var date = calendar.zone.local(from).date.adding(days: -1)
    let last = calendar.zone.local(to).date.adding(days: 1)
    while date <= last {
      openings += self.openings(on: date, calendar).filter { $0.end > from && $0.start <= to }
      date = date.adding(days: 1)
    }
    return openings
  }

  func contains(_ instant: Instant, _ calendar: TradingCalendar) -> Bool {
    windows(in: calendar, overlapping: instant, instant).contains {
      $0.start <= instant && instant < $0.end
    }
  }

  func openings(on date: CivilDate, _ calendar: TradingCalendar) -> [Opening] {
    guard case .session(let session) = calendar.day(date) else { return [] }
    if isWholeDay { return [wholeDay(date, calendar.zone)] }
    var openings = phaseOpenings(of: session)
    if let from = from?.instant(in: session, class: instrumentClass) {
      openings = openings.filter { $0.end > from }.map {
        Opening(start: max($0.start, from), end: $0.end)
      }
    }
    if let until = until?.instant(in: session, class: instrumentClass) {
      openings = openings.filter { $0.start < until }
      if let last = openings.indices.last { openings[last].end = until }
      openings = openings.map { Opening(start: $0.start, end: min($0.end, until)) }
    }
    return openings
  }

  /// Phases of the wanted kinds, joined where one begins as another ends.
  private func phaseOpenings(of session: Session) -> [Opening] {
    let kinds = phases.isEmpty ? Set(PhaseKind.allCases) : Set(phases)
    let spans = session.phases(of: instrumentClass).filter { kinds.contains($0.kind) }
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

  /// Why one instant is outside: the day's reason, or the hours of its session.
  func closedReason(at instant: Instant, _ calendar: TradingCalendar) -> String {
    let date = calendar.zone.local(instant).date
    switch calendar.day(date) {
    case .holiday(let name): return "\(market) is closed on \(date): \(name)"
    case .weekend: return "\(market) is closed on \(date): weekend"
    case .hoursUnknown(let note):
      return "\(market) has a session on \(date) whose hours are not loaded: \(note)"
    case .outsideCoverage: return "the calendar of \(market) does not reach \(date)"
    case .session:
      let hours = openings(on: date, calendar).map {
        "\(calendar.zone.local($0.start).time)-\(calendar.zone.local($0.end).time)"
      }
      return "\(market) is outside its window on \(date) (\(hours.joined(separator: ", ")))"
    }
  }

  /// Why a whole stretch is outside, with the holidays it holds.
  func closedReason(from: Instant, to: Instant, _ calendar: TradingCalendar) -> String {
    let start = calendar.zone.local(from)
    let end = calendar.zone.local(to)
    var causes: [String] = []
    var date = start.date
    while date <= end.date && causes.count < 10 {
      switch calendar.day(date) {
      case .holiday(let name): causes.append("\(name) \(date)")
      case .weekend where !causes.contains("weekend"): causes.append("weekend")
      case .hoursUnknown(let note): causes.append("\(date) hours not loaded: \(note)")
      default: break
      }
      date = date.adding(days: 1)
    }
    let why = causes.isEmpty ? "" : " (\(causes.joined(separator: ", ")))"
    return "\(market) closed \(start.date) \(start.time) to \(end.date) \(end.time)\(why)"
  }
}

extension TradingCalendar {
  /// How far towards an instant this calendar can tell, and what to say where it stops.
  func reach(_ instant: Instant) -> (end: Instant, holds: String?) {
    let end = zone.resolve(coverage.upperBound.adding(days: 1), .midnight).earliest
    guard instant >= end else { return (instant, nil) }
    return (
      Instant(microseconds: end.microseconds - 1),
      "the calendar of \(market) ends on \(coverage.upperBound); load a newer one"
    )
  }
}
