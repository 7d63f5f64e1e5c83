package import FoundationEssentials

/// JSON as text, untouched: `jsonb` as a parameter, `json` or `jsonb` from a column.
package struct JSONText: Hashable, Sendable {
  package var text: String

  package init(_ text: String) {
    self.text = text
  }
}

extension JSONText: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .jsonb }

  /// The server's binary form is a version number, always 1, and the text.
  package func encode(into bytes: inout [UInt8]) {
    bytes.append(1)
    bytes.append(contentsOf: text.utf8)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    if value.type == .json || (value.isText && value.type == .jsonb) {
      self.init(try String(value))
      return
    }
    let bytes = try value.binary(.jsonb)
    guard bytes.first == 1 else { throw .malformed("has an unknown jsonb version") }
    self.init(String(decoding: bytes.dropFirst(), as: UTF8.self))
  }
}

extension UUID: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .uuid }

  package func encode(into bytes: inout [UInt8]) {
    withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    let bytes = try value.binary(.uuid)
    guard bytes.count == 16 else { throw .malformed("is not 16 bytes long") }
    self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
  }
}
