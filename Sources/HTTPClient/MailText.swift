/// The encodings that mail needs to carry any text over seven bits and short lines.
enum MailText {
  /// RFC 2045 quoted-printable, lines of at most 76 characters, CRLF between lines.
  static func quotedPrintable(_ text: String) -> String {
    var out = ""
    var column = 0
    let bytes = Array(text.utf8).normalisedLines
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0A {
        out += "\r\n"
        column = 0
        continue
      }
      let endsLine = index + 1 == bytes.count || bytes[index + 1] == 0x0A
      let isPlain = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")
      let isPlainBlank = (byte == 0x20 || byte == 0x09) && !endsLine
      let piece = isPlain || isPlainBlank ? String(UnicodeScalar(byte)) : "=" + hex(byte)
      // The last place of a line belongs to the soft break's `=`.
      if column + piece.utf8.count > 75 {
        out += "=\r\n"
        column = 0
      }
      out += piece
      column += piece.utf8.count
    }
    return out
  }

  /// Base64 in lines of 76 characters.
  static func base64Lines(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 57)
      .map { base64(Array(bytes[$0..<min($0 + 57, bytes.count)])) }
      .joined(separator: "\r\n")
  }

  /// RFC 2047 encoded words, folded, each a whole number of characters; plain short ASCII stays as
  /// it is.
  static func header(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isPlain && text.utf8.count <= 64 && !text.contains("=?") { return text }
    var words: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      // 39 bytes are 52 characters of base64, 64 with the frame: `Subject: ` still fits before
      // them.
      if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
      words[words.count - 1] += bytes
    }
    return words.map { "=?UTF-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
  }

  /// RFC 2231 for a parameter's value that is not plain ASCII; a quoted string otherwise.
  static func parameter(_ name: String, _ value: String) -> String {
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
      return "\(name)=\"\(value)\""
    }
    let encoded = value.utf8.map { byte in
      isAttributeCharacter(byte) ? String(UnicodeScalar(byte)) : "%" + hex(byte)
    }
    return "\(name)*=UTF-8''" + encoded.joined()
  }

  private static func isAttributeCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~".utf8.contains(byte)
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
      for place in 0..<4 {
        out.append(
          place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension [UInt8] {
  /// CRLF and lone CR become LF.
  fileprivate var normalisedLines: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(count)
    for (index, byte) in enumerated() {
      if byte == 0x0A && index > 0 && self[index - 1] == 0x0D { continue }
      out.append(byte == 0x0D ? 0x0A : byte)
    }
    return out
  }
}
