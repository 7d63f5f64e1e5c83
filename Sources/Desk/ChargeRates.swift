package import TradingTime

/// How a trade is taxed. Delivery or intraday follows from the day's netting, not from the
/// product code.
package enum ChargeSegment: String, Hashable, Sendable, CaseIterable {
  case delivery, intraday, future, option
}

/// The rates of one segment on one exchange from one trade date on. All are shares of value.
package struct ChargeRates: Hashable, Sendable {
  package let effectiveFrom: CivilDate
  package let segment: ChargeSegment
  package let sttOnBuys: Rate
  package let sttOnSells: Rate
  package let stampOnBuys: Rate

  /// Nil before the first rates we know: an invented rate would be a wrong amount.
  package static func on(_ date: CivilDate, for segment: ChargeSegment) -> ChargeRates? {
    table.last { $0.segment == segment && $0.effectiveFrom <= date }
  }

  /// Beyond this date nobody has looked whether the rates still hold; the Finance Act changes them
  /// on 1 April. Reports say so instead of printing a stale estimate in silence.
  package static let reviewedThrough = CivilDate(daysSinceEpoch: 20_908)  // 2027-03-31

  static let gst = Rate(18, tenToMinus: 2)
  static let sebiFee = Rate(1, tenToMinus: 6)

  /// Exchange transaction charge and investor protection fund, each side, as of 2024-10-01; the
  /// split between the two changed on 2026-03-01, the sum did not.
  static func exchangeFee(_ segment: ChargeSegment, exchange: String) -> Rate {
    let isBSE = exchange.hasPrefix("B")
    switch segment {
    case .delivery, .intraday:
      return isBSE ? Rate(375, tenToMinus: 7) : Rate(307, tenToMinus: 7)
    case .future:
      return isBSE ? Rate(0, tenToMinus: 0) : Rate(183, tenToMinus: 7)
    case .option:
      return isBSE ? Rate(325, tenToMinus: 6) : Rate(3553, tenToMinus: 7)
    }
  }

  /// STT by the Finance (No. 2) Act 2024 from 2024-10-01, by the Finance Act 2026 from 2026-04-01;
  /// stamp duty as of 2020-07-01.
  private static let table: [ChargeRates] = {
    let none = Rate(0, tenToMinus: 0)
    guard let before = CivilDate(year: 2024, month: 10, day: 1),
      let now = CivilDate(year: 2026, month: 4, day: 1)
    else { return [] }
    return [
      ChargeRates(
        effectiveFrom: before, segment: .delivery, sttOnBuys: Rate(1, tenToMinus: 3),
        sttOnSells: Rate(1, tenToMinus: 3), stampOnBuys: Rate(15, tenToMinus: 5)),
      ChargeRates(
        effectiveFrom: before, segment: .intraday, sttOnBuys: none,
        sttOnSells: Rate(25, tenToMinus: 5), stampOnBuys: Rate(3, tenToMinus: 5)),
      ChargeRates(
        effectiveFrom: before, segment: .future, sttOnBuys: none,
        sttOnSells: Rate(2, tenToMinus: 4), stampOnBuys: Rate(2, tenToMinus: 5)),
      ChargeRates(
        effectiveFrom: before, segment: .option, sttOnBuys: none,
        sttOnSells: Rate(1, tenToMinus: 3), stampOnBuys: Rate(3, tenToMinus: 5)),
      ChargeRates(
        effectiveFrom: now, segment: .future, sttOnBuys: none,
        sttOnSells: Rate(5, tenToMinus: 4), stampOnBuys: Rate(2, tenToMinus: 5)),
      ChargeRates(
        effectiveFrom: now, segment: .option, sttOnBuys: none,
        sttOnSells: Rate(15, tenToMinus: 4), stampOnBuys: Rate(3, tenToMinus: 5)),
    ]
  }()
}
