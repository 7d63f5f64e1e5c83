package import TradingTime

/// Five fields: minute, hour, day of month, month, day of week.
///
/// As in Vixie's cron, a day matches either day field if both are restricted. Expressions whose
/// dates can never come are refused when they are read.
package struct CronExpression: Hashable, Sendable {
  package let text: String
  let minutes: Set<Int>
  let hours: Set<Int>
  let days: Set<Int>
  let months: Set<Int>
  let weekdays: Set<Int>
  private let dayIsOpen: Bool
  private let weekdayIsOpen: Bool
  private let minuteIsOpen: Bool

  package init(_ text: String) throws {
    let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    guard fields.count == 5 else {
      let way = fields.count == 6 ? "; slots start on the minute: drop the seconds" : ""
      throw CronError(
        "expected five cron fields (minute hour day month weekday), got \(fields.count): \"\(text)\"\(way)"
      )
    }
    self.text = text
    minutes = try CronField.minute.read(fields[0])
    hours = try CronField.hour.read(fields[1])
    days = try CronField.day.read(fields[2])
    months = try CronField.month.read(fields[3])
    weekdays = Set(try CronField.weekday.read(fields[4]).map { $0 % 7 })
    dayIsOpen = fields[2].hasPrefix("*")
    weekdayIsOpen = fields[4].hasPrefix("*")
    minuteIsOpen = fields[0].hasPrefix("*")
    guard canEverCome else {
      throw CronError(
        "\"\(text)\" names dates that never come (day \(fields[2]), month \(fields[3]))")
    }
  }

  package func matches(_ date: CivilDate) -> Bool {
    guard months.contains(date.month) else { return false }
    let dayMatches = days.contains(date.day)
    let weekdayMatches = weekdays.contains(date.weekday.cronNumber)
    return dayIsOpen || weekdayIsOpen
      ? dayMatches && weekdayMatches : dayMatches || weekdayMatches
  }

  /// The times of a matching day, ascending.
  package var times: [TimeOfDay] {
    hours.sorted().flatMap { hour in
      minutes.sorted().compactMap { TimeOfDay(secondsSinceMidnight: hour * 3600 + $0 * 60) }
    }
  }

  /// An hour that daylight saving removes takes no slot with it: its neighbours have theirs.
  var isEveryHour: Bool { hours.count == 24 }

  /// "Every hour" and "every five minutes" mean elapsed time, so an hour that comes twice has its
  /// slots twice.
  var countsElapsedTime: Bool { isEveryHour || minuteIsOpen }

  private var canEverCome: Bool {
    if !dayIsOpen && !weekdayIsOpen { return true }
    return months.contains { month in
      days.contains { $0 <= Self.longestLength[month - 1] }
    }
  }

  private static let longestLength = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

extension CronExpression: Codable {
  package init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(text)
  }
}

package struct CronError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

extension Weekday {
  /// Sunday is 0, as cron counts.
  package var cronNumber: Int {
    switch self {
    case .sun: 0
    case .mon: 1
    case .tue: 2
    case .wed: 3
    case .thu: 4
    case .fri: 5
    case .sat: 6
    }
  }
}
