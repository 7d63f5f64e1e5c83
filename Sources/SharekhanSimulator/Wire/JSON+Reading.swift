/// Reading keeps what writing keeps: the order of keys, keys that differ only in case, and the
/// digits of a number as they were sent. No library to be had gives all three.
extension JSON {
  /// Nil unless the bytes are one JSON value and nothing else.
  package init?(reading bytes: some Sequence<UInt8>) {
    var reader = JSONReader(bytes: Array(bytes))
    guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
    self = value
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var position = 0

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return position == bytes.count
    }
  }

  /// Deeper than any client nests, and shallow enough for any stack.
  private static let deepest = 64

  mutating func value(depth: Int) -> JSON? {
    skipBlanks()
    guard depth < JSONReader.deepest, let byte = peek else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map(JSON.string)
    case UInt8(ascii: "t"): return word("true", .bool(true))
    case UInt8(ascii: "f"): return word("false", .bool(false))
    case UInt8(ascii: "n"): return word("null", .null)
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSON? {
    position += 1
    var members: [JSON.Member] = []
    if take("}") { return .object([]) }
    repeat {
      skipBlanks()
      guard peek == UInt8(ascii: "\""), let key = string(), take(":"),
        let value = value(depth: depth + 1)
      else { return nil }
      members.append(JSON.Member(key: key, value: value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(_ depth: Int) -> JSON? {
    position += 1
    var items: [JSON] = []
    if take("]") { return .array([]) }
    repeat {
      guard let item = value(depth: depth + 1) else { return nil }
      items.append(item)
    } while take(",")
    return take("]") ? .array(items) : nil
  }

  private mutating func string() -> String? {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += Array(String(scalar).utf8)
      case ..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> UnicodeScalar? {
    guard let byte = peek else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UnicodeScalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return hexScalar()
    default: return nil
    }
  }

  /// `\u` and four digits, or two of them where the first half of a pair came.
  private mutating func hexScalar() -> UnicodeScalar? {
    guard let high = hexUnit() else { return nil }
    guard (0xD800..<0xDC00).contains(high) else { return UnicodeScalar(high) }
    guard word("\\u", .null) != nil, let low = hexUnit(), (0xDC00..<0xE000).contains(low) else {
      return nil
    }
    return UnicodeScalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  private mutating func hexUnit() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    position += 4
    return digits.first == "+" || digits.first == "-" ? nil : UInt32(digits, radix: 16)
  }

  private mutating func number() -> JSON? {
    let start = position
    _ = take(unspaced: "-")
    let whole = position
    guard digits() > 0, bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else {
      return nil
    }
    if take(unspaced: "."), digits() == 0 { return nil }
    if take(unspaced: "e") || take(unspaced: "E") {
      if !take(unspaced: "-") { _ = take(unspaced: "+") }
      if digits() == 0 { return nil }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = peek, (48...57).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func word(_ word: String, _ value: JSON) -> JSON? {
    guard bytes[position...].starts(with: word.utf8) else { return nil }
    position += word.utf8.count
    return value
  }

  private mutating func take(_ mark: UnicodeScalar) -> Bool {
    skipBlanks()
    return take(unspaced: mark)
  }

  private mutating func take(unspaced mark: UnicodeScalar) -> Bool {
    guard peek == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  private var peek: UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 32 || (9...10).contains(byte) || byte == 13 { position += 1 }
  }
}
