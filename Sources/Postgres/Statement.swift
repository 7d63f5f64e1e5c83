/// One SQL statement with its parameters, `$1` and on.
package struct Statement: Sendable {
  package let sql: String
  package let parameters: [any PostgresEncodable]

  package init(_ sql: String, _ parameters: any PostgresEncodable...) {
    self.init(sql, parameters: parameters)
  }

  package init(_ sql: String, parameters: [any PostgresEncodable]) {
    self.sql = sql
    self.parameters = parameters
  }
}

/// A statement in wire form: all values behind one another in one buffer, so that a statement
/// costs three allocations whatever the number of its parameters.
struct EncodedStatement: Sendable {
  /// What a prepared statement is known by: the same text with other types is another statement.
  struct Identity: Hashable {
    let sql: String
    let types: [UInt32]
  }

  let identity: Identity
  private var bytes: [UInt8] = []
  /// -1 for null.
  private var lengths: [Int32] = []

  static let largest = 1 << 30

  /// Of its parameters, in bytes.
  var size: Int { bytes.count }

  init(_ statement: Statement) throws {
    try statement.sql.refuseNullCharacter()
    identity = Identity(
      sql: statement.sql, types: statement.parameters.map { type(of: $0).postgresType.oid })
    lengths.reserveCapacity(statement.parameters.count)
    for parameter in statement.parameters {
      guard !parameter.isNull else {
        lengths.append(-1)
        continue
      }
      let start = bytes.count
      try parameter.encode(into: &bytes)
      guard bytes.count < Self.largest else {
        throw PostgresError.encoding("parameters of more than 1 GiB, which the server refuses")
      }
      lengths.append(Int32(bytes.count - start))
    }
  }

  /// Hands out the arrays libpq wants: pointers, lengths, formats (all binary).
  func withParameters<Answer>(
    _ body: (
      _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>,
      _ lengths: UnsafePointer<Int32>, _ formats: UnsafePointer<Int32>
    ) -> Answer
  ) -> Answer? {
    let count = lengths.count
    return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count + 1) {
      values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count + 1) { formats in
        formats.initialize(repeating: 1)
        // An empty value is still no null: its pointer must point somewhere.
        return (bytes.isEmpty ? [0] : bytes).withUnsafeBufferPointer { bytes -> Answer? in
          guard let base = bytes.baseAddress else { return nil }
          let start = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
          var offset = 0
          values.initialize(repeating: nil)
          for (place, length) in lengths.enumerated() where length >= 0 {
            values[place] = start + offset
            offset += Int(length)
          }
          return lengths.withUnsafeBufferPointer { lengths -> Answer? in
            guard let values = values.baseAddress, let formats = formats.baseAddress else {
              return nil
            }
            return body(
              Int32(count), values, lengths.baseAddress ?? UnsafePointer(formats), formats)
          }
        }
      }
    }
  }
}

extension String {
  /// libpq reads up to the first of them, and what is left could mean something else.
  func refuseNullCharacter() throws {
    let holdsOne = utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0)
    if holdsOne { throw PostgresError.misuse("a null character within a statement") }
  }
}
