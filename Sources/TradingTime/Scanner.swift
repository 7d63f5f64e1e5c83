/// Reads the fixed little formats of dates and times, byte by byte: no locale, no leniency, and no
/// input that can make it trap.
struct Scanner {
  private var rest: Substring.UTF8View

  init(_ text: String) {
    rest = text[...].utf8
  }

  var isAtEnd: Bool { rest.isEmpty }

  func isNext(_ wanted: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: wanted) }

  mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard isNext(wanted) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func take(anyOf wanted: String) -> Bool {
    guard let first = rest.first, wanted.utf8.contains(first) else { return false }
    rest.removeFirst()
    return true
  }

  /// Exactly so many digits, and a value in range.
  mutating func number(digits: Int, in range: ClosedRange<Int>) -> Int? {
    guard let number = number(digits: digits...digits), range.contains(number) else { return nil }
    return number
  }

  /// As many digits as there are, if their count is in range.
  mutating func number(digits: ClosedRange<Int>) -> Int? {
    let run = rest.prefix(while: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    guard run.count >= digits.lowerBound else { return nil }
    let taken = run.prefix(digits.upperBound)
    rest.removeFirst(taken.count)
    return taken.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  mutating func letters() -> String {
    let run = rest.prefix(while: {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
    })
    rest.removeFirst(run.count)
    return String(decoding: Array(run), as: UTF8.self)
  }

  mutating func text(until end: Unicode.Scalar) -> String? {
    guard let stop = rest.firstIndex(of: UInt8(ascii: end)) else { return nil }
    let run = rest[..<stop]
    rest = rest[stop...]
    rest.removeFirst()
    return String(decoding: Array(run), as: UTF8.self)
  }

  mutating func date() -> CivilDate? {
    guard let year = number(digits: 4, in: 1...9_999), take("-"),
      let month = number(digits: 2, in: 1...12), take("-"),
      let day = number(digits: 2, in: 1...31)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// Zero if there is no fraction; nil if there is a dot and no digit.
  mutating func microsecondFraction() -> Int? {
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
