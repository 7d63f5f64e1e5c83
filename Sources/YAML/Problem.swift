/// Something wrong in a file: where, what, if possible what was meant, and the line itself. One
/// form for syntax, unknown keys and impossible values, for editors and people alike.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let column: Int
  package let message: String
  /// Follows the message after a semicolon, such as `did you mean 'retry'?`.
  package let suggestion: String?
  /// Nil if the problem is the file as a whole.
  package let sourceLine: String?

  package init(
    file: String, line: Int, column: Int, message: String, suggestion: String? = nil,
    sourceLine: String? = nil
  ) {
    (self.file, self.line, self.column) = (file, line, column)
    self.message = onOneLine(message, atMost: 1_000)
    (self.suggestion, self.sourceLine) = (suggestion, sourceLine)
  }

  /// Without the source line.
  package var headline: String {
    "\(file):\(line):\(column): \(message)" + (suggestion.map { "; \($0)" } ?? "")
  }

  package var description: String {
    guard let sourceLine else { return headline }
    let excerpt = Excerpt(of: sourceLine, column: column)
    let number = "  \(line) |"
    let gutter = String(repeating: " ", count: number.count - 1) + "|"
    let shown = excerpt.text.isEmpty ? number : "\(number) \(excerpt.text)"
    return "\(headline)\n\(shown)\n\(gutter) \(excerpt.indent)^"
  }
}

/// All that is wrong with a file, in its order.
package struct Problems: Error, Sendable, Hashable, CustomStringConvertible {
  package let list: [Problem]

  package init(_ list: [Problem]) {
    self.list = list
  }

  package var description: String {
    list.map(\.description).joined(separator: "\n")
  }
}
