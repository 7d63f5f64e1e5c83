extension Bool: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .bool }

  package func encode(into bytes: inout [UInt8]) {
    bytes.append(self ? 1 : 0)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    guard value.type == .bool else { throw value.bytes == nil ? .null : .wrongType }
    if value.isText {
      self = try value.characters == "t"
    } else {
      self = try value.integer(UInt8.self, of: value.binary(.bool)) != 0
    }
  }
}

extension Int16: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .int2 }
}

extension Int32: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .int4 }
}

extension Int64: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .int8 }
}

extension Int: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .int8 }
}

/// A narrower column may be read as a wider number, never the other way round: what fits today
/// need not fit tomorrow.
extension FixedWidthInteger where Self: PostgresEncodable {
  package func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: self)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    guard let bytes = value.bytes else { throw .null }
    let width: Int
    switch value.type {
    case .int2: width = 16
    case .int4: width = 32
    case .int8: width = 64
    default: throw .wrongType
    }
    guard width <= Self.bitWidth else { throw .wrongType }
    if value.isText {
      guard let number = try value.characters.flatMap({ Self($0) }) else {
        throw .malformed("is no integer")
      }
      self = number
      return
    }
    switch width {
    case 16: self = Self(truncatingIfNeeded: try value.integer(Int16.self, of: bytes))
    case 32: self = Self(truncatingIfNeeded: try value.integer(Int32.self, of: bytes))
    default: self = Self(truncatingIfNeeded: try value.integer(Int64.self, of: bytes))
    }
  }
}

extension Double: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .float8 }

  package func encode(into bytes: inout [UInt8]) {
    bytes.append(bigEndian: bitPattern)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    if value.isText, value.type == .float8 || value.type == .float4 {
      guard let number = try value.characters.flatMap({ Double($0) }) else {
        throw .malformed("is no number")
      }
      self = number
      return
    }
    let bytes = try value.binary(.float8, .float4)
    if value.type == .float8 {
      self = Double(bitPattern: try value.integer(UInt64.self, of: bytes))
    } else {
      self = Double(Float(bitPattern: try value.integer(UInt32.self, of: bytes)))
    }
  }
}

extension String: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .text }

  package func encode(into bytes: inout [UInt8]) {
    bytes.append(contentsOf: utf8)
  }

  package init(_ value: PostgresValue) throws(DecodingRefusal) {
    guard let characters = try value.characters else { throw .wrongType }
    self = characters
  }
}
