import FoundationEssentials

extension Money: LosslessStringConvertible, Codable {
  /// Accepts what brokers write: `1440.50`, `-0.5`, `+3`, `1.0E7`. Anything else, and anything that
  /// would not be kept digit for digit, is refused: Decimal's own reader takes "12abc" for 12.
  package init?(_ text: String) {
    guard let parts = DecimalText(text), parts.significantDigits <= 34 else { return nil }
    guard let amount = parts.shortAmount ?? Decimal(string: text), !amount.isNaN else {
      return nil
    }
    self.init(amount: amount)
  }

  /// Shortest exact form: `1440.5`, `-3`, `0`.
  package var description: String { amount.description }

  /// Exactly `places` decimals, rounded half-up, as money is printed.
  package func text(places: Int = 2) -> String {
    let rounded = rounded(places: places, .halfUp)
    let pieces = rounded.description.split(separator: ".")
    let fraction = pieces.count == 2 ? String(pieces[1]) : ""
    guard places > 0 else { return rounded.description }
    let padding = String(repeating: "0", count: Swift.max(0, places - fraction.count))
    return "\(pieces[0]).\(fraction)\(padding)"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let money = Money(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected an exact amount, got \"\(text)\"")
    }
    self = money
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// The grammar of an amount: sign, digits, fraction, exponent; nothing before, between or after.
private struct DecimalText {
  let significantDigits: Int
  /// Of an amount as prices are, which is nearly every one: no exponent, and its digits fit a whole
  /// number. Decimal's own reader takes thirty times as long.
  let shortAmount: Decimal?

  init?(_ text: String) {
    var bytes = text.utf8[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    let whole = bytes.prefix(while: Self.isDigit)
    bytes = bytes[whole.endIndex...]
    var fraction = bytes.prefix(0)
    if bytes.first == UInt8(ascii: ".") {
      fraction = bytes.dropFirst().prefix(while: Self.isDigit)
      guard !fraction.isEmpty else { return nil }
      bytes = bytes[fraction.endIndex...]
    }
    guard !whole.isEmpty, Self.isExponent(bytes) else { return nil }
    let places = fraction.count
    significantDigits = whole.drop { $0 == UInt8(ascii: "0") }.count + places
    guard bytes.isEmpty, significantDigits <= 18 else {
      shortAmount = nil
      return
    }
    let units = Self.number(fraction, after: Self.number(whole))
    shortAmount = Decimal(
      sign: isNegative && units > 0 ? .minus : .plus, exponent: -places, significand: Decimal(units)
    )
  }

  private static func number(_ digits: Substring.UTF8View, after earlier: UInt64 = 0) -> UInt64 {
    digits.reduce(earlier) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isExponent(_ bytes: Substring.UTF8View) -> Bool {
    guard let first = bytes.first else { return true }
    guard first == UInt8(ascii: "e") || first == UInt8(ascii: "E") else { return false }
    var digits = bytes.dropFirst()
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      digits = digits.dropFirst()
    }
    return (1...2).contains(digits.count) && digits.allSatisfy(isDigit)
  }
}
