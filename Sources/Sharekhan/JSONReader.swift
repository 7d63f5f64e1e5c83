import Glibc

struct JSONProblem: Error, Equatable {
  var offset: Int
  var problem: String
}

/// Reads one whole JSON text, strictly: nothing after it, no key twice, valid UTF-8, a bounded
/// depth. Any bytes at all give a value or a `JSONProblem`.
///
/// A sync reads some thousand texts, so what they cost counts: see `key` and `text`.
struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var next = 0
  private var depth = 0
  /// Of the last object that ended.
  private var lastKeys: [String] = []

  static func read(_ bytes: [UInt8]) throws(JSONProblem) -> JSON {
    try whole(bytes) { (reader) throws(JSONProblem) in try reader.value() }
  }

  /// Reads one whole object, handing each element of the list under `key` on instead of keeping it;
  /// in the object that list is empty.
  static func read(
    _ bytes: [UInt8], eachOf key: String, _ body: (JSON) -> Void
  ) throws(JSONProblem) -> JSON {
    try whole(bytes) { (reader) throws(JSONProblem) in
      reader.skipBlanks()
      try reader.expect("{")
      return try reader.object { (reader, name) throws(JSONProblem) in
        reader.skipBlanks()
        guard name == key, reader.take("[") else { return try reader.value() }
        try reader.elements(body)
        return .list([])
      }
    }
  }

  /// The reader looks at the array's own bytes and does not outlive the call.
  private static func whole(
    _ bytes: [UInt8], _ read: (inout JSONReader) throws(JSONProblem) -> JSON
  ) throws(JSONProblem) -> JSON {
    try bytes.withUnsafeBufferPointer { (bytes) throws(JSONProblem) in
      var reader = JSONReader(bytes: bytes)
      let value = try read(&reader)
      reader.skipBlanks()
      guard reader.next == bytes.count else { throw reader.problem("something follows the end") }
      return value
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private mutating func value() throws(JSONProblem) -> JSON {
    skipBlanks()
    guard let first = peek else { throw problem("the text ends early") }
    switch first {
    case UInt8(ascii: "{"): return try nested { reader throws(JSONProblem) in try reader.object() }
    case UInt8(ascii: "["): return try nested { reader throws(JSONProblem) in try reader.list() }
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func nested(
    _ read: (inout JSONReader) throws(JSONProblem) -> JSON
  ) throws(JSONProblem) -> JSON {
    guard depth < 64 else { throw problem("nested too deeply") }
    depth += 1
    next += 1
    let value = try read(&self)
    depth -= 1
    return value
  }

  private mutating func object(
    _ member: (inout JSONReader, String) throws(JSONProblem) -> JSON = {
      (reader, _) throws(JSONProblem) in try reader.value()
    }
  ) throws(JSONProblem) -> JSON {
    var members: [JSON.Member] = []
    skipBlanks()
    if take("}") { return .object(members) }
    let known = lastKeys
    members.reserveCapacity(known.count)
    var isLikeLast = true
    repeat {
      skipBlanks()
      let key: String
      if isLikeLast, members.count < known.count, take(key: known[members.count]) {
        key = known[members.count]
      } else {
        isLikeLast = false
        key = try text()
        guard !members.contains(where: { $0.key == key }) else {
          throw problem("the key \(key.prefix(40)) comes twice")
        }
      }
      skipBlanks()
      try expect(":")
      members.append(JSON.Member(key: key, value: try member(&self, key)))
      skipBlanks()
    } while take(",")
    try expect("}")
    if !isLikeLast || members.count != known.count { lastKeys = members.map(\.key) }
    return .object(members)
  }

  /// The rows of a book have the same keys in the same order, so a key is first compared with the
  /// one that stood here in the object before; then it need not be made again, nor can it be one
  /// that came before in this one.
  private mutating func take(key: String) -> Bool {
    var key = key
    let length = key.utf8.count
    guard next + length + 2 <= bytes.count, bytes[next] == UInt8(ascii: "\""),
      bytes[next + 1 + length] == UInt8(ascii: "\"")
    else { return false }
    let isSame = key.withUTF8 { key in
      guard let key = key.baseAddress, let place = bytes.baseAddress else { return false }
      return memcmp(key, place + next + 1, length) == 0
    }
    if isSame { next += length + 2 }
    return isSame
  }

  private mutating func list() throws(JSONProblem) -> JSON {
    var values: [JSON] = []
    try elements { values.append($0) }
    return .list(values)
  }

  private mutating func elements(_ body: (JSON) -> Void) throws(JSONProblem) {
    skipBlanks()
    if take("]") { return }
    repeat {
      body(try value())
      skipBlanks()
    } while take(",")
    try expect("]")
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONProblem) -> JSON {
    guard bytes[next...].starts(with: word.utf8) else { throw problem("expected \(word)") }
    next += word.utf8.count
    return value
  }

  private mutating func number() throws(JSONProblem) -> String {
    let start = next
    _ = take("-")
    // RFC 8259: no leading zeros, so that nobody reads 010 as eight.
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<next], as: UTF8.self)
  }

  private mutating func digits() throws(JSONProblem) {
    let start = next
    while let byte = peek, byte >= 0x30, byte <= 0x39 { next += 1 }
    guard next > start else {
      throw problem(next == bytes.count ? "the text ends early" : "expected a value")
    }
  }

  // MARK: single bytes

  var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      next += 1
    }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONProblem) {
    guard take(character) else {
      throw problem(next == bytes.count ? "the text ends early" : "expected \(character)")
    }
  }

  func problem(_ text: String) -> JSONProblem { JSONProblem(offset: next, problem: text) }
}
