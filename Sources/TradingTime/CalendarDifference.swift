/// What a newer calendar of a market says otherwise, in lines for the person who is about to put it
/// in force. Days are compared as they come out, not rules as they were written: two ways to write
/// the same hours are no difference.
package struct CalendarDifference: Sendable, Hashable {
  package private(set) var lines: [String] = []
  /// Lines about days before today, which must keep the hours they had: reports of them are made anew.
  package private(set) var pastLines: [String] = []

  package var isEmpty: Bool { lines.isEmpty && pastLines.isEmpty }

  package init(from old: TradingCalendar, to new: TradingCalendar, today: CivilDate) {
    if old.zone.name != new.zone.name {
      lines.append("timezone: \(old.zone.name) → \(new.zone.name)")
    }
    if old.coverage != new.coverage {
      lines.append("covers: \(old.coverage.words) → \(new.coverage.words)")
    }
    let stretches = Self.stretches(old, new, today)
    pastLines = stretches.filter { $0.last < today }.map(\.words)
    lines += stretches.filter { $0.last >= today }.map(\.words)
    lines += Self.settlementLines(old.settlement, new.settlement)
  }

  /// Days that changed in the same way, one after the other but for days that did not change and
  /// have no session.
  private struct Stretch {
    var first: CivilDate
    var last: CivilDate
    var count = 1
    var sessions: Int
    var change: String

    var words: String {
      if first == last { return "\(first): \(change)" }
      let sessions = sessions == 1 ? "1 session" : "\(sessions) sessions"
      return "\(first)..\(last) (\(count) days, \(sessions)): \(change)"
    }
  }

  private static func stretches(_ old: TradingCalendar, _ new: TradingCalendar, _ today: CivilDate)
    -> [Stretch]
  {
    let first = min(old.coverage.lowerBound, new.coverage.lowerBound)
    let last = max(old.coverage.upperBound, new.coverage.upperBound)
    var stretches: [Stretch] = []
    var goesOn = false
    for date in (0...first.days(to: last)).map({ first.adding(days: $0) }) {
      let change = DayChange(from: old.day(date), to: new.day(date), old.zone, new.zone)
      let isSession = new.isSessionDay(date)
      // What has passed is told apart from what is to come.
      if date == today { goesOn = false }
      guard let words = change.words else {
        if isSession { goesOn = false }
        continue
      }
      if goesOn, let latest = stretches.indices.last, stretches[latest].change == words {
        stretches[latest].last = date
        stretches[latest].count += 1
        stretches[latest].sessions += isSession ? 1 : 0
      } else {
        stretches.append(
          Stretch(first: date, last: date, sessions: isSession ? 1 : 0, change: words))
      }
      goesOn = true
    }
    return stretches
  }

  private static func settlementLines(_ old: SettlementDays, _ new: SettlementDays) -> [String] {
    var lines: [String] = []
    func tell<Value: Equatable>(_ what: String, _ before: Value?, _ after: Value?) {
      guard before != after else { return }
      func shown(_ value: Value?) -> String { value.map { "\($0)" } ?? "none" }
      lines.append("settlement \(what): \(shown(before)) → \(shown(after))")
    }
    tell("covers", old.coverage?.words, new.coverage?.words)
    tell("cycle", "T+\(old.cycle)", "T+\(new.cycle)")
    for date in Set(old.holidays.keys).union(new.holidays.keys).sorted() {
      tell("holiday \(date)", old.holidays[date], new.holidays[date])
    }
    for date in Set(old.overrides.keys).union(new.overrides.keys).sorted() {
      tell("of \(date)", old.overrides[date], new.overrides[date])
    }
    return lines
  }
}

/// How one day changes.
private struct DayChange {
  /// Nil if it does not.
  let words: String?

  init(from old: TradingDay, to new: TradingDay, _ oldZone: ZoneRules, _ newZone: ZoneRules) {
    switch (old, new) {
    case _ where old == new && oldZone.name == newZone.name: words = nil
    // A year that is new is told as one stretch, whatever is in it.
    case (.outsideCoverage, _): words = "now covered"
    case (_, .outsideCoverage): words = "no longer covered"
    case (.session(let one), .session(let other)) where one.name == other.name:
      words = Self.phases(one, other, oldZone, newZone)
    default: words = "\(old.words(in: oldZone)) → \(new.words(in: newZone))"
    }
  }

  private static func phases(
    _ one: Session, _ other: Session, _ oldZone: ZoneRules, _ newZone: ZoneRules
  ) -> String {
    let before = one.phases.map { $0.words(in: oldZone) }
    let after = other.phases.map { $0.words(in: newZone) }
    let gone = before.filter { !after.contains($0) }
    let come = after.filter { !before.contains($0) }
    func shown(_ phases: [String]) -> String {
      phases.isEmpty ? "nothing" : phases.joined(separator: ", ")
    }
    return "\(shown(gone)) → \(shown(come))"
  }
}

extension TradingDay {
  /// `session 09:15-15:30`, `holiday (Holi)`
  package func words(in zone: ZoneRules) -> String {
    switch self {
    case .session(let session):
      let hours = "\(zone.local(session.open).time)-\(zone.local(session.close).time)"
      return "session \(hours)" + (session.name.map { " (\($0))" } ?? "")
    case .holiday(let name): return "holiday (\(name))"
    case .weekend: return "weekend"
    case .hoursUnknown(let reason): return "session, hours not loaded (\(reason))"
    case .outsideCoverage: return "not covered"
    }
  }
}

extension PhaseSpan {
  /// `closing-auction/limit-only (fno)`
  package var name: String {
    kind.rawValue + (step.map { "/\($0)" } ?? "") + (`class`.map { " (\($0))" } ?? "")
  }

  package func words(in zone: ZoneRules) -> String {
    "\(name) \(zone.local(start).time)-\(zone.local(end).time)"
  }
}

extension ClosedRange<CivilDate> {
  package var words: String { "\(lowerBound)..\(upperBound)" }
}
