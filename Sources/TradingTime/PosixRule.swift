/// The rule in the last line of a zone file, such as `EST5EDT,M3.2.0,M11.1.0`: it says how the
/// zone goes on after its last listed transition, in all years to come.
struct PosixRule: Sendable, Hashable {
  let standard: LocalType
  let daylight: Daylight?

  struct Daylight: Sendable, Hashable {
    let type: LocalType
    let start: YearlyMoment
    let end: YearlyMoment
  }

  func type(at second: Int64) -> LocalType {
    guard daylight != nil else { return standard }
    return changes(around: second).last { $0.second <= second }?.type ?? standard
  }

  func nextChange(after second: Int64) -> Change? {
    guard daylight != nil else { return nil }
    var current = type(at: second)
    for change in changes(around: second) where change.second > second {
      if change.type.offsetSeconds != current.offsetSeconds { return change }
      current = change.type
    }
    return nil
  }

  /// The changes of the year, of two before and of two after it, so that a neighbour is among them
  /// even when its signed hours push it across New Year. At one instant the end of daylight time
  /// comes before its start: that is how zones with daylight time all year are written.
  private func changes(around second: Int64) -> [Change] {
    guard let daylight else { return [] }
    let year = CivilDate(daysSinceEpoch: Int(second.floored(by: 86_400))).year
    return (year - 2...year + 2).flatMap { year in
      [
        (daylight.end.second(of: year) - Int64(daylight.type.offsetSeconds), 0, standard),
        (daylight.start.second(of: year) - Int64(standard.offsetSeconds), 1, daylight.type),
      ]
    }
    .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    .map { Change(second: $0.0, type: $0.2) }
  }
}

/// A day of each year and a time on it, which may lie up to a week before or after that day.
struct YearlyMoment: Sendable, Hashable {
  enum Day: Sendable, Hashable {
    /// `Jn`: 1 to 365, February 29 never counted.
    case julian(Int)
    /// `n`: 0 to 365, February 29 counted.
    case ordinal(Int)
    /// `Mm.w.d`: in week 5 the last such day of the month; Sunday is 0.
    case weekday(month: Int, week: Int, day: Int)
  }

  let day: Day
  let seconds: Int

  /// As if the wall showed UTC.
  func second(of year: Int) -> Int64 {
    Int64(daysSinceEpoch(in: year)) * 86_400 + Int64(seconds)
  }

  private func daysSinceEpoch(in year: Int) -> Int {
    switch day {
    case .julian(let number):
      let afterFebruary = number > 59 && CivilDate.isLeap(year)
      return CivilDate.daysSinceEpoch(year, 1, 1) + number - (afterFebruary ? 0 : 1)
    case .ordinal(let number):
      return CivilDate.daysSinceEpoch(year, 1, 1) + number
    case .weekday(let month, let week, let day):
      let first = CivilDate.daysSinceEpoch(year, month, 1)
      let firstMatch = (day - (first + 4)).remainder(flooredBy: 7)
      let length = CivilDate.days(inMonth: month, of: year)
      let date = firstMatch + (week - 1) * 7
      return first + (date < length ? date : date - 7)
    }
  }
}
