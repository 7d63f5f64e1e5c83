import TradingTime

/// An instant as the exchange's wall clock shows it. India keeps one offset the whole year, so
/// day and second follow from the instant by arithmetic alone.
struct MarketTime: Sendable, Hashable, Comparable {
  let day: Int
  let microsecondOfDay: Int64

  init(_ instant: Instant) {
    let local = instant.microseconds + MarketTime.offset
    day = Int(local >= 0 ? local / MarketTime.oneDay : (local + 1) / MarketTime.oneDay - 1)
    microsecondOfDay = local - Int64(day) * MarketTime.oneDay
  }

  init(day: Int, second: Int) {
    self.day = day
    microsecondOfDay = Int64(second) * 1_000_000
  }

  var second: Int { Int(microsecondOfDay / 1_000_000) }
  var date: CivilDate { CivilDate(daysSinceEpoch: day) }

  var instant: Instant {
    Instant(microseconds: Int64(day) * MarketTime.oneDay + microsecondOfDay - MarketTime.offset)
  }

  static func < (left: MarketTime, right: MarketTime) -> Bool {
    (left.day, left.microsecondOfDay) < (right.day, right.microsecondOfDay)
  }

  private static let oneDay: Int64 = 86_400_000_000
  private static let offset: Int64 = 19_800_000_000
}
