/// Spans as people write them in job and configuration files: `250ms`, `30s`, `5m`, `2h`, `1d`,
/// `1h30m`. A number without a unit is refused: nobody agrees on what `timeout: 30` means.
extension Duration {
  package init(spelling text: String) throws(DurationSpellingError) {
    guard !text.isEmpty else { throw .init(text, "is empty; write a span such as 30s") }
    if text.hasPrefix("-") { throw .init(text, "is negative; a span is not") }
    var scanner = Scanner(text)
    var total = Int64(0)
    var last: SpanUnit?
    while !scanner.isAtEnd {
      let (amount, unit) = try scanner.part(of: text)
      if let last, last <= unit { throw .init(text, last.disorder(before: unit)) }
      last = unit
      let part = Int64(amount).multipliedReportingOverflow(by: unit.microseconds)
      let sum = total.addingReportingOverflow(part.partialValue)
      guard !part.overflow, !sum.overflow, sum.partialValue <= SpanUnit.longest else {
        throw .init(text, "is too long; the longest span is 36500d")
      }
      total = sum.partialValue
    }
    self = .microseconds(total)
  }

  /// The shortest spelling that reads back as this span; microseconds (`us`) only where needed.
  package var spelled: String {
    var rest = microseconds.magnitude
    if rest == 0 { return "0s" }
    var text = microseconds < 0 ? "-" : ""
    for unit in SpanUnit.allCases.reversed() where rest >= UInt64(unit.microseconds) {
      let (amount, remainder) = rest.quotientAndRemainder(dividingBy: UInt64(unit.microseconds))
      text += "\(amount)\(unit.symbol)"
      rest = remainder
    }
    return text
  }
}

extension ClosedRange<Duration> {
  /// `1s..5s`: both ends count, and the second is not the shorter one.
  package init(spelling text: String) throws(DurationSpellingError) {
    guard let dots = text.firstRange(of: "..") else {
      throw .init(text, "is no range; write one such as 1s..5s")
    }
    let lower = try Duration(spelling: String(text[..<dots.lowerBound]))
    let upper = try Duration(spelling: String(text[dots.upperBound...]))
    guard lower <= upper else {
      throw .init(text, "runs backwards; write \(upper.spelled)..\(lower.spelled)")
    }
    self = lower...upper
  }

  package var spelled: String { "\(lowerBound.spelled)..\(upperBound.spelled)" }
}

/// What is wrong with a span as written, in the words of the person who must mend it.
package struct DurationSpellingError: Error, Hashable, CustomStringConvertible {
  package let text: String
  package let defect: String

  init(_ text: String, _ defect: String) {
    (self.text, self.defect) = (text, defect)
  }

  package var description: String { "'\(text)' \(defect)" }
}

private enum SpanUnit: Int, CaseIterable, Comparable {
  case microsecond, millisecond, second, minute, hour, day

  static let longest = 36_500 * SpanUnit.day.microseconds

  init?(symbol: String) {
    guard let unit = Self.allCases.first(where: { $0.symbol == symbol }) else { return nil }
    self = unit
  }

  var symbol: String {
    switch self {
    case .microsecond: "us"
    case .millisecond: "ms"
    case .second: "s"
    case .minute: "m"
    case .hour: "h"
    case .day: "d"
    }
  }

  var microseconds: Int64 {
    switch self {
    case .microsecond: 1
    case .millisecond: 1_000
    case .second: 1_000_000
    case .minute: 60_000_000
    case .hour: 3_600_000_000
    case .day: 86_400_000_000
    }
  }

  func disorder(before unit: SpanUnit) -> String {
    self == unit
      ? "says '\(symbol)' twice; add the parts up"
      : "has '\(unit.symbol)' after '\(symbol)'; write the longer unit first"
  }

  static func < (one: SpanUnit, other: SpanUnit) -> Bool { one.rawValue < other.rawValue }
}

extension Scanner {
  fileprivate mutating func part(
    of text: String
  ) throws(DurationSpellingError) -> (Int, SpanUnit) {
    guard let amount = number(digits: 1...12) else {
      throw .init(text, "is no span; write one such as 30s, 5m or 1h30m")
    }
    if take(anyOf: ".,") { throw .init(text, "has a fraction; write a smaller unit instead") }
    let symbol = letters()
    if let unit = SpanUnit(symbol: symbol) { return (amount, unit) }
    if symbol.isEmpty, isAtEnd { throw .init(text, "has no unit; say \(amount)s or \(amount)m") }
    let units = "units are ms, s, m, h and d"
    guard symbol.isEmpty else { throw .init(text, "has the unit '\(symbol)'; \(units)") }
    throw .init(
      text,
      isNext(" ")
        ? "has a space in it; write the unit right behind the number"
        : "has no unit after \(amount); \(units)")
  }
}
