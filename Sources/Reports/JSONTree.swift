import Desk

/// JSON whose keys keep the order they are given, which an encoder's would not.
indirect enum JSONTree {
  case null
  case text(String)
  case whole(Int)
  case array([JSONTree])
  case object([(String, JSONTree)])

  static func optional(_ text: String?) -> JSONTree { text.map(JSONTree.text) ?? .null }
  static func optionalWhole(_ number: Int?) -> JSONTree { number.map(JSONTree.whole) ?? .null }
  static func amount(_ money: Money?) -> JSONTree { optional(money?.text()) }
  static func texts(_ texts: [String]) -> JSONTree { .array(texts.map(JSONTree.text)) }

  /// Six decimals, as text like amounts: printed the same everywhere.
  static func ratio(_ value: Double?) -> JSONTree {
    optional(value.map { Wording.number($0, places: 6) })
  }

  func render(_ indent: String = "") -> String {
    let deeper = indent + "  "
    switch self {
    case .null: return "null"
    case .text(let text): return Self.quoted(text)
    case .whole(let number): return String(number)
    case .array(let elements):
      if elements.isEmpty { return "[]" }
      let lines = elements.map { deeper + $0.render(deeper) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { "\(deeper)\(Self.quoted($0.0)): \($0.1.render(deeper))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
