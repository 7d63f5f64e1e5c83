extension JSON {
  /// The shortest spelling of this value.
  var spelled: String { text(comma: ",", colon: ":", isASCII: false) }

  /// The spelling of the broker's own client, byte for byte: a blank after each comma and colon,
  /// nothing but ASCII.
  var spelledForBroker: String { text(comma: ", ", colon: ": ", isASCII: true) }

  private func text(comma: String, colon: String, isASCII: Bool) -> String {
    func text(_ value: JSON) -> String { value.text(comma: comma, colon: colon, isASCII: isASCII) }
    return switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .text(let text): Self.quoted(text, isASCII)
    case .list(let values): "[" + values.map(text).joined(separator: comma) + "]"
    case .object(let members):
      "{"
        + members.map { Self.quoted($0.key, isASCII) + colon + text($0.value) }
        .joined(separator: comma) + "}"
    }
  }

  private static func quoted(_ text: String, _ isASCII: Bool) -> String {
    let letters = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n" where isASCII: "\\n"
      case "\r" where isASCII: "\\r"
      case "\t" where isASCII: "\\t"
      case _ where scalar.value < 0x20: escaped(UInt16(scalar.value))
      case _ where isASCII && scalar.value > 0x7E:
        String(scalar).utf16.map(escaped).joined()
      default: String(scalar)
      }
    }
    return "\"" + letters.joined() + "\""
  }

  private static func escaped(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
