package import struct FoundationEssentials.Decimal

/// `numeric`, exactly: what does not fit is refused, never rounded, and there is no NaN in money.
///
/// The server's binary form is a row of digits to the base 10,000 with a weight, a sign and the
/// number of decimals to show.
extension Decimal: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
  package static var postgresType: PostgresType { .numeric }

  package func encode(into bytes: inout [UInt8]) throws {
    guard !isNaN else { throw PostgresError.encoding("NaN is no amount") }
    var text = description
    let number = text.withUTF8 { DigitGroups($0) }
    number.encode(into: &bytes)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    if value.isText, value.type == .numeric {
      guard let text = try value.characters, let number = Decimal(exactly: text) else {
        throw .malformed("is no number that a Decimal holds exactly")
      }
      self = number
      return
    }
    let bytes = try value.binary(.numeric)
    let count = Int(try value.integer(Int16.self, of: bytes))
    let weight = Int(try value.integer(Int16.self, at: 2, of: bytes))
    let sign = try value.integer(UInt16.self, at: 4, of: bytes)
    guard sign == 0 || sign == 0x4000 else { throw .malformed("is NaN or infinite") }
    var number = ExactNumber(exponent: (weight - count + 1) * 4, isNegative: sign != 0)
    for place in 0..<count {
      number.append(group: try value.integer(UInt16.self, at: 8 + 2 * place, of: bytes))
    }
    guard let decimal = number.decimal else { throw .tooLong }
    self = decimal
  }

  /// Digits, at most one point, maybe a sign; `nil` for anything else and for what does not fit.
  private init?(exactly text: String) {
    var number = ExactNumber(exponent: 0, isNegative: text.hasPrefix("-"))
    var pointSeen = false
    for character in text.utf8.dropFirst(number.isNegative ? 1 : 0) {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number.digits.append(character - UInt8(ascii: "0"))
        if pointSeen { number.exponent -= 1 }
      case UInt8(ascii: ".") where !pointSeen: pointSeen = true
      default: return nil
      }
    }
    guard let decimal = number.decimal else { return nil }
    self = decimal
  }
}

extension DecodingRefusal {
  fileprivate static let tooLong = DecodingRefusal.malformed("has more digits than a Decimal holds")
}
