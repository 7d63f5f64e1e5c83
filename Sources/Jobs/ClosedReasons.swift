package import TradingTime

/// Why a market's window is not open, in words.
extension Window {
  /// Why one instant is outside: the day's reason, or the hours of its session.
  func closedReason(at instant: Instant, _ calendar: TradingCalendar) -> String {
    closedReason(on: calendar.zone.local(instant).date, calendar)
  }

  func closedReason(on date: CivilDate, _ calendar: TradingCalendar) -> String {
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
      return hours.isEmpty
        ? "\(market) has no such hours on \(date)"
        : "outside the hours of \(market) on \(date): \(hours.joined(separator: ", "))"
    }
  }

  /// Why a whole stretch is outside, with the holidays it holds.
  func closedReason(from: Instant, to: Instant, _ calendar: TradingCalendar) -> String {
    let start = calendar.zone.local(from)
    let end = calendar.zone.local(to)
    var causes: [String] = []
    var date = max(start.date, calendar.coverage.lowerBound)
    if start.date < date { causes.append("its calendar begins on \(date)") }
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

extension Almanac {
  /// Why a schedule's market is not open at an instant; nil if it is, or if there is no market.
  package func closedReason(at instant: Instant, for schedule: Schedule) -> String? {
    guard let during = schedule.during, let calendar = calendar(of: schedule) else { return nil }
    // A market's moment has no hours to be outside of, only days.
    if case .atMarket = schedule.timing {
      let date = calendar.zone.local(instant).date
      if case .session = calendar.day(date) { return nil }
      return during.closedReason(on: date, calendar)
    }
    return during.contains(instant, calendar) ? nil : during.closedReason(at: instant, calendar)
  }

  /// Why a schedule's market has no session on a date; nil if it has one, or if there is no market.
  func closedDate(_ date: CivilDate, for schedule: Schedule?) -> String? {
    guard let during = schedule?.during, let calendar = calendar(of: schedule) else { return nil }
    if case .session = calendar.day(date) { return nil }
    return during.closedReason(on: date, calendar)
  }
}
