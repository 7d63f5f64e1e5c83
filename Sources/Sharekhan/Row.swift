import Desk

/// One row of an answer, read field by field. Every way to fail names book, row, field and what
/// stood there; every way to say "not applicable" (missing, null, empty, `NA`) is nil.
struct Row {
  let book: Book
  let number: Int
  let json: JSON

  /// The first of these spellings that says anything.
  func text(_ names: String...) -> String? {
    scalar(names)?.text
  }

  func text(required name: String) throws -> String {
    guard let text = text(name) else { throw unreadable(name, "missing") }
    return text
  }

  func whole(required name: String) throws -> Int64 {
    let text = try text(required: name)
    guard let number = wholeNumber(text) else { throw unreadable(name, text) }
    return number
  }

  /// A number of shares or units. What no exchange could hold is refused, so that no sum of
  /// quantities overflows.
  func quantity(_ names: String...) throws -> Quantity? {
    guard let (name, text) = scalar(names) else { return nil }
    guard let number = wholeNumber(text), number.magnitude <= 1_000_000_000_000_000 else {
      throw unreadable(name, text)
    }
    return number
  }

  func quantity(required name: String) throws -> Quantity {
    guard let number = try quantity(name) else { throw unreadable(name, "missing") }
    return number
  }

  func money(_ names: String...) throws -> Money? {
    guard let (name, text) = scalar(names) else { return nil }
    guard let money = Money(text) else { throw unreadable(name, text) }
    return money
  }

  /// A price of zero is the broker's way to say that there is none.
  func price(_ name: String, _ alias: String? = nil) throws -> Money? {
    let found = try alias.map { try money(name, $0) } ?? money(name)
    return found?.isZero == true ? nil : found
  }

  func price(required name: String) throws -> Money {
    guard let price = try price(name) else { throw unreadable(name, text(name) ?? "missing") }
    return price
  }

  func unreadable(_ field: String, _ text: String) -> BrokerError {
    .unreadable(book: book, row: number, field: field, text: Shown.text(text))
  }

  private func scalar(_ names: [String]) -> (name: String, text: String)? {
    for name in names {
      if let text = json[name]?.scalar { return (name, text) }
    }
    return nil
  }
}

/// `1200` and `1200.0` are whole; `1200.5` and `1e3` are not what a quantity or an id looks like.
func wholeNumber(_ text: String) -> Int64? {
  guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return Int64(text) }
  let fraction = text.utf8[point...].dropFirst()
  guard !fraction.isEmpty, fraction.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
  return Int64(text[..<point])
}

/// What of the broker's words may stand in an error: short, on one line, and nothing as long as a
/// token.
enum Shown {
  static func text(_ text: String) -> String {
    let words = text.prefix(400).map { $0.isWhitespace || isControl($0) ? " " : $0 }
      .split(separator: " ").map { $0.count > 40 ? $0.prefix(8) + "…" : Array($0)[...] }
    return String(String(words.joined(separator: [" "])).prefix(120))
  }

  private static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
  }
}
