import TradingTime

/// The dates a cron expression means: its fields for the day of month, the month and the weekday.
///
/// As in Vixie's cron a date matches either day field if both are restricted, and both if one of them
/// begins with a star. `L` and `#` mean what croniter makes of them; the README's "Cron" says all of
/// it for operators, with what is refused and why.
struct CronDays: Hashable, Sendable {
  /// One weekday of each month, such as the second Friday.
  private struct Nth: Hashable {
    var weekday: Int
    /// 1 to 5; nil: the last.
    var place: Int?

    func matches(_ date: CivilDate) -> Bool {
      guard date.weekday.cronNumber == weekday else { return false }
      guard let place else { return date.isInLastWeek }
      return (date.day - 1) / 7 + 1 == place
    }
  }

  private var days = SmallSet()
  private var includesLastDay = false
  private let months: SmallSet
  private var weekdays = SmallSet()
  private var nths: [Nth] = []
  private let dayIsOpen: Bool
  private let weekdayIsOpen: Bool

  /// - Throws: `CronError`, also for dates that never come.
  init(day: String, month: String, weekday: String, of whole: String) throws {
    dayIsOpen = day.hasPrefix("*")
    weekdayIsOpen = weekday.hasPrefix("*")
    months = try CronField.month.read(month)
    try readDays(day)
    try readWeekdays(weekday)
    guard nths.isEmpty || dayIsOpen else {
      throw CronError(
        "\"\(whole)\" restricts the day of month beside '\(weekday)'; crons differ on whether one or both must match: make two jobs of it"
      )
    }
    guard canEverCome else {
      let also = nths.isEmpty ? "" : ", weekday \(weekday)"
      throw CronError(
        "\"\(whole)\" names dates that never come (day \(day), month \(month)\(also))")
    }
  }

  func matches(_ date: CivilDate) -> Bool {
    guard months.contains(date.month) else { return false }
    if dayIsOpen || weekdayIsOpen { return dayMatches(date) && weekdayMatches(date) }
    return dayMatches(date) || weekdayMatches(date)
  }

  private func dayMatches(_ date: CivilDate) -> Bool {
    days.contains(date.day) || includesLastDay && date.isLastOfMonth
  }

  private func weekdayMatches(_ date: CivilDate) -> Bool {
    if weekdays.count == 7 { return true }
    return weekdays.contains(date.weekday.cronNumber) || nths.contains { $0.matches(date) }
  }

  private mutating func readDays(_ text: String) throws {
    for part in text.parts {
      if part == "L" || part == "l" {
        includesLastDay = true
      } else {
        days.formUnion(try CronField.day.readPart(part))
      }
    }
  }

  private mutating func readWeekdays(_ text: String) throws {
    let field = CronField.weekday
    for part in text.parts {
      if let hash = part.firstIndex(of: "#") {
        let place = try field.readPlace(part[part.index(after: hash)...], of: part)
        nths += try field.readDays(part[..<hash], of: part).numbers.map {
          Nth(weekday: $0, place: place)
        }
      } else if let weekday = try field.readLast(part) {
        nths.append(Nth(weekday: weekday, place: nil))
      } else {
        for weekday in try field.readPart(part).numbers { weekdays.insert(weekday % 7) }
      }
    }
    guard nths.isEmpty || weekdays.isEmpty else {
      throw CronError(
        "cron field day of week '\(text)' mixes every week's days with days by '#' or 'L'; make two jobs of it"
      )
    }
  }

  private var canEverCome: Bool {
    if !dayIsOpen && !weekdayIsOpen && !weekdays.isEmpty { return true }
    if includesLastDay && weekdays.count == 7 { return true }
    let hasDay = months.numbers.contains { month in
      includesLastDay || days.first.map { $0 <= CivilDate.days(inMonth: month, of: 2000) } ?? false
    }
    guard hasDay else { return false }
    return nths.isEmpty || comesInSomeYear
  }

  /// In these 28 years every date falls on every weekday, the leap day too.
  private var comesInSomeYear: Bool {
    (1980...2007).contains { year in
      months.numbers.contains { month in
        (1...CivilDate.days(inMonth: month, of: year)).contains { day in
          CivilDate(year: year, month: month, day: day).map(matches) ?? false
        }
      }
    }
  }
}

extension CivilDate {
  fileprivate var isLastOfMonth: Bool { day == Self.days(inMonth: month, of: year) }

  fileprivate var isInLastWeek: Bool { day + 7 > Self.days(inMonth: month, of: year) }
}

extension String {
  fileprivate var parts: [String] {
    split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}
