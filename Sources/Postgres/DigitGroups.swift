/// A decimal number on its way to the server: digits to the base 10,000, grouped from the point.
///
/// Made from what `Decimal` says of itself: digits, at most one point, maybe a sign. Groups of zeros
/// at either end are left out, as the server wants it.
struct DigitGroups {
  private var groups: [Int16] = []
  /// The power of 10,000 that the first group counts.
  private var weight = 0
  private var decimals = 0
  private let isNegative: Bool
  /// How many digits the last group still takes.
  private var room = 0

  init(_ text: UnsafeBufferPointer<UInt8>) {
    isNegative = text.first == UInt8(ascii: "-")
    let number = text.dropFirst(isNegative ? 1 : 0)
    let whole = number.prefix { $0 != UInt8(ascii: ".") }
    let fraction = number.dropFirst(whole.count + 1)
    decimals = fraction.count
    weight = (whole.count + 3) / 4 - 1
    room = whole.count % 4
    if room > 0 { groups.append(0) }
    for digit in whole { append(digit - UInt8(ascii: "0")) }
    for digit in fraction { append(digit - UInt8(ascii: "0")) }
    while room > 0 { append(0) }
    leaveOutZeros()
  }

  private mutating func append(_ digit: UInt8) {
    if room == 0 {
      groups.append(0)
      room = 4
    }
    groups[groups.count - 1] = groups[groups.count - 1] * 10 + Int16(digit)
    room -= 1
  }

  private mutating func leaveOutZeros() {
    let leading = groups.prefix { $0 == 0 }.count
    groups.removeFirst(leading)
    weight = groups.isEmpty ? 0 : weight - leading
    while groups.last == 0 { groups.removeLast() }
  }

  func encode(into bytes: inout [UInt8]) {
    for number in [groups.count, weight, isNegative ? 0x4000 : 0, decimals] {
      bytes.append(bigEndian: Int16(truncatingIfNeeded: number))
    }
    for group in groups { bytes.append(bigEndian: group) }
  }
}
