import CLibYAML

/// libyaml's events, with the C memory around them. It reads no file and keeps no state but the
/// parser's own.
struct Event {
  enum Kind {
    case streamStart
    case documentStart(hasDirectives: Bool)
    case documentEnd
    case alias
    case scalar(Scalar)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
    case streamEnd
  }

  let kind: Kind
  /// In code points from the start of the text.
  let offset: Int
  var hasAnchor = false
  /// As written after the handles were resolved.
  var tag: String?
}

/// Why libyaml stopped, in its own words.
struct SyntaxError: Error {
  let problem: String
  let offset: Int
  let context: String
  let contextOffset: Int
}

final class EventStream {
  /// libyaml keeps pointers to the parser and to the input, so both have one address for life.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  init(_ text: String) {
    let bytes = Array(text.utf8)
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      fatalError("libyaml found no memory for a parser")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  func next() throws(SyntaxError) -> Event {
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else { throw syntaxError }
    defer { yaml_event_delete(&raw) }
    return Event(raw)
  }

  private var syntaxError: SyntaxError {
    let state = parser.pointee
    return SyntaxError(
      problem: state.problem.map { String(cString: $0) } ?? "libyaml cannot go on",
      offset: state.problem_mark.index,
      context: state.context.map { String(cString: $0) } ?? "",
      contextOffset: state.context_mark.index)
  }
}

extension Event {
  fileprivate init(_ raw: yaml_event_t) {
    offset = raw.start_mark.index
    switch raw.type {
    case YAML_DOCUMENT_START_EVENT:
      let start = raw.data.document_start
      let tags = start.tag_directives
      kind = .documentStart(
        hasDirectives: start.version_directive != nil || tags.start != tags.end)
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_ALIAS_EVENT: kind = .alias
    case YAML_SCALAR_EVENT:
      let scalar = raw.data.scalar
      let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      kind = .scalar(Scalar(text: String(decoding: bytes, as: UTF8.self), isPlain: isPlain))
      hasAnchor = scalar.anchor != nil
      tag = text(scalar.tag)
      // libyaml swallows a lone "!" and leaves only this trace of it.
      if tag == nil, isPlain, scalar.plain_implicit == 0 { tag = "!" }
    case YAML_SEQUENCE_START_EVENT:
      kind = .sequenceStart
      hasAnchor = raw.data.sequence_start.anchor != nil
      tag = text(raw.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      kind = .mappingStart
      hasAnchor = raw.data.mapping_start.anchor != nil
      tag = text(raw.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    case YAML_STREAM_START_EVENT: kind = .streamStart
    default: kind = .streamEnd
    }
  }
}

private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
  pointer.map { String(cString: $0) }
}
