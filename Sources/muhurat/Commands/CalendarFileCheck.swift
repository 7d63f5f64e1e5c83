import TradingTime

/// What is to be said of a calendar that can be used: above all, when it will not do any more.
struct CalendarFileCheck: Encodable {
  let file: String
  let market: String
  let coversFrom: CivilDate
  let coversThrough: CivilDate
  let revision: String
  let daysLeft: Int
  let warnings: [String]

  init(_ found: CalendarOnDisk) {
    self.init(found.calendar, file: found.path, today: today(found.calendar.zone))
  }

  init(_ calendar: TradingCalendar, file: String, today: CivilDate) {
    self.file = file
    market = calendar.market
    coversFrom = calendar.coverage.lowerBound
    coversThrough = calendar.coverage.upperBound
    revision = calendar.revision
    daysLeft = today.days(to: coversThrough)
    warnings = Self.warnings(calendar, today)
  }

  enum CodingKeys: String, CodingKey {
    case file, market
    case coversFrom = "covers_from"
    case coversThrough = "covers_through"
    case revision
    case daysLeft = "days_left"
    case warnings
  }

  /// Two months: the exchanges publish a year's holidays in the December before.
  private static let notice = 60

  private static func warnings(_ calendar: TradingCalendar, _ today: CivilDate) -> [String] {
    let end = calendar.coverage.upperBound
    let left = today.days(to: end)
    var warnings: [String] = []
    if left < 0 {
      warnings.append("ended on \(end): jobs of this market hold")
    } else if left <= notice {
      warnings.append("ends on \(end), in \(left) days: jobs of this market hold from then on")
    }
    for date in calendar.specialSessions.keys.sorted() where date >= today {
      if case .hoursUnknown(let reason) = calendar.day(date) {
        warnings.append("\(date) has a session whose hours are not loaded (\(reason))")
      }
    }
    return warnings
  }

  static func text(_ checks: [CalendarFileCheck]) -> String {
    var table = Table([
      ("MARKET", .left), ("COVERS", .left), ("REVISION", .left), ("FILE", .left),
    ])
    for check in checks {
      table.add(
        check.market, "\(check.coversFrom)..\(check.coversThrough)", check.revision, check.file)
    }
    let warnings = checks.flatMap { check in check.warnings.map { "\(check.market): \($0)" } }
    return ([table.text] + warnings).joined(separator: "\n")
  }
}
