/// One statement of a script: where it begins, and its first words in capitals.
struct ScriptStatement: Equatable {
  var line: Int
  var words: [String] = []
}

/// Cuts a script where PostgreSQL would, without understanding it: comments, strings, quoted names,
/// dollar quotes, parentheses and the bodies of `begin atomic` functions hold no end of a statement.
struct ScriptStatements {
  static func of(_ text: String) -> [ScriptStatement] {
    var reader = ScriptStatements(text)
    reader.read()
    return reader.found
  }

  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private var found: [ScriptStatement] = []
  private var current: ScriptStatement?
  private var parentheses = 0
  /// Of a function's body in SQL: `begin atomic … end`, with every `case … end` in it.
  private var bodies = 0
  private let wordsKept = 4

  private init(_ text: String) { bytes = Array(text.utf8) }

  private mutating func read() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), 0x0C:
        skip()
      case UInt8(ascii: "-") where peek(1) == byte: skipLine()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
      case UInt8(ascii: "'"): token { $0.skipQuoted(byte, backslashEscapes: false) }
      case UInt8(ascii: "\""): token("\"") { $0.skipQuoted(byte, backslashEscapes: false) }
      case UInt8(ascii: "$"): token { $0.skipDollarQuoted() }
      case UInt8(ascii: "("): token { $0.open() }
      case UInt8(ascii: ")"): token { $0.close() }
      case UInt8(ascii: ";"): endOrSkip()
      case _ where byte.beginsWord: readWord()
      case UInt8(ascii: "\\"): token("\\") { $0.skip() }
      default: token { $0.skip() }
      }
    }
    end()
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    place + ahead < bytes.count ? bytes[place + ahead] : nil
  }

  private mutating func skip() {
    if bytes[place] == UInt8(ascii: "\n") { line += 1 }
    place += 1
  }

  /// Something that is no space and no comment: the statement has begun.
  private mutating func token(_ word: String? = nil, _ read: (inout Self) -> Void) {
    var statement = current ?? ScriptStatement(line: line)
    // What is no word keeps its place, so that `(select …)` does not begin with SELECT.
    if statement.words.count < wordsKept { statement.words.append(word ?? "") }
    current = statement
    read(&self)
  }

  private mutating func endOrSkip() {
    skip()
    if parentheses == 0, bodies == 0 { end() }
  }

  private mutating func end() {
    if let current { found.append(current) }
    current = nil
    parentheses = 0
    bodies = 0
  }

  private mutating func open() {
    parentheses += 1
    skip()
  }

  private mutating func close() {
    parentheses = max(0, parentheses - 1)
    skip()
  }

  private mutating func readWord() {
    let start = place
    while let byte = peek(), byte.continuesWord { place += 1 }
    let word = String(decoding: bytes[start..<place], as: UTF8.self).uppercased()
    // `E'…'` is a string in which a backslash hides the quote.
    let isEscapeString = word == "E" && peek() == UInt8(ascii: "'")
    token(word) { reader in
      if isEscapeString { reader.skipQuoted(UInt8(ascii: "'"), backslashEscapes: true) }
    }
    followBody(word)
  }

  private mutating func followBody(_ word: String) {
    guard parentheses == 0, let words = current?.words, words.makeRoutine else { return }
    switch word {
    case "BEGIN": bodies += 1
    case "CASE" where bodies > 0: bodies += 1
    case "END" where bodies > 0: bodies -= 1
    default: break
    }
  }

  private mutating func skipLine() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { place += 1 }
  }

  /// Comments nest, as the standard wants.
  private mutating func skipComment() {
    var depth = 0
    while let byte = peek() {
      if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        place += 2
      } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        place += 2
        if depth == 0 { return }
      } else {
        skip()
      }
    }
  }

  /// A doubled quote closes and opens again, which comes to the same.
  private mutating func skipQuoted(_ quote: UInt8, backslashEscapes: Bool) {
    skip()
    while let byte = peek() {
      skip()
      if byte == quote { return }
      if backslashEscapes, byte == UInt8(ascii: "\\"), peek() != nil { skip() }
    }
  }

  private mutating func skipDollarQuoted() {
    guard let tag = dollarTag() else { return skip() }
    place += tag.count
    while place < bytes.count {
      if bytes[place...].starts(with: tag) {
        place += tag.count
        return
      }
      skip()
    }
  }

  /// `$$` or `$name$` from here; nil for a parameter such as `$1`.
  private func dollarTag() -> ArraySlice<UInt8>? {
    var end = place + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "$") {
      let isFirst = end == place + 1
      guard bytes[end].continuesWord, !isFirst || bytes[end].beginsWord else { return nil }
      end += 1
    }
    return end < bytes.count ? bytes[place...end] : nil
  }
}

extension UInt8 {
  fileprivate var beginsWord: Bool {
    switch self {
    case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF: true
    default: false
    }
  }

  fileprivate var continuesWord: Bool {
    beginsWord || (0x30...0x39).contains(self) || self == UInt8(ascii: "$")
  }
}

extension [String] {
  /// `create [or replace] function` or `procedure`.
  fileprivate var makeRoutine: Bool {
    guard first == "CREATE" else { return false }
    let what = starts(with: ["CREATE", "OR", "REPLACE"]) ? dropFirst(3).first : dropFirst().first
    return what == "FUNCTION" || what == "PROCEDURE"
  }
}
