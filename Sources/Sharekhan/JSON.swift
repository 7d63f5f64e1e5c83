/// A JSON value that keeps what the broker wrote: numbers stay text, so that no price passes
/// through binary floating point and no 64-bit id is rounded, and keys that differ only in case
/// stay apart.
enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case text(String)
  case list([JSON])
  case object([Member])

  struct Member: Sendable, Equatable {
    var key: String
    var value: JSON
  }

  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    // Most keys differ in length already, which is seen without comparing them.
    let length = key.utf8.count
    return members.first { $0.key.utf8.count == length && $0.key == key }?.value
  }

  /// A number or a text, as text: the broker writes the one for the other from endpoint to
  /// endpoint. Its ways to say "not applicable" are nil.
  var scalar: String? {
    switch self {
    case .number(let text): text
    case .text(let text) where text.isEmpty || text == "NA" || text == "null": nil
    case .text(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .list, .object: nil
    }
  }

  /// For error texts.
  var shown: String {
    switch self {
    case .null: "null"
    case .list: "a list"
    case .object: "an object"
    default: scalar ?? ""
    }
  }
}
