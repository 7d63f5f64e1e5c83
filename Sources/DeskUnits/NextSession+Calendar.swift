import Reports
import TradingTime

extension NextSession {
  /// The next session by the market's calendar, with what a desk must know before it: the closed
  /// days in between, and whatever is out of the ordinary about it. Without a calendar there is no
  /// next session to name.
  init(after session: CivilDate, calendar: TradingCalendar?) {
    guard let calendar, let next = calendar.nextSession(after: session) else {
      self.init(date: nil)
      return
    }
    var facts: [String] = []
    var date = session.adding(days: 1)
    while date < next.date {
      switch calendar.day(date) {
      case .holiday(let name): facts.append("\(date) is a holiday: \(name)")
      case .hoursUnknown(let name): facts.append("\(date): \(name), at hours nobody has told yet")
      case .session, .weekend, .outsideCoverage: break
      }
      date = date.adding(days: 1)
    }
    if let name = next.name { facts.append("\(next.date) is a special session: \(name)") }
    if let holiday = calendar.settlement.holidays[next.date] {
      facts.append("nothing settles on \(next.date): \(holiday)")
    }
    self.init(date: next.date, facts: facts)
  }
}
