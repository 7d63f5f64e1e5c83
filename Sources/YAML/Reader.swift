/// Reads one value as what it should be. Every method that gives nil has reported why, so callers
/// just go on, and one reading finds all that is wrong.
package struct Reader {
  package let node: Node
  /// The way to it through the keys, such as `retry.attempts`; empty for the whole file.
  package let name: String
  package let problems: ProblemList

  init(_ node: Node, name: String, problems: ProblemList) {
    (self.node, self.name, self.problems) = (node, name, problems)
  }

  /// What a value looks like, for keys that take several shapes.
  package enum Shape: Sendable {
    case null, scalar, list, mapping
  }

  package var shape: Shape {
    switch node.content {
    case .scalar: node.isNull ? .null : .scalar
    case .sequence: .list
    case .mapping: .mapping
    }
  }

  package func report(_ message: String, _ suggestion: String? = nil) {
    problems.report(message, at: node.mark, suggestion)
  }

  /// Reports that the value should have been something else.
  package func expected(_ wanted: String, _ suggestion: String? = nil) {
    report("expected \(wanted)\(subject), got \(node.described)", suggestion)
  }

  /// ` for 'retry.attempts'`
  private var subject: String { name.isEmpty ? "" : " for \(quoted(name))" }

  func child(_ node: Node, _ key: String) -> Reader {
    Reader(node, name: name.isEmpty ? key : "\(name).\(key)", problems: problems)
  }
}

extension Reader {
  /// Each element by its own reader. One that cannot be read is left out; its problem says so.
  package func list<Element>(_ read: (Reader) -> Element?) -> [Element]? {
    guard case .sequence(let nodes) = node.content else {
      expected("a list")
      return nil
    }
    return nodes.compactMap { read(Reader($0, name: name, problems: problems)) }
  }

  /// `a` as well as `[a, b]`.
  package func oneOrMore<Element>(_ read: (Reader) -> Element?) -> [Element]? {
    shape == .list ? list(read) : read(self).map { [$0] }
  }

  /// A mapping with known keys. Those that `body` never asked for are reported as unknown.
  package func mapping<Value>(_ body: (MappingReader) -> Value?) -> Value? {
    guard case .mapping(let entries) = node.content else {
      expected("a mapping")
      return nil
    }
    let reader = MappingReader(entries, of: self)
    let value = body(reader)
    reader.reportUnknownKeys()
    return value
  }

  /// A mapping whose keys are the author's own, in the file's order.
  package func entries<Value>(
    _ read: (_ key: String, Reader) -> Value?
  ) -> [Value]? {
    guard case .mapping(let entries) = node.content else {
      expected("a mapping")
      return nil
    }
    return entries.compactMap { entry in
      read(entry.key, child(entry.value, entry.key))
    }
  }
}
