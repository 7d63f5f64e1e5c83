/// Builds the tree from events. Goes on after everything it refuses but syntax errors and broken
/// limits, so that one reading reports all that is wrong.
struct TreeBuilder {
  private let events: EventStream
  private let problems: ProblemList
  private let limits: Limits
  private var nodes = 0

  init(_ text: String, problems: ProblemList, limits: Limits) {
    events = EventStream(text)
    self.problems = problems
    self.limits = limits
  }

  /// Thrown when there is nothing more to read; the problem is in the list.
  struct Stopped: Error {}

  /// An empty file is a null at its first character.
  mutating func document() throws(Stopped) -> Node {
    var root: Node?
    while true {
      let event = try next()
      switch event.kind {
      case .streamStart, .documentEnd: continue
      case .streamEnd:
        let nothing = Scalar(text: "", isPlain: true)
        return root ?? Node(.scalar(nothing), at: Mark(line: 1, column: 1))
      case .documentStart(let hasDirectives):
        if hasDirectives {
          problems.report("directives are not used here", at: event.offset, "remove it")
        }
        guard root == nil else {
          throw stop("a second document begins here", at: event.offset, "one file holds one")
        }
        root = try node(try next(), depth: 1)
      default:
        throw stop("expected a document", at: event.offset)
      }
    }
  }

  private mutating func node(_ event: Event, depth: Int) throws(Stopped) -> Node {
    nodes += 1
    if nodes > limits.nodes {
      throw stop("more than \(limits.nodes) values", at: event.offset, "split the file")
    }
    if depth > limits.depth {
      throw stop("nested deeper than \(limits.depth) levels", at: event.offset)
    }
    refuseProperties(of: event)
    let mark = problems.mark(at: event.offset)
    switch event.kind {
    case .scalar(let scalar):
      return Node(.scalar(scalar), at: mark)
    case .sequenceStart:
      return Node(.sequence(try elements(depth: depth)), at: mark)
    case .mappingStart:
      return Node(.mapping(try entries(depth: depth)), at: mark)
    case .alias:
      problems.report("aliases are not used here", at: event.offset, "write the value out")
      return Node(.scalar(Scalar(text: "", isPlain: true)), at: mark)
    default:
      throw stop("expected a value", at: event.offset)
    }
  }

  private mutating func elements(depth: Int) throws(Stopped) -> [Node] {
    var elements: [Node] = []
    while true {
      let event = try next()
      if case .sequenceEnd = event.kind { return elements }
      elements.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func entries(depth: Int) throws(Stopped) -> [Node.Entry] {
    var entries: [Node.Entry] = []
    var first: [String: Mark] = [:]
    while true {
      let event = try next()
      if case .mappingEnd = event.kind { return entries }
      let keyNode = try node(event, depth: depth + 1)
      let value = try node(try next(), depth: depth + 1)
      guard let key = key(keyNode, event) else { continue }
      if let earlier = first[key] {
        problems.report(
          "repeated key \(quoted(key))", at: event.offset, "the first is at \(earlier)")
      } else {
        first[key] = keyNode.mark
        entries.append(Node.Entry(key: key, keyMark: keyNode.mark, value: value))
      }
    }
  }

  private func key(_ node: Node, _ event: Event) -> String? {
    if case .alias = event.kind { return nil }
    guard case .scalar(let scalar) = node.content else {
      problems.report("a key must be a word, got \(node.described)", at: event.offset)
      return nil
    }
    if scalar.isPlain, scalar.text == "<<" {
      problems.report("merge keys are not used here", at: event.offset, "write the keys out")
      return nil
    }
    if scalar.text.isEmpty {
      problems.report("a key is missing", at: event.offset)
      return nil
    }
    return scalar.text
  }

  private func refuseProperties(of event: Event) {
    if event.hasAnchor {
      problems.report("anchors are not used here", at: event.offset, "write the value out")
    }
    if let tag = event.tag {
      problems.report("tags are not used here", at: event.offset, "remove \(quoted(tag))")
    }
  }

  private func next() throws(Stopped) -> Event {
    do {
      return try events.next()
    } catch {
      let (offset, message, suggestion) = error.inWords(
        character: problems.character(at: error.offset))
      throw stop(message, at: offset, suggestion)
    }
  }

  private func stop(_ message: String, at offset: Int, _ suggestion: String? = nil) -> Stopped {
    problems.report(message, at: offset, suggestion)
    return Stopped()
  }
}
