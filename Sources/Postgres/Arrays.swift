/// What may stand in an array. The hooks exist for one element only: an array of bytes is no
/// `"char"[]` but a `bytea`.
package protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
  static var arrayType: PostgresType { get }
  static func encode(_ elements: [Self], into bytes: inout [UInt8]) throws
  static func decodeArray(_ value: PostgresValue) throws(DecodingRefusal) -> [Self]
}

extension Bool: PostgresArrayElement {}
extension Int16: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Int: PostgresArrayElement {}
extension Double: PostgresArrayElement {}
extension String: PostgresArrayElement {}
extension Timestamp: PostgresArrayElement {}
extension Day: PostgresArrayElement {}
extension Interval: PostgresArrayElement {}
extension Duration: PostgresArrayElement {}
extension JSONText: PostgresArrayElement {}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
  package static var arrayType: PostgresType { Wrapped.arrayType }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  package static var postgresType: PostgresType { Element.arrayType }

  package func encode(into bytes: inout [UInt8]) throws {
    try Element.encode(self, into: &bytes)
  }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    self = try Element.decodeArray(value)
  }
}

extension PostgresArrayElement {
  package static var arrayType: PostgresType {
    postgresType.array ?? PostgresType(oid: 0)
  }

  package static func encode(_ elements: [Self], into bytes: inout [UInt8]) throws {
    bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
    bytes.append(bigEndian: Int32(elements.contains { $0.isNull } ? 1 : 0))
    bytes.append(bigEndian: postgresType.oid)
    guard !elements.isEmpty else { return }
    bytes.append(bigEndian: Int32(elements.count))
    bytes.append(bigEndian: Int32(1))
    for element in elements { try bytes.appendField(element) }
  }

  package static func decodeArray(_ value: PostgresValue) throws(DecodingRefusal) -> [Self] {
    guard let bytes = value.bytes else { throw .null }
    guard !value.isText else { throw .malformed("came as text, because a script asked for it") }
    guard bytes.count >= 12, bytes.count >= 20 || bytes[3] == 0 else { throw .wrongType }
    let dimensions = try value.integer(Int32.self, of: bytes)
    let element = PostgresType(oid: try value.integer(UInt32.self, at: 8, of: bytes))
    guard element.array == value.type || value.type.isUserDefined else { throw .wrongType }
    if dimensions == 0 { return [] }
    guard dimensions == 1 else { throw .malformed("has \(dimensions) dimensions") }
    let count = Int(try value.integer(Int32.self, at: 12, of: bytes))
    var elements: [Self] = []
    elements.reserveCapacity(count)
    var offset = 20
    for _ in 0..<count {
      let length = Int(try value.integer(Int32.self, at: offset, of: bytes))
      offset += 4
      guard length <= bytes.count - offset else { throw .malformed("ends too early") }
      let field =
        length < 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
      elements.append(try Self(PostgresValue(type: element, isText: false, bytes: field)))
      offset += max(0, length)
    }
    return elements
  }
}

/// Only as `[UInt8]`, which is `bytea`; PostgreSQL has no one-byte number.
extension UInt8: PostgresArrayElement {
  package static var postgresType: PostgresType { .char }
  package static var arrayType: PostgresType { .bytea }

  package static func encode(_ elements: [UInt8], into bytes: inout [UInt8]) {
    bytes.append(contentsOf: elements)
  }

  package static func decodeArray(_ value: PostgresValue) throws(DecodingRefusal) -> [UInt8] {
    [UInt8](try value.binary(.bytea))
  }

  package func encode(into bytes: inout [UInt8]) {
    bytes.append(self)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    self = try value.integer(UInt8.self, of: value.binary(.char))
  }
}

/// `bytea[]`.
extension Array: PostgresArrayElement where Element == UInt8 {
  package static var arrayType: PostgresType { PostgresType.bytea.array ?? PostgresType(oid: 0) }
}
