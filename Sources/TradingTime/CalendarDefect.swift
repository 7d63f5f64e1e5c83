/// Why data are no calendar. `subject` says which datum, so that a file's reader can point at it.
package struct CalendarDefect: Error, Hashable, CustomStringConvertible {
  package enum Subject: Sendable, Hashable {
    case calendar
    /// An index into `hours`.
    case hours(Int)
    case holiday(CivilDate)
    case specialSession(CivilDate)
    case settlement(CivilDate)
  }

  package let subject: Subject
  package let description: String
}

/// What `day(_:)` relies on.
extension TradingCalendar {
  func checkHours() throws(CalendarDefect) {
    for (index, rule) in hours.enumerated() {
      if let through = rule.through, through < rule.from {
        throw defect(.hours(index), "ends on \(through), before it begins on \(rule.from)")
      }
      if let text = rule.phases.disorder { throw defect(.hours(index), text) }
      for earlier in hours[..<index] where earlier.collides(with: rule) {
        throw defect(
          .hours(index), "overlaps the hours from \(earlier.from) of the same class and kind")
      }
    }
    for (date, special) in specialSessions {
      guard case .phases(let phases) = special.hours else { continue }
      if let text = phases.disorder { throw defect(.specialSession(date), text) }
      guard phases.contains(where: { $0.kind == .continuous }) else {
        throw defect(.specialSession(date), "'\(special.name)' has no continuous phase")
      }
    }
    // Hours change only on these dates, so that what holds on each of them holds in between.
    let changes = hours.flatMap { [$0.from, $0.through?.adding(days: 1)].compactMap(\.self) }
    for date in [coverage.lowerBound] + changes.sorted() where coverage.contains(date) {
      let inForce = hours.filter { $0.isInForce(on: date) }.flatMap(\.phases)
      guard inForce.contains(where: { $0.kind == .continuous }) else {
        throw defect(.calendar, "no continuous phase is in force on \(date)")
      }
    }
  }

  func checkDates() throws(CalendarDefect) {
    for date in holidays.keys where !coverage.contains(date) {
      throw defect(.holiday(date), "\(date) lies outside the coverage")
    }
    for date in specialSessions.keys where !coverage.contains(date) {
      throw defect(.specialSession(date), "\(date) lies outside the coverage")
    }
    for (trade, settled) in settlement.overrides where settled < trade {
      throw defect(.settlement(trade), "trades of \(trade) cannot settle before, on \(settled)")
    }
    guard (0...10).contains(settlement.cycle) else {
      throw defect(
        .calendar, "a settlement cycle of \(settlement.cycle) days is not in use anywhere")
    }
  }

  private func defect(_ subject: CalendarDefect.Subject, _ text: String) -> CalendarDefect {
    CalendarDefect(subject: subject, description: text)
  }
}

extension EffectiveHours {
  /// Two rules for one kind and class on one date would leave the hours to chance.
  fileprivate func collides(with other: EffectiveHours) -> Bool {
    `class` == other.class
      && !Set(phases.map(\.kind)).isDisjoint(with: other.phases.map(\.kind))
      && isInForce(on: max(from, other.from)) && other.isInForce(on: max(from, other.from))
  }
}

extension [PhaseHours] {
  fileprivate var disorder: String? {
    for phase in self where phase.end <= phase.start {
      return "the \(phase.kind.rawValue) phase ends at \(phase.end), not after \(phase.start)"
    }
    for (one, next) in zip(self, dropFirst()) where next.start < one.end {
      return "the \(next.kind.rawValue) phase begins at \(next.start), before \(one.end)"
    }
    return nil
  }
}
