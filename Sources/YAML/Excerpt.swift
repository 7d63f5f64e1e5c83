/// The piece of a line that is shown under a problem, at most 100 columns of it, and the blank text
/// that brings a caret under the right character: tabs stay tabs, wide characters take two columns.
struct Excerpt {
  private static let width = 100
  let text: String
  let indent: String

  init(of line: String, column: Int) {
    // Only what can be shown is looked at: a line may have a million characters.
    let place =
      line.index(line.startIndex, offsetBy: max(column, 1) - 1, limitedBy: line.endIndex)
      ?? line.endIndex
    let before = line[..<place].suffix(Self.width + 1)
    let after = line[place...].prefix(Self.width + 1)
    let characters = (before + after).map(Self.harmless)
    let target = before.count
    let window = Self.window(of: characters, around: target)
    let isCutBefore = window.lowerBound > 0 || before.startIndex > line.startIndex
    let isCutAfter = window.upperBound < characters.count || after.endIndex < line.endIndex
    text =
      (isCutBefore ? "…" : "") + String(characters[window]) + (isCutAfter ? "…" : "")
    indent =
      (isCutBefore ? " " : "")
      + characters[window.lowerBound..<target].map(Self.blank).joined()
  }

  /// Grows around the caret, three columns to the left for two to the right: what led to the place
  /// says more than what follows.
  private static func window(of characters: [Character], around target: Int) -> Range<Int> {
    let total = characters.prefix(width + 1).reduce(0) { $0 + columns($1) }
    if characters.count <= width, total <= width { return 0..<characters.count }
    var (low, high, room) = (target, target, width - 2)
    var turn = 0
    while room > 0, low > 0 || high < characters.count {
      let goesLeft = high == characters.count || (low > 0 && turn % 5 < 3)
      let next = goesLeft ? low - 1 : high
      room -= columns(characters[next])
      guard room >= 0 else { break }
      if goesLeft { low -= 1 } else { high += 1 }
      turn += 1
    }
    return low..<high
  }

  /// A file is not trusted with the terminal: control and direction characters are not passed on.
  static func harmless(_ character: Character) -> Character {
    if character == "\t" { return character }
    let isHarmful = character.unicodeScalars.contains {
      switch $0.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value)
      }
    }
    return isHarmful ? "\u{FFFD}" : character
  }

  private static func columns(_ character: Character) -> Int {
    if character == "\t" { return 8 }
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isWide =
      scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
      || character.unicodeScalars.contains("\u{FE0F}")
    return isWide ? 2 : 1
  }

  private static func blank(_ character: Character) -> String {
    character == "\t" ? "\t" : String(repeating: " ", count: columns(character))
  }

  /// East Asian wide and fullwidth blocks (Unicode Standard Annex 11), coarsely.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x20000...0x3FFFD,
  ]
}

/// A piece of someone's file inside one of our sentences: short, on one line, harmless.
func quoted(_ text: String) -> String { "'" + onOneLine(text, atMost: 60) + "'" }

/// Words that may hold pieces of someone's file, as one line.
func onOneLine(_ text: String, atMost limit: Int) -> String {
  let shown = text.prefix(limit).map { character in
    switch character {
    case "\n", "\r", "\r\n": "\\n"
    case "\t": "\\t"
    default: String(Excerpt.harmless(character))
    }
  }
  return shown.joined() + (text.count > limit ? "…" : "")
}
