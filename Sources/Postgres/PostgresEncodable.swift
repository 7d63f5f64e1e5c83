/// A value that can be a parameter of a statement, in the server's binary form.
///
/// The type is said, never inferred: a statement means the same whatever its context, and a text
/// that is to become something else needs a cast that the reader sees (`$1::regclass`).
package protocol PostgresEncodable: Sendable {
  static var postgresType: PostgresType { get }

  /// Appends the value's bytes; not called when `isNull`.
  func encode(into bytes: inout [UInt8]) throws

  var isNull: Bool { get }
}

extension PostgresEncodable {
  package var isNull: Bool { false }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  package static var postgresType: PostgresType { Wrapped.postgresType }

  package func encode(into bytes: inout [UInt8]) throws {
    try self?.encode(into: &bytes)
  }

  package var isNull: Bool { self?.isNull ?? true }
}

extension [UInt8] {
  mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }

  /// Appends a length, then what `body` appends; the length is known only afterwards.
  mutating func appendCounted(_ body: (inout [UInt8]) throws -> Void) rethrows {
    let start = count
    append(bigEndian: Int32(0))
    try body(&self)
    let length = UInt32(truncatingIfNeeded: count - start - 4)
    for place in 0..<4 {
      self[start + place] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(place)))
    }
  }

  /// A value with its length before it, as array elements and COPY rows want it; -1 says null.
  mutating func appendField(_ value: some PostgresEncodable) throws {
    if value.isNull {
      append(bigEndian: Int32(-1))
    } else {
      try appendCounted(value.encode)
    }
  }
}
