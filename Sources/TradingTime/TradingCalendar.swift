/// The days and hours of one market, from an exchange's circulars: ordinary hours that change on
/// known dates, holidays, sessions out of the ordinary. Knows its own end.
package struct TradingCalendar: Sendable, Hashable {
  /// Such as `nse-cash`.
  package let market: String
  package let zone: ZoneRules
  /// The dates about which this calendar knows.
  package let coverage: ClosedRange<CivilDate>
  package let hours: [EffectiveHours]
  /// With their names.
  package let holidays: [CivilDate: String]
  package let specialSessions: [CivilDate: SpecialSession]
  package let settlement: SettlementDays
  /// Differs as soon as any rule or date differs; comments in the file do not count.
  package let revision: String

  package init(
    market: String, zone: ZoneRules, coverage: ClosedRange<CivilDate>, hours: [EffectiveHours],
    holidays: [CivilDate: String], specialSessions: [CivilDate: SpecialSession],
    settlement: SettlementDays = .unknown
  ) throws(CalendarDefect) {
    (self.market, self.zone, self.coverage, self.hours) = (market, zone, coverage, hours)
    (self.holidays, self.specialSessions) = (holidays, specialSessions)
    self.settlement = settlement
    revision = Self.revision(
      market: market, zone: zone.name, coverage: coverage, hours: hours, holidays: holidays,
      specialSessions: specialSessions, settlement: settlement)
    try checkHours()
    try checkDates()
  }

  /// The classes of instruments that have hours of their own, on any date.
  package var classes: [String] {
    Set(hours.compactMap(\.class)).sorted()
  }

  package func day(_ date: CivilDate) -> TradingDay {
    guard coverage.contains(date) else { return .outsideCoverage }
    if let special = specialSessions[date] { return day(date, special) }
    if let name = holidays[date] { return .holiday(name) }
    if date.weekday.isWeekend { return .weekend }
    return session(date, name: nil)
  }

  private func day(_ date: CivilDate, _ special: SpecialSession) -> TradingDay {
    switch special.hours {
    case .ordinary: return session(date, name: special.name)
    case .unknown(let reason): return .hoursUnknown("\(special.name): \(reason)")
    case .phases(let phases):
      let spans = phases.map { $0.span(on: date, in: zone, class: nil) }
      return Session(date: date, name: special.name, phases: spans).map(TradingDay.session)
        ?? .hoursUnknown("\(special.name): no continuous phase")
    }
  }

  private func session(_ date: CivilDate, name: String?) -> TradingDay {
    let spans = hours.filter { $0.isInForce(on: date) }.flatMap { rule in
      rule.phases.map { $0.span(on: date, in: zone, class: rule.class) }
    }
    return Session(date: date, name: name, phases: spans).map(TradingDay.session)
      ?? .hoursUnknown("no hours in force")
  }
}
