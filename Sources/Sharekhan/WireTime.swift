import TradingTime

/// The broker's many ways to write a day and a time, all of them Indian time without saying so.
enum WireTime {
  /// `2025-10-28 12:44:40.0` or `02/03/2021 12:02:08` (day first).
  static func instant(_ text: String) -> Instant? {
    var scanner = Scanner(text)
    skipBlanks(&scanner)
    guard let day = date(&scanner), scanner.take(" ") else { return nil }
    skipBlanks(&scanner)
    guard let instant = instant(day, &scanner) else { return nil }
    skipBlanks(&scanner)
    return scanner.isAtEnd ? instant : nil
  }

  static func instant(_ day: CivilDate, _ time: String) -> Instant? {
    var scanner = Scanner(time)
    guard let instant = instant(day, &scanner), scanner.isAtEnd else { return nil }
    return instant
  }

  /// `2025-10-28`, `28/10/2025`, `8/9/2025` (day first) or `16-Jul-26`.
  static func date(_ text: String) -> CivilDate? {
    var scanner = Scanner(text)
    guard let date = date(&scanner), scanner.isAtEnd else { return nil }
    return date
  }

  /// `28/10/2025`, as orders name a day.
  static func text(_ day: CivilDate) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(day.day))/\(two(day.month))/\(day.year)"
  }

  private static func instant(_ day: CivilDate, _ scanner: inout Scanner) -> Instant? {
    guard let clock = scanner.timeOfDay(), let fraction = scanner.microsecondFraction() else {
      return nil
    }
    let seconds = Int64(day.daysSinceEpoch) * 86_400 + Int64(clock.secondsSinceMidnight) - 19_800
    return Instant(microseconds: seconds * 1_000_000 + Int64(fraction))
  }

  private static func date(_ scanner: inout Scanner) -> CivilDate? {
    let start = scanner
    if let date = scanner.date() { return date }
    scanner = start
    guard let day = scanner.number(digits: 1...9) else { return nil }
    if scanner.take("/") {
      guard let month = scanner.number(digits: 1...9), scanner.take("/"),
        let year = scanner.number(digits: 1...9), year > 999
      else { return nil }
      return CivilDate(year: year, month: month, day: day)
    }
    guard scanner.take("-"), let month = months.firstIndex(of: scanner.letters().lowercased()),
      scanner.take("-"), let year = scanner.number(digits: 1...9)
    else { return nil }
    return CivilDate(year: year < 100 ? 2000 + year : year, month: month + 1, day: day)
  }

  private static func skipBlanks(_ scanner: inout Scanner) {
    while scanner.take(" ") {}
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
}
