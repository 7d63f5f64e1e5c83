import FoundationEssentials

/// How a number that does not fit is made to fit. Both ways are symmetric around zero.
package enum RoundingRule: Hashable, Sendable {
  /// 0.005 becomes 0.01: how contract notes and people round.
  case halfUp
  /// 0.005 becomes 0.00, 0.015 becomes 0.02: no drift over many roundings.
  case halfEven
  /// Toward zero: what risk limits and lot sizes need.
  case down
}

extension Money {
  /// Rounds on the decimal digits themselves, so no intermediate value can tip a half.
  package func rounded(places: Int, _ rule: RoundingRule) -> Money {
    let excess = -amount.exponent - places
    guard !amount.isZero, excess > 0 else { return self }
    let digits = Array(amount.significand.magnitude.description.utf8)
    let kept = digits.dropLast(excess)
    let dropped =
      Array(repeating: UInt8(ascii: "0"), count: Swift.max(0, excess - digits.count))
      + digits.suffix(excess)
    var size =
      kept.isEmpty ? Decimal(0) : Decimal(string: String(decoding: kept, as: UTF8.self)) ?? 0
    if rule.goesUp(dropped: dropped, lastKept: kept.last) { size += 1 }
    return Money(
      amount: size.isZero
        ? 0 : Decimal(sign: isNegative ? .minus : .plus, exponent: -places, significand: size))
  }
}

extension Money {
  /// Exactly, on the decimal digits.
  package func isMultiple(of step: Money) -> Bool {
    let steps = Money(amount: amount / step.amount).rounded(places: 0, .halfEven)
    return steps.amount * step.amount == amount
  }
}

extension RoundingRule {
  fileprivate func goesUp(dropped: [UInt8], lastKept: UInt8?) -> Bool {
    let half = UInt8(ascii: "5")
    guard self != .down, let first = dropped.first, first >= half else { return false }
    let isExactHalf = first == half && dropped.dropFirst().allSatisfy { $0 == UInt8(ascii: "0") }
    guard isExactHalf, self == .halfEven else { return true }
    return (lastKept ?? UInt8(ascii: "0")) % 2 == 1
  }
}
