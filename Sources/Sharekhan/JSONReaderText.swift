// Texts, which are most of a book.
extension JSONReader {
  mutating func text() throws(JSONProblem) -> String {
    try expect("\"")
    var out: [UInt8] = []
    while true {
      let start = next
      var mixed: UInt8 = 0
      while next < bytes.count, bytes[next] != UInt8(ascii: "\""),
        bytes[next] != UInt8(ascii: "\\"),
        bytes[next] >= 0x20
      {
        mixed |= bytes[next]
        next += 1
      }
      guard let byte = peek else { throw problem("the text ends early") }
      let piece = bytes[start..<next]
      next += 1
      switch byte {
      // Nearly every text is one piece of ASCII: it is made from where it stands, and it is valid.
      case UInt8(ascii: "\"") where out.isEmpty && mixed < 0x80:
        return String(decoding: UnsafeBufferPointer(rebasing: piece), as: UTF8.self)
      case UInt8(ascii: "\""): return try valid(String(validating: out + piece, as: UTF8.self))
      case UInt8(ascii: "\\"):
        out += piece
        try escape(&out)
      default: throw problem("a text holds a control character")
      }
    }
  }

  private func valid(_ text: String?) throws(JSONProblem) -> String {
    guard let text else { throw problem("a text is not UTF-8") }
    return text
  }

  private mutating func escape(_ out: inout [UInt8]) throws(JSONProblem) {
    guard let byte = peek else { throw problem("the text ends early") }
    next += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"): out.append(contentsOf: String(try escapedScalar()).utf8)
    default: throw problem("an unknown escape")
    }
  }

  private mutating func escapedScalar() throws(JSONProblem) -> Unicode.Scalar {
    let first = try fourDigits()
    // PostgreSQL keeps no null character, and one odd text must not keep a whole book out.
    if first == 0 { return "\u{FFFD}" }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take("\\"), take("u") else { throw problem("half a surrogate pair") }
    let second = try fourDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw problem("half a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(UnicodeScalar(byte)).hexDigitValue,
        byte < 0x80
      else { throw problem("expected four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      next += 1
    }
    return value
  }
}
