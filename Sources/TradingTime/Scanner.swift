/// Reads the fixed little formats of dates and times, byte by byte: no locale, no leniency, and no
/// input that can make it trap.
package struct Scanner {
  private let bytes: [UInt8]
  private var next = 0

  package init(_ text: some StringProtocol) {
    bytes = Array(text.utf8)
  }

  package var isAtEnd: Bool { next == bytes.count }

  func isNext(_ wanted: Unicode.Scalar) -> Bool { peek == UInt8(ascii: wanted) }

  package mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard isNext(wanted) else { return false }
    next += 1
    return true
  }

  mutating func take(anyOf wanted: String) -> Bool {
    guard let peek, wanted.utf8.contains(peek) else { return false }
    next += 1
    return true
  }

  /// Exactly so many digits, and a value in range.
  mutating func number(digits: Int, in range: ClosedRange<Int>) -> Int? {
    guard let number = number(digits: digits...digits), range.contains(number) else { return nil }
    return number
  }

  /// As many digits as there are, if their count is in range.
  package mutating func number(digits: ClosedRange<Int>) -> Int? {
    let start = next
    var number = 0
    while next - start < digits.upperBound, let peek, peek &- UInt8(ascii: "0") < 10 {
      number = number * 10 + Int(peek - UInt8(ascii: "0"))
      next += 1
    }
    if next - start >= digits.lowerBound { return number }
    next = start
    return nil
  }

  package mutating func letters() -> String {
    let start = next
    while let peek, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(peek | 0x20) { next += 1 }
    return String(decoding: bytes[start..<next], as: UTF8.self)
  }

  mutating func text(until end: Unicode.Scalar) -> String? {
    guard let stop = bytes[next...].firstIndex(of: UInt8(ascii: end)) else { return nil }
    defer { next = stop + 1 }
    return String(decoding: bytes[next..<stop], as: UTF8.self)
  }

  private var peek: UInt8? { isAtEnd ? nil : bytes[next] }

  package mutating func date() -> CivilDate? {
    guard let year = number(digits: 4, in: 1...9_999), take("-"),
      let month = number(digits: 2, in: 1...12), take("-"),
      let day = number(digits: 2, in: 1...31)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  package mutating func timeOfDay() -> TimeOfDay? {
    guard let hour = number(digits: 2, in: 0...23), take(":"),
      let minute = number(digits: 2, in: 0...59)
    else { return nil }
    guard take(":") else { return TimeOfDay(hour: hour, minute: minute) }
    return number(digits: 2, in: 0...59).flatMap {
      TimeOfDay(hour: hour, minute: minute, second: $0)
    }
  }

  /// Zero if there is no fraction; nil if there is a dot and no digit.
  package mutating func microsecondFraction() -> Int? {
    guard take(".") else { return 0 }
    var (value, count) = (0, 0)
    while let digit = number(digits: 1...1) {
      if count < 6 { value = value * 10 + digit }
      count += 1
    }
    guard count > 0 else { return nil }
    return (count..<max(count, 6)).reduce(value) { scaled, _ in scaled * 10 }
  }

  /// `Z` or `+05:30`.
  mutating func offsetSeconds() -> Int? {
    if take(anyOf: "Zz") { return 0 }
    let negative = take("-")
    guard negative || take("+"), let hours = number(digits: 2, in: 0...23), take(":"),
      let minutes = number(digits: 2, in: 0...59)
    else { return nil }
    return (hours * 3_600 + minutes * 60) * (negative ? -1 : 1)
  }
}

/// Digits with leading zeros; a year beyond 9999 keeps all its digits.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number.magnitude)
  let zeros = String(repeating: "0", count: max(0, width - digits.count))
  return (number < 0 ? "-" : "") + zeros + digits
}
