/// An amount of rupees, exact: whole paise.
struct Paise: Sendable, Hashable, Comparable {
  let count: Int64

  init(_ count: Int64) {
    self.count = count
  }

  /// Reads `149.5`, `24.35`, `26000.0000`; nothing else, and nothing finer than a paisa.
  init?(text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var decimals = parts.count == 2 ? String(parts[1]) : "0"
    while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
    guard let whole = parts.first, let rupees = Paise.digits(String(whole)),
      let fraction = Paise.digits(decimals), decimals.count <= 2
    else { return nil }
    self.init(rupees * 100 + (decimals.count == 1 ? fraction * 10 : fraction))
  }

  /// As the books write prices in strings: `24.35`, `149.5`, `0`.
  var text: String {
    Paise.trimmed(count, decimals: 2, least: 0)
  }

  /// As the broker writes JSON numbers: at least one decimal, `1550.42`, `0.0`.
  var number: String {
    Paise.trimmed(count, decimals: 2, least: 1)
  }

  func rounded(toTick tick: Int64) -> Paise {
    Paise((count + tick / 2) / tick * tick)
  }

  static func < (left: Paise, right: Paise) -> Bool { left.count < right.count }
  static func + (left: Paise, right: Paise) -> Paise { Paise(left.count + right.count) }
  static func - (left: Paise, right: Paise) -> Paise { Paise(left.count - right.count) }

  /// Whole units of 10^-decimals rupees as text, trailing zeros dropped down to `least` decimals.
  static func trimmed(_ units: Int64, decimals: Int, least: Int) -> String {
    let scale = power(decimals)
    let sign = units < 0 ? "-" : ""
    let magnitude = units.magnitude
    var fraction = String(magnitude % UInt64(scale))
    fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
    while fraction.count > least, fraction.last == "0" { fraction.removeLast() }
    let whole = "\(sign)\(magnitude / UInt64(scale))"
    return fraction.isEmpty ? whole : "\(whole).\(fraction)"
  }

  private static func power(_ exponent: Int) -> Int64 {
    (0..<max(0, exponent)).reduce(1) { product, _ in product * 10 }
  }

  private static func digits(_ text: String) -> Int64? {
    guard !text.isEmpty, text.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }
}
