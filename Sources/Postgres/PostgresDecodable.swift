/// A value that can be read from a column. It names what it wanted when it refuses, so that the
/// error says column, type found and type wanted.
package protocol PostgresDecodable: Sendable {
  init(_ value: PostgresValue) throws(DecodingRefusal)
}

/// One value of a row, on loan from the result it lies in.
package struct PostgresValue {
  package let type: PostgresType

  /// Scripts answer in text; everything else in binary.
  package let isText: Bool

  /// `nil` is null.
  let bytes: UnsafeRawBufferPointer?
}

/// Why a value could not be read; `Row` adds the column's name.
package enum DecodingRefusal: Error, Sendable, Hashable {
  case null
  case wrongType
  case malformed(String)
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    self = value.bytes == nil ? nil : try Wrapped(value)
  }
}

extension PostgresValue {
  /// The bytes of a value of one of these types.
  func binary(_ types: PostgresType...) throws(DecodingRefusal) -> UnsafeRawBufferPointer {
    guard let bytes else { throw .null }
    guard types.contains(type) else { throw .wrongType }
    guard !isText else { throw .malformed("came as text, because a script asked for it") }
    return bytes
  }

  func integer<Number: FixedWidthInteger>(
    _: Number.Type, at offset: Int = 0, of bytes: UnsafeRawBufferPointer
  ) throws(DecodingRefusal) -> Number {
    guard offset >= 0, offset + MemoryLayout<Number>.size <= bytes.count else {
      throw .malformed("is \(bytes.count) bytes long, which is too short")
    }
    return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// The characters of a value, if the server sent it as text or it is text by nature.
  var characters: String? {
    get throws(DecodingRefusal) {
      guard let bytes else { throw .null }
      guard isText || type.isTextual else { return nil }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .malformed("is not UTF-8")
      }
      return text
    }
  }
}

extension PostgresType {
  /// An enumeration's binary form is its label, so types made in the database count as text.
  fileprivate var isTextual: Bool {
    switch self {
    case .text, .varchar, .bpchar, .name, .char, .unknown, .json: true
    default: isUserDefined
    }
  }
}
