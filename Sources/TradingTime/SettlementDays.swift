/// When the clearing house moves money and securities. Other data than the sessions, and kept apart
/// from them: banks close on days on which the exchange trades, and a settlement holiday has been
/// moved at a day's notice.
package struct SettlementDays: Sendable, Hashable {
  /// The dates whose settlement holidays are known; nil: none.
  package let coverage: ClosedRange<CivilDate>?
  /// Sessions from trade to settlement: 1 for T+1.
  package let cycle: Int
  /// On these dates the exchange trades and nothing settles.
  package let holidays: [CivilDate: String]
  /// Trade date to settlement date, as decreed; stronger than any rule.
  package let overrides: [CivilDate: CivilDate]

  package init(
    coverage: ClosedRange<CivilDate>?, cycle: Int, holidays: [CivilDate: String],
    overrides: [CivilDate: CivilDate]
  ) {
    (self.coverage, self.cycle) = (coverage, cycle)
    (self.holidays, self.overrides) = (holidays, overrides)
  }

  package static let unknown = SettlementDays(
    coverage: nil, cycle: 1, holidays: [:], overrides: [:])
}

/// When trades of a date settle.
package enum TradeSettlement: Sendable, Hashable {
  case on(CivilDate)
  /// Nothing was traded on that date.
  case noSession
  /// The trade date or the date that would follow from it lies outside what is known.
  case outsideCoverage
}

extension TradingCalendar {
  /// An override if there is one; else the `cycle`-th following weekday on which neither the
  /// exchange nor the clearing house keeps a holiday. Sessions on weekends settle nothing.
  package func settles(on tradeDate: CivilDate) -> TradeSettlement {
    switch day(tradeDate) {
    case .outsideCoverage: return .outsideCoverage
    case .holiday, .weekend: return .noSession
    case .session, .hoursUnknown: break
    }
    if let decreed = settlement.overrides[tradeDate] { return .on(decreed) }
    guard let known = settlement.coverage, known.contains(tradeDate) else {
      return .outsideCoverage
    }
    var left = settlement.cycle
    var date = tradeDate
    while left > 0 {
      date = date.adding(days: 1)
      guard known.contains(date), coverage.contains(date) else { return .outsideCoverage }
      if isSettlementDay(date) { left -= 1 }
    }
    return .on(date)
  }

  private func isSettlementDay(_ date: CivilDate) -> Bool {
    !date.weekday.isWeekend && holidays[date] == nil && settlement.holidays[date] == nil
  }
}
