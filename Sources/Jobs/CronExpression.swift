package import TradingTime

/// Five fields: minute, hour, day of month, month, day of week. Expressions whose dates can never come
/// are refused when they are read.
package struct CronExpression: Hashable, Sendable {
  package let text: String
  private let minutes: SmallSet
  private let hours: SmallSet
  private let days: CronDays
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
    minuteIsOpen = fields[0].hasPrefix("*")
    days = try CronDays(day: fields[2], month: fields[3], weekday: fields[4], of: text)
  }

  package func matches(_ date: CivilDate) -> Bool { days.matches(date) }

  /// The times of a matching day, ascending.
  package var times: [TimeOfDay] {
    let minutes = minutes.numbers
    return hours.numbers.flatMap { hour in
      minutes.compactMap { TimeOfDay(secondsSinceMidnight: hour * 3600 + $0 * 60) }
    }
  }

  /// The shortest time between two slots of a day; nil if it has but one.
  package var narrowestSpacing: Duration? {
    let withinHour = minutes.narrowestGap
    let acrossHours = hours.narrowestGap.flatMap { gap in
      minutes.first.flatMap { first in minutes.last.map { gap * 60 + first - $0 } }
    }
    return [withinHour, acrossHours].compactMap { $0 }.min().map { .seconds($0 * 60) }
  }

  /// An hour that daylight saving removes takes no slot with it: its neighbours have theirs.
  var isEveryHour: Bool { hours.count == 24 }

  /// "Every hour" and "every five minutes" mean elapsed time, so an hour that comes twice has its
  /// slots twice.
  var countsElapsedTime: Bool { isEveryHour || minuteIsOpen }
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
  package var cronNumber: Int { isoNumber % 7 }
}
