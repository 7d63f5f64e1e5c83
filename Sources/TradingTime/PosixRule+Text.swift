extension PosixRule {
  /// Reads all forms of RFC 9636: quoted names, signed hours up to 167, the three kinds of day.
  init?(_ text: String) {
    var scanner = Scanner(text)
    guard let standardName = scanner.zoneName(), let standardWest = scanner.seconds(hours: 0...24)
    else { return nil }
    standard = LocalType(offsetSeconds: -standardWest, abbreviation: standardName)
    if scanner.isAtEnd {
      daylight = nil
      return
    }
    guard let daylightName = scanner.zoneName() else { return nil }
    var east = standard.offsetSeconds + 3_600
    if !scanner.isAtEnd, !scanner.isNext(",") {
      guard let west = scanner.seconds(hours: 0...24) else { return nil }
      east = -west
    }
    let type = LocalType(offsetSeconds: east, abbreviation: daylightName)
    if scanner.isAtEnd {
      // No dates given: POSIX leaves them open, and every reader of zone files takes America's.
      daylight = Daylight(type: type, start: .americanStart, end: .americanEnd)
      return
    }
    guard scanner.take(","), let start = scanner.yearlyMoment(), scanner.take(","),
      let end = scanner.yearlyMoment(), scanner.isAtEnd
    else { return nil }
    daylight = Daylight(type: type, start: start, end: end)
  }
}

extension YearlyMoment {
  fileprivate static let americanStart = YearlyMoment(
    day: .weekday(month: 3, week: 2, day: 0), seconds: 7_200)
  fileprivate static let americanEnd = YearlyMoment(
    day: .weekday(month: 11, week: 1, day: 0), seconds: 7_200)
}

extension Scanner {
  /// `EST`, or `<+0545>` for names with digits and signs.
  fileprivate mutating func zoneName() -> String? {
    let name = take("<") ? text(until: ">") : letters()
    guard let name, name.utf8.count >= 3 else { return nil }
    return name
  }

  /// `5`, `-3:30`, `+10:30:15`.
  fileprivate mutating func seconds(hours range: ClosedRange<Int>) -> Int? {
    let negative = take("-")
    if !negative { _ = take("+") }
    guard let hours = number(digits: 1...3), range.contains(hours) else { return nil }
    var (minutes, seconds) = (0, 0)
    if take(":") {
      guard let value = number(digits: 2, in: 0...59) else { return nil }
      minutes = value
      if take(":") {
        guard let value = number(digits: 2, in: 0...59) else { return nil }
        seconds = value
      }
    }
    return (hours * 3_600 + minutes * 60 + seconds) * (negative ? -1 : 1)
  }

  fileprivate mutating func yearlyMoment() -> YearlyMoment? {
    guard let day = yearlyDay() else { return nil }
    guard take("/") else { return YearlyMoment(day: day, seconds: 7_200) }
    return seconds(hours: 0...167).map { YearlyMoment(day: day, seconds: $0) }
  }

  private mutating func yearlyDay() -> YearlyMoment.Day? {
    if take("J") {
      guard let number = number(digits: 1...3), (1...365).contains(number) else { return nil }
      return .julian(number)
    }
    if take("M") {
      guard let month = number(digits: 1...2), (1...12).contains(month), take("."),
        let week = number(digits: 1, in: 1...5), take("."),
        let day = number(digits: 1, in: 0...6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
    guard let number = number(digits: 1...3), (0...365).contains(number) else { return nil }
    return .ordinal(number)
  }
}
