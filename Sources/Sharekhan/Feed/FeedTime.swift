import TradingTime

/// The times of quotes, Indian without saying so and with the month first, where every other time
/// of this broker has the day first: `03/02/2021 11:29:59` is a second of March. Indices have
/// `12/8/2023 12:10:48 PM`.
enum FeedTime {
  static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: " ").map(String.init)
    guard (2...3).contains(parts.count), let date = date(parts[0]),
      let hours = numbers(parts[1], separatedBy: ":"), hours.count == 3
    else { return nil }
    var hour = hours[0]
    if parts.count == 3 {
      guard (1...12).contains(hour), let half = ["AM", "PM"].firstIndex(of: parts[2].uppercased())
      else { return nil }
      hour = hour % 12 + 12 * half
    }
    guard let time = TimeOfDay(hour: hour, minute: hours[1], second: hours[2]) else { return nil }
    return ZoneRules.india.resolve(date, time).earliest
  }

  private static func date(_ text: String) -> CivilDate? {
    guard let parts = numbers(text, separatedBy: "/"), parts.count == 3, parts[2] > 1999 else {
      return nil
    }
    return CivilDate(year: parts[2], month: parts[0], day: parts[1])
  }

  private static func numbers(_ text: String, separatedBy separator: Character) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        ? Int(part) : nil
    }
    return numbers.count == parts.count ? numbers : nil
  }
}
