import struct FoundationEssentials.Decimal

/// Decimal digits on their way into a `Decimal`, which holds 38 of them and an exponent of 8 bits
/// and would round in silence.
struct ExactNumber {
  var digits: [UInt8] = []
  var exponent: Int
  let isNegative: Bool

  init(exponent: Int, isNegative: Bool) {
    self.exponent = exponent
    self.isNegative = isNegative
  }

  mutating func append(group: UInt16) {
    for divisor: UInt16 in [1000, 100, 10, 1] { digits.append(UInt8(group / divisor % 10)) }
  }

  /// `nil` if it does not fit. Zeros at the end go first: they may be all that does not.
  var decimal: Decimal? {
    var exponent = exponent
    var significant = digits[...]
    while significant.last == 0 {
      significant.removeLast()
      exponent += 1
    }
    var mantissa: UInt128 = 0
    for digit in significant {
      let (tenfold, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      let (sum, overflowed) = tenfold.addingReportingOverflow(UInt128(digit))
      guard !overflow, !overflowed else { return nil }
      mantissa = sum
    }
    if mantissa == 0 { return Decimal(0) }
    guard (-128...127).contains(exponent) else { return nil }
    return Decimal(
      sign: isNegative ? .minus : .plus, exponent: exponent, significand: Decimal(mantissa))
  }
}

extension Decimal {
  /// Exact: 2^64 times the upper half, plus the lower, stays within the 128 bits of a mantissa.
  fileprivate init(_ mantissa: UInt128) {
    if let small = UInt64(exactly: mantissa) {
      self = Decimal(small)
      return
    }
    let upper = Decimal(UInt64(truncatingIfNeeded: mantissa >> 64))
    let half = Decimal(UInt64(1) << 32)
    self = upper * half * half + Decimal(UInt64(truncatingIfNeeded: mantissa))
  }
}
