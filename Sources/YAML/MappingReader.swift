/// Reads a mapping key by key and remembers which keys it was asked for: what nobody asked for is
/// unknown, and a misspelt key is never silently without effect.
package final class MappingReader {
  private let entries: [Node.Entry]
  private let reader: Reader
  /// As they were asked for; one may be here twice.
  private var asked: [String] = []

  init(_ entries: [Node.Entry], of reader: Reader) {
    (self.entries, self.reader) = (entries, reader)
  }

  package var keys: [String] { entries.map(\.key) }

  package func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  /// Nil if the key is not there. A key without a value is there.
  package func optional(_ key: String) -> Reader? {
    asked.append(key)
    return entries.first { $0.key == key }.map { reader.child($0.value, key) }
  }

  package func optional<Value>(_ key: String, _ read: (Reader) -> Value?) -> Value? {
    optional(key).flatMap(read)
  }

  /// Reports a key that is not there.
  package func required(_ key: String) -> Reader? {
    if let found = optional(key) { return found }
    let place = reader.name.isEmpty ? "" : " in \(quoted(reader.name))"
    reader.report("missing key \(quoted(key))\(place)")
    return nil
  }

  package func required<Value>(_ key: String, _ read: (Reader) -> Value?) -> Value? {
    required(key).flatMap(read)
  }

  /// The one of these keys that is there, if they exclude each other. More than one is reported at
  /// the second of them.
  package func atMostOne(of keys: [String]) -> (key: String, Reader)? {
    let found = keys.compactMap { key in optional(key).map { (key: key, $0) } }
    if found.count > 1 {
      let order = entries.filter { keys.contains($0.key) }
      reader.problems.report(
        "\(quoted(order[1].key)) beside \(quoted(order[0].key))", at: order[1].keyMark,
        "give one of them")
    }
    return found.first
  }

  /// A problem of a key rather than of its value.
  package func report(_ message: String, atKey key: String, _ suggestion: String? = nil) {
    let mark = entries.first { $0.key == key }?.keyMark ?? reader.node.mark
    reader.problems.report(message, at: mark, suggestion)
  }

  /// A problem of the mapping as a whole.
  package func report(_ message: String, _ suggestion: String? = nil) {
    reader.report(message, suggestion)
  }

  func reportUnknownKeys() {
    if entries.allSatisfy({ self.asked.contains($0.key) }) { return }
    let asked = Set(asked)
    let free = asked.filter { !has($0) }.sorted()
    for entry in entries where !asked.contains(entry.key) {
      let suggestion =
        nearest(to: entry.key, in: free).map { "did you mean \(quoted($0))?" }
        ?? (asked.count <= 8 && !asked.isEmpty
          ? "keys here are: \(asked.sorted().joined(separator: ", "))" : nil)
      reader.problems.report("unknown key \(quoted(entry.key))", at: entry.keyMark, suggestion)
    }
  }
}
