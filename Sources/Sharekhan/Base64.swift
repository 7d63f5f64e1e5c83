import FoundationEssentials

/// Base64 as the broker mixes it: both alphabets, with and without padding.
enum Base64 {
  /// Either alphabet, padded or not; a blank is a `+` that passed through a form decoder.
  static func decode(_ text: String) -> [UInt8]? {
    var standard = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: " "): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    while standard.last == UInt8(ascii: "=") { standard.removeLast() }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return Data(base64Encoded: Data(standard)).map { Array($0) }
  }

  static func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
  }

  static func encodeForURL(_ bytes: [UInt8]) -> String {
    let letters = encode(bytes).compactMap { letter -> Character? in
      switch letter {
      case "+": "-"
      case "/": "_"
      case "=": nil
      default: letter
      }
    }
    return String(letters)
  }
}
