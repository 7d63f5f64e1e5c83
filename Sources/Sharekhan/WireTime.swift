import TradingTime

/// The broker's many ways to write a day and a time, all of them Indian time without saying so.
enum WireTime {
  /// `2025-10-28 12:44:40.0` or `02/03/2021 12:02:08` (day first).
  static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let day = date(String(parts[0])) else { return nil }
    return instant(day, String(parts[1]))
  }

  static func instant(_ day: CivilDate, _ time: String) -> Instant? {
    let pieces = time.split(separator: ".", omittingEmptySubsequences: false)
    guard let clock = pieces.first.flatMap({ TimeOfDay(String($0)) }), pieces.count <= 2 else {
      return nil
    }
    guard let fraction = pieces.count == 2 ? microseconds(pieces[1]) : 0 else { return nil }
    let seconds = Int64(day.daysSinceEpoch) * 86_400 + Int64(clock.secondsSinceMidnight) - 19_800
    return Instant(microseconds: seconds * 1_000_000 + fraction)
  }

  /// `2025-10-28`, `28/10/2025`, `8/9/2025` (day first) or `16-Jul-26`.
  static func date(_ text: String) -> CivilDate? {
    if text.contains("/") {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(digits)
      guard parts.count == 3, let day = parts[0], let month = parts[1], let year = parts[2],
        year > 999
      else { return nil }
      return CivilDate(year: year, month: month, day: day)
    }
    return CivilDate(text) ?? shortDate(text)
  }

  /// `28/10/2025`, as orders name a day.
  static func text(_ day: CivilDate) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(day.day))/\(two(day.month))/\(day.year)"
  }

  private static func shortDate(_ text: String) -> CivilDate? {
    let months = [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let day = digits(parts[0]), let year = digits(parts[2]),
      let month = months.firstIndex(of: parts[1].lowercased())
    else { return nil }
    return CivilDate(year: year < 100 ? 2000 + year : year, month: month + 1, day: day)
  }

  private static func digits(_ text: Substring) -> Int? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
  }

  private static func microseconds(_ text: Substring) -> Int64? {
    guard (1...9).contains(text.count), let number = digits(text) else { return nil }
    var value = Int64(number)
    for _ in text.count..<9 { value *= 10 }
    return value / 1000
  }
}
