import Desk
import TradingTime

/// How figures are written for people; programs get them plain.
enum Wording {
  /// `₹12,34,567.89`: the last three digits, then pairs, as the desk reads them.
  static func rupees(_ money: Money?) -> String {
    guard let money else { return missing }
    let text = money.magnitude.text()
    let parts = text.split(separator: ".")
    let sign = text.allSatisfy { "0.".contains($0) } || !money.isNegative ? "" : "-"
    return "\(sign)₹\(grouped(String(parts[0]))).\(parts[1])"
  }

  /// With a plus where money was made.
  static func gain(_ money: Money?) -> String {
    guard let money else { return missing }
    let text = rupees(money)
    return text.hasPrefix("-") || money.text() == "0.00" ? text : "+\(text)"
  }

  static func units(_ quantity: Quantity) -> String {
    (quantity < 0 ? "-" : "") + grouped(String(quantity.magnitude))
  }

  static let missing = "n/a"

  /// The broker's position; a list that was read and lacks it says `none`.
  static func brokersDay(_ day: InstrumentDay, in record: DayRecord) -> String {
    if let quantity = day.brokerQuantity { return units(quantity) }
    return record.positionsAt == nil ? missing : "none"
  }

  static func grouped(_ digits: String) -> String {
    guard digits.count > 3 else { return digits }
    var groups = [String(digits.suffix(3))]
    var rest = digits.dropLast(3)
    while !rest.isEmpty {
      groups.append(String(rest.suffix(2)))
      rest = rest.dropLast(2)
    }
    return groups.reversed().joined(separator: ",")
  }

  /// For axes: `₹1.25L`, `₹3.4Cr`, `₹850`.
  static func short(_ rupees: Double) -> String {
    let size = abs(rupees)
    let sign = rupees < 0 ? "-" : ""
    if size >= 1e7 { return "\(sign)₹\(trimmed(size / 1e7))Cr" }
    if size >= 1e5 { return "\(sign)₹\(trimmed(size / 1e5))L" }
    if size >= 1e3 { return "\(sign)₹\(trimmed(size / 1e3))k" }
    return "\(sign)₹\(trimmed(size))"
  }

  private static func trimmed(_ value: Double) -> String {
    var text = number(value, places: 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  static func ratio(_ value: Double?, places: Int = 2) -> String {
    value.map { number($0, places: places) } ?? missing
  }

  static func percent(_ fraction: Double?) -> String {
    fraction.map { number($0 * 100, places: 2) + "%" } ?? missing
  }

  /// Without the C library's formatting and its locale.
  static func number(_ value: Double, places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e15 else { return missing }
    let whole = Int64(scaled)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let fraction = String(whole % Int64(scale))
    let padding = String(repeating: "0", count: places - fraction.count)
    return "\(sign)\(whole / Int64(scale)).\(padding)\(fraction)"
  }

  static func span(_ span: Duration) -> String {
    let milliseconds = span / .milliseconds(1)
    if milliseconds < 1000 { return "\(number(milliseconds, places: 0)) ms" }
    if milliseconds < 60_000 { return "\(number(milliseconds / 1000, places: 1)) s" }
    let minutes = Int64(milliseconds / 60_000)
    if minutes < 60 { return "\(minutes) min" }
    return "\(minutes / 60) h \(minutes % 60) min"
  }

  /// `09:15:00`, always with its seconds, so that columns line up.
  static func time(_ instant: Instant, _ zone: ZoneRules) -> String {
    let time = zone.local(instant).time
    return [time.hour, time.minute, time.second].map { $0 < 10 ? "0\($0)" : "\($0)" }
      .joined(separator: ":")
  }

  static func age(_ sessions: Int) -> String {
    switch sessions {
    case 0: "new"
    case 1: "1 session"
    default: "\(sessions) sessions"
    }
  }

  /// `Friday 20 November 2026`
  static func date(_ date: CivilDate) -> String {
    "\(weekdays[index(date)]) \(date.day) \(months[date.month - 1]) \(date.year)"
  }

  /// `20 Nov`
  static func shortDate(_ date: CivilDate) -> String {
    "\(date.day) \(months[date.month - 1].prefix(3))"
  }

  /// 1970-01-01 was a Thursday.
  private static func index(_ date: CivilDate) -> Int { ((date.daysSinceEpoch + 3) % 7 + 7) % 7 }

  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
}
