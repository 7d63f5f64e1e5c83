/// A value without parts: its text, and whether it stood there without quotes.
package struct Scalar: Sendable, Hashable {
  /// What a scalar means. Numbers keep their digits, so that money never passes through binary
  /// floating point.
  package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    /// A number that is not a machine integer: `[-+]digits[.digits]`.
    case decimal(String)
    case string(String)
  }

  package let text: String
  package let isPlain: Bool

  package init(text: String, isPlain: Bool) {
    (self.text, self.isPlain) = (text, isPlain)
  }

  /// YAML 1.2's core schema, less what surprises: `on`, `no`, `010`, `1:30`, `0x1F`, `1e3` and
  /// `.inf` are text. Whoever quotes a value gets text.
  package var value: Value {
    guard isPlain else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    guard let isWhole = numberIsWhole else { return .string(text) }
    if isWhole, let number = Int(text) { return .int(number) }
    return .decimal(text)
  }

  /// Nil if the text is no number.
  private var numberIsWhole: Bool? {
    var rest = text.utf8[...]
    if let sign = rest.first, "+-".utf8.contains(sign) { rest.removeFirst() }
    let whole = rest.prefix(while: isDigit)
    guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
    rest = rest[whole.endIndex...]
    guard let dot = rest.first else { return true }
    let fraction = rest.dropFirst()
    guard dot == UInt8(ascii: "."), !fraction.isEmpty, fraction.allSatisfy(isDigit) else {
      return nil
    }
    return false
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
