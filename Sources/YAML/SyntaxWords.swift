/// libyaml speaks to people who write parsers. This says the same to people who write job files;
/// what is not listed is passed on as it is.
extension SyntaxError {
  /// Where to point, what is wrong, what to do.
  func inWords(character: Unicode.Scalar?) -> (offset: Int, message: String, suggestion: String?) {
    if problem.contains("tab character") || (cannotStart && character == "\t") {
      return (offset, "a tab cannot indent", "use spaces")
    }
    if cannotStart {
      let shown = character.map { quoted(String(Character($0))) } ?? "this"
      return (offset, "a value cannot begin with \(shown)", "put it in quotes")
    }
    if problem.contains("end of stream"), context.contains("quoted scalar") {
      return (contextOffset, "this quote is never closed", nil)
    }
    if problem.contains("could not find expected ':'") {
      return (contextOffset, "expected ':' after this key", nil)
    }
    guard let words = Self.words.first(where: { problem.contains($0.problem) }) else {
      return (offset, "not valid YAML: \(problem)", nil)
    }
    return (offset, words.message, words.suggestion)
  }

  private var cannotStart: Bool { problem.contains("cannot start any token") }

  private static let words: [(problem: String, message: String, suggestion: String?)] = [
    (
      "mapping values are not allowed", "a ':' does not belong here",
      "put a value that contains ': ' in quotes"
    ),
    ("did not find expected key", "expected a key", "check the indentation"),
    ("expected '-' indicator", "expected '-'", "check the indentation"),
    ("expected ',' or ']'", "expected ',' or ']' in this list", nil),
    ("expected ',' or '}'", "expected ',' or '}' in this mapping", nil),
    ("did not find expected node content", "expected a value", nil),
    (
      "block sequence entries are not allowed", "a list entry does not belong here",
      "begin the list on its own line"
    ),
    ("unknown escape character", "unknown escape after '\\'", "use single quotes"),
    ("undefined tag handle", "tags are not used here", "remove it"),
    ("document start", "expected the end of the file", "check the indentation"),
  ]
}
