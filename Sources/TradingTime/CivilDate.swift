/// A day of the proleptic Gregorian calendar, in no zone: a business date, a holiday, an expiry.
package struct CivilDate: Sendable, Hashable, Comparable {
  package let year: Int
  package let month: Int
  package let day: Int

  /// Years 1 to 9999, the ones that can be written; nil for a day that does not exist.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9_999).contains(year), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Any number has an answer: what lies beyond 300,000 years is cut there instead of trapping.
  package init(daysSinceEpoch: Int) {
    // Howard Hinnant's days-to-civil: years begin in March, so that the leap day comes last.
    let shifted = min(max(daysSinceEpoch, -110_000_000), 110_000_000) + 719_468
    let era = shifted.floored(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  package var daysSinceEpoch: Int { Self.daysSinceEpoch(year, month, day) }

  /// Also for years that cannot be written, which zone rules of the far past and future touch.
  static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear.floored(by: 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  package var weekday: Weekday {
    Weekday(isoNumber: (daysSinceEpoch + 3).remainder(flooredBy: 7) + 1)
  }

  package func adding(days: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: daysSinceEpoch.addingReportingOverflow(days).partialValue)
  }

  /// Days from this date to a later one; negative to an earlier one.
  package func days(to other: CivilDate) -> Int {
    other.daysSinceEpoch - daysSinceEpoch
  }

  package static func < (one: CivilDate, other: CivilDate) -> Bool {
    (one.year, one.month, one.day) < (other.year, other.month, other.day)
  }

  package static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: LosslessStringConvertible, Codable {
  /// `2026-07-09` and nothing else.
  package init?(_ description: String) {
    var scanner = Scanner(description)
    guard let date = scanner.date(), scanner.isAtEnd else { return nil }
    self = date
  }

  package var description: String {
    "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  package init(from decoder: any Decoder) throws {
    self = try decoder.lossless("a date such as 2026-07-09")
  }

  package func encode(to encoder: any Encoder) throws {
    try encoder.encode(lossless: self)
  }
}
