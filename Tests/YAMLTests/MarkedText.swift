import Testing
import YAML

/// A document with `1️⃣`, `2️⃣`, … where problems are expected.
struct MarkedText {
  let text: String
  /// Line and column, counted in characters from 1, of each marker in turn.
  let marks: [Mark]

  init(_ marked: String) {
    var text = ""
    var marks: [Character: Mark] = [:]
    var (line, column) = (1, 1)
    for character in marked {
      if character.unicodeScalars.contains("\u{20E3}") {
        marks[character] = Mark(line: line, column: column)
        continue
      }
      text.append(character)
      (line, column) = character.isNewline ? (line + 1, 1) : (line, column + 1)
    }
    self.text = text
    self.marks = marks.sorted { $0.key < $1.key }.map(\.value)
  }

  var bytes: [UInt8] { Array(text.utf8) }

  /// The whole report: each expected sentence at its marker, with its line and caret. Only for
  /// lines of narrow characters without tabs.
  func report(_ sentences: [String], file: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return zip(marks, sentences).map { mark, sentence in
      let number = "  \(mark.line) |"
      let line = lines[mark.line - 1]
      let gutter = String(repeating: " ", count: number.count - 1)
      return """
        \(file):\(mark): \(sentence)
        \(line.isEmpty ? number : "\(number) \(line)")
        \(gutter)| \(String(repeating: " ", count: mark.column - 1))^
        """
    }
    .joined(separator: "\n")
  }
}

/// A row of a table of documents that must be refused.
struct Refusal: Sendable, CustomTestStringConvertible {
  let name: String
  let document: String
  /// One sentence for each marker, in their order.
  let sentences: [String]

  init(_ name: String, _ document: String, _ sentences: String...) {
    (self.name, self.document, self.sentences) = (name, document, sentences)
  }

  var testDescription: String { name }
}
