/// A file's bytes in, a value out, or every problem of the file. The only way in.
package enum YAMLFile {
  /// `body` gives nil only after it has reported why; a value it gives beside problems is dropped.
  package static func read<Value>(
    _ bytes: [UInt8], name: String, limits: Limits = Limits(), as body: (Reader) -> Value?
  ) throws(Problems) -> Value {
    guard bytes.count <= limits.bytes else {
      throw Problems([
        Problem(
          file: name, line: 1, column: 1,
          message: "the file has \(bytes.count) bytes, more than \(limits.bytes)")
      ])
    }
    let text = String(decoding: bytes.withoutByteOrderMark, as: UTF8.self)
    let source = SourceFile(name: name, text: text)
    let problems = ProblemList(source: source, text: text, limit: limits.problems)
    refuseCharacters(bytes.withoutByteOrderMark, problems)
    guard problems.isEmpty else { throw Problems(problems.sorted) }

    var builder = TreeBuilder(text, problems: problems, limits: limits)
    guard let root = try? builder.document() else { throw Problems(problems.sorted) }
    let value = body(Reader(root, name: "", problems: problems))
    guard problems.isEmpty else { throw Problems(problems.sorted) }
    guard let value else {
      // Our own broken promise, and still no reason to stop a daemon that reloads its files.
      throw Problems([
        source.problem("refused without a reason; this is a fault of muhurat", at: root.mark)
      ])
    }
    return value
  }

  /// The tree alone, for whoever reads it by other means.
  package static func node(
    _ bytes: [UInt8], name: String, limits: Limits = Limits()
  ) throws(Problems) -> Node {
    try read(bytes, name: name, limits: limits) { $0.node }
  }

  /// libyaml would find these too, but says only roughly where.
  private static func refuseCharacters(_ bytes: ArraySlice<UInt8>, _ problems: ProblemList) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput: return
      case .error:
        return problems.report("not UTF-8", at: offset, "save the file as UTF-8")
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        guard scalar.isPrintable else {
          let code = String(scalar.value, radix: 16, uppercase: true)
          let shown = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
          return problems.report("the character \(shown) cannot be used", at: offset, "remove it")
        }
        offset += 1
      }
    }
  }
}

extension Unicode.Scalar {
  /// YAML 1.2, production c-printable, less the byte order mark, which belongs only to the start.
  fileprivate var isPrintable: Bool {
    switch value {
    case 0x9, 0xA, 0xD, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
    default: value >= 0x10000
    }
  }
}

extension [UInt8] {
  fileprivate var withoutByteOrderMark: ArraySlice<UInt8> {
    starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self[...]
  }
}
