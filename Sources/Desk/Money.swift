package import FoundationEssentials

/// An exact decimal amount of rupees, also used for prices. No binary floating point comes near
/// it: it is made from text or whole numbers, and it is rounded only where a rule names the places
/// and the way.
package struct Money: Hashable, Sendable {
  package let amount: Decimal

  /// For the database's `numeric`, which is as exact as this.
  package init(amount: Decimal) {
    self.amount = amount
  }

  package init(rupees: Int64) {
    amount = Decimal(rupees)
  }

  package init(paise: Int64) {
    amount = Decimal(
      sign: paise < 0 ? .minus : .plus, exponent: -2, significand: Decimal(paise.magnitude))
  }

  package static let zero = Money(rupees: 0)

  package var isZero: Bool { amount.isZero }
  package var isNegative: Bool { amount < 0 }
  package var isPositive: Bool { amount > 0 }
  package var magnitude: Money { isNegative ? -self : self }

  package static func + (left: Money, right: Money) -> Money {
    Money(amount: left.amount + right.amount)
  }

  package static func - (left: Money, right: Money) -> Money {
    Money(amount: left.amount - right.amount)
  }

  package static prefix func - (money: Money) -> Money {
    money.isZero ? money : Money(amount: -money.amount)
  }

  package static func += (left: inout Money, right: Money) { left = left + right }
  package static func -= (left: inout Money, right: Money) { left = left - right }

  /// A price times a number of units; the sign of the quantity is kept.
  package static func * (price: Money, quantity: Quantity) -> Money {
    Money(amount: price.amount * Decimal(quantity))
  }

  package static func * (money: Money, rate: Rate) -> Money {
    Money(amount: money.amount * rate.factor)
  }

  /// Division seldom ends, so the caller says where it stops.
  package func divided(
    by quantity: Quantity, places: Int, rounding rule: RoundingRule = .halfEven
  ) -> Money? {
    guard quantity != 0 else { return nil }
    return Money(amount: amount / Decimal(quantity)).rounded(places: places, rule)
  }

  /// For ratios, charts and sorting by size. Never turned back into money.
  package var approximate: Double { Double(description) ?? .nan }
}

extension Money: Comparable {
  package static func < (left: Money, right: Money) -> Bool { left.amount < right.amount }
}

extension Sequence<Money> {
  package func total() -> Money { reduce(.zero, +) }
}

/// An exact factor such as 0.0000307, for charges and weights.
package struct Rate: Hashable, Sendable {
  let factor: Decimal

  package init?(_ text: String) {
    guard let money = Money(text) else { return nil }
    factor = money.amount
  }

  /// `Rate(numerator, over: denominator)`, where the denominator is a power of ten.
  package init(_ units: Int64, tenToMinus places: Int) {
    factor = Decimal(
      sign: units < 0 ? .minus : .plus, exponent: -places, significand: Decimal(units.magnitude))
  }
}
