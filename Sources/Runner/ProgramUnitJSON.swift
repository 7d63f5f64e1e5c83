import Jobs

/// A JSON document as another program wrote it, read to the letter: every digit of a number is kept,
/// and what is wrong is named with its line and column.
struct JSONDocument {
  /// - Throws: also for what others let pass and two readers may take differently: a repeated key.
  static func read(_ bytes: [UInt8]) throws(ReportedResult.Malformed) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ReportedResult.Malformed(description: "not JSON: it is not UTF-8")
    }
    var reader = JSONDocument(bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.next == nil else { throw reader.problem("more after the document's end") }
    return value
  }

  private let bytes: [UInt8]
  private var place = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private func problem(_ what: String) -> ReportedResult.Malformed {
    let before = bytes[..<min(place, bytes.count)]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = String(decoding: before[start...], as: UTF8.self).count + 1
    return ReportedResult.Malformed(description: "not JSON at \(line):\(column): \(what)")
  }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[place...].starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }

  private mutating func value(depth: Int) throws(ReportedResult.Malformed) -> JSONValue {
    skipSpace()
    guard depth < 100 else { throw problem("nested more than 100 deep") }
    switch next {
    case UInt8(ascii: "{")?: return try object(depth)
    case UInt8(ascii: "[")?: return try array(depth)
    case UInt8(ascii: "\"")?: return .string(try string())
    case UInt8(ascii: "t")? where take("true"): return true
    case UInt8(ascii: "f")? where take("false"): return false
    case UInt8(ascii: "n")? where take("null"): return .null
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      return try number()
    default: throw problem("expected a value")
    }
  }

  private mutating func object(_ depth: Int) throws(ReportedResult.Malformed) -> JSONValue {
    place += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("expected a key in quotes") }
      let start = place
      let key = try string()
      guard members[key] == nil else {
        place = start
        throw problem("key '\(FailureWords.shortened(key, to: 60))' for the second time")
      }
      skipSpace()
      guard take(":") else { throw problem("expected ':'") }
      members[key] = try value(depth: depth + 1)
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw problem("expected ',' or '}'") }
    }
  }

  private mutating func array(_ depth: Int) throws(ReportedResult.Malformed) -> JSONValue {
    place += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw problem("expected ',' or ']'") }
    }
  }

  /// What is no whole number of 64 bits stays the text it was.
  private mutating func number() throws(ReportedResult.Malformed) -> JSONValue {
    let start = place
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    return Int64(text).map(JSONValue.integer) ?? .string(text)
  }

  private mutating func digits() throws(ReportedResult.Malformed) {
    let start = place
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
    if place == start { throw problem("expected a digit") }
  }

  private mutating func string() throws(ReportedResult.Malformed) -> String {
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      case 0..<0x20: throw problem("a control character in a string")
      default:
        text.append(byte)
        place += 1
      }
    }
    throw problem("a string without its end")
  }

  private mutating func escape() throws(ReportedResult.Malformed) -> Unicode.Scalar {
    place += 1
    guard let byte = next else { throw problem("a string without its end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try scalar()
    default: throw problem("an unknown escape")
    }
  }

  /// PostgreSQL's `jsonb` cannot hold a NUL, so its picture stands for it.
  private mutating func scalar() throws(ReportedResult.Malformed) -> Unicode.Scalar {
    let high = try hexadecimal()
    if (0xD800...0xDBFF).contains(high), take("\\u") {
      let low = try hexadecimal()
      if (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        return scalar
      }
    }
    guard let scalar = Unicode.Scalar(high) else { throw problem("half a surrogate pair") }
    return scalar == "\0" ? "\u{2400}" : scalar
  }

  private mutating func hexadecimal() throws(ReportedResult.Malformed) -> UInt32 {
    let text = String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self)
    guard text.utf8.count == 4, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16)
    else { throw problem("expected four hexadecimal digits") }
    place += 4
    return value
  }
}
