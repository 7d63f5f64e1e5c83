/// Where something stands in a file, as an editor counts: from 1, in characters as shown.
package struct Mark: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    (self.line, self.column) = (line, column)
  }

  package var description: String { "\(line):\(column)" }

  package static func < (one: Mark, other: Mark) -> Bool {
    (one.line, one.column) < (other.line, other.column)
  }
}

/// A value of a YAML file and where it begins. What YAML offers beyond text, lists and mappings
/// (anchors, tags, merge keys, several documents) has been refused before a node exists.
package struct Node: Sendable, Hashable {
  package enum Content: Sendable, Hashable {
    case scalar(Scalar)
    case sequence([Node])
    /// In the file's order; no key occurs twice.
    case mapping([Entry])
  }

  package struct Entry: Sendable, Hashable {
    package let key: String
    package let keyMark: Mark
    package let value: Node
  }

  package let content: Content
  package let mark: Mark

  package init(_ content: Content, at mark: Mark) {
    (self.content, self.mark) = (content, mark)
  }

  package var isNull: Bool {
    if case .scalar(let scalar) = content { scalar.value == .null } else { false }
  }

  /// In words, for "got …".
  var described: String {
    switch content {
    case .scalar(let scalar):
      if scalar.value == .null { return "nothing" }
      return scalar.isPlain ? quoted(scalar.text) : "the text " + quoted(scalar.text)
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    }
  }
}
