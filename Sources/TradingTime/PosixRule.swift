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
    guard let daylight else { return standard }
    return daylightSpans(around: second).contains { $0.contains(second) }
      ? daylight.type : standard
  }

  /// A change comes within a year and the two weeks that signed hours can add; what lies further
  /// off is the edge of the years looked at.
  func nextChange(after second: Int64) -> Change? {
    guard let daylight, daylight.type.offsetSeconds != standard.offsetSeconds else { return nil }
    let edges = daylightSpans(around: second).flatMap { span in
      [
        Change(second: span.lowerBound, type: daylight.type),
        Change(second: span.upperBound, type: standard),
      ]
    }
    return edges.first { $0.second > second && $0.second - second < 500 * 86_400 }
  }

  /// When daylight time is in force: this year and the two on either side, because signed hours
  /// reach across New Year. Spans that meet are one: so daylight time all year is written.
  private func daylightSpans(around second: Int64) -> [Range<Int64>] {
    guard let daylight else { return [] }
    let year = CivilDate(daysSinceEpoch: Int(second.floored(by: 86_400))).year
    return (year - 2...year + 2).reduce(into: []) { spans, year in
      let start = daylight.start.second(of: year) - Int64(standard.offsetSeconds)
      var end = daylight.end.second(of: year) - Int64(daylight.type.offsetSeconds)
      // South of the equator the end named is that of the next year.
      if end <= start {
        end = daylight.end.second(of: year + 1) - Int64(daylight.type.offsetSeconds)
      }
      guard start < end else { return }
      if let last = spans.indices.last, start <= spans[last].upperBound {
        spans[last] = spans[last].lowerBound..<max(spans[last].upperBound, end)
      } else {
        spans.append(start..<end)
      }
    }
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
