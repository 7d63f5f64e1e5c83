extension FailureWords {
  static let longest = 2000

  /// A text fit for the run's record: no secret that can be told from its form, no control character,
  /// no more than 2,000 characters.
  static func storable(_ text: String) -> String {
    shortened(visible(withoutSecrets(String(text.prefix(longest * 4)))), to: longest)
  }

  static func shortened(_ text: String, to longest: Int) -> String {
    guard text.dropFirst(longest).first != nil else { return text }
    return text.prefix(longest - 6) + " (cut)"
  }

  /// PostgreSQL cannot store a NUL, and an escape sequence must not reach an operator's terminal:
  /// control characters become their pictures (U+2400 and on).
  static func visible(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
      kept.append(isControl ? Unicode.Scalar(0x2400 + scalar.value) ?? "\u{2400}" : scalar)
    }
    return String(kept)
  }

  /// A second line of defence, for texts of others: whoever writes a message keeps secrets out of it.
  static func withoutSecrets(_ text: String) -> String {
    text
      .replacing(/(:\/\/)[^\s\/?#@]*@/) { "\($0.1)…@" }
      .replacing(/(:\/\/[^\s?#]*)\?[^\s#"'<>)]+/) { "\($0.1)?…" }
      .replacing(
        /(?i)((?:password|passwd|secret(?:[-_]?key)?|api[-_]?key|authorization)["']?\s*[=:]\s*|token=)(?:(?:bearer|basic)\s+)?["']?[^\s,;&"'…]+/
      ) { "\($0.1)…" }
      .replacing(/(?i)(\b(?:bearer|basic)\s+)[a-z0-9+\/=_.~-]{8,}/) { "\($0.1)…" }
  }
}
