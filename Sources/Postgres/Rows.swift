import CPostgres

/// What a statement answered. The rows stay in the server's form until they are read.
package struct Rows: Sendable, RandomAccessCollection {
  let result: ResultBox

  package var startIndex: Int { 0 }
  package var endIndex: Int { result.rowCount }
  package var columns: [Column] { result.columns }

  /// How many rows an insert, update, delete, select or copy touched.
  package var affected: Int { result.affected }

  package subscript(position: Int) -> Row {
    precondition(indices.contains(position), "row \(position) of \(count)")
    return Row(result: result, index: position)
  }

  /// The row of a statement that always gives one.
  package var one: Row {
    get throws {
      guard count == 1 else { throw PostgresError.decoding("expected one row, got \(count)") }
      return self[0]
    }
  }
}

package struct Column: Hashable, Sendable {
  package let name: String
  package let type: PostgresType
}

/// One row. Columns are named as in the statement, letter for letter.
package struct Row: Sendable {
  fileprivate let result: ResultBox
  fileprivate let index: Int

  package subscript<Value: PostgresDecodable>(_ column: String) -> Value {
    get throws { try decode(column) }
  }

  package func decode<Value: PostgresDecodable>(
    _ column: String, as _: Value.Type = Value.self
  ) throws -> Value {
    guard let place = result.columns.firstIndex(where: { $0.name == column }) else {
      let names = result.columns.map(\.name).joined(separator: ", ")
      throw PostgresError.decoding("no column \"\(column)\"; there are: \(names)")
    }
    return try decode(place)
  }

  package func decode<Value: PostgresDecodable>(
    _ column: Int, as _: Value.Type = Value.self
  ) throws -> Value {
    guard result.columns.indices.contains(column) else {
      throw PostgresError.decoding("no column \(column); there are \(result.columns.count)")
    }
    do {
      return try withExtendedLifetime(result) {
        () throws(DecodingRefusal) in try Value(result.value(row: index, column: column))
      }
    } catch {
      throw error.inColumn(result.columns[column], wanted: Value.self)
    }
  }

  /// The value as the server writes it; only of a script's answer, which comes in text.
  package func text(_ column: Int) -> String? {
    let value = result.value(row: index, column: column)
    return value.bytes.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension DecodingRefusal {
  fileprivate func inColumn(_ column: Column, wanted: Any.Type) -> PostgresError {
    switch self {
    case .null: .decoding("column \"\(column.name)\" is null, wanted \(wanted)")
    case .wrongType: .decoding("column \"\(column.name)\" is \(column.type), wanted \(wanted)")
    case .malformed(let how):
      .decoding("column \"\(column.name)\" (\(column.type), wanted \(wanted)) \(how)")
    }
  }
}

/// Owns a `PGresult`.
///
/// `@unchecked Sendable` is sound: a result is never changed after `PQgetResult` gave it, libpq
/// allows reading one from several threads, and it is freed once, when the last reader is gone.
final class ResultBox: @unchecked Sendable {
  private let result: OpaquePointer
  let rowCount: Int
  let columns: [Column]
  private let textColumns: Bool

  init(_ result: OpaquePointer) {
    self.result = result
    rowCount = Int(PQntuples(result))
    columns = (0..<PQnfields(result)).map { place in
      Column(
        name: PQfname(result, place).map { String(cString: $0) } ?? "",
        type: PostgresType(oid: PQftype(result, place)))
    }
    textColumns = !columns.isEmpty && PQfformat(result, 0) == 0
  }

  deinit { PQclear(result) }

  var affected: Int {
    PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  var status: ExecStatusType { PQresultStatus(result) }

  var isBinaryCopy: Bool { PQbinaryTuples(result) == 1 }

  func field(_ code: Int32) -> String? {
    PQresultErrorField(result, code).map { String(cString: $0) }
  }

  /// What the server says it did: `INSERT 0 1`, `COMMIT`.
  var commandTag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

  func value(row: Int, column: Int) -> PostgresValue {
    let (row, place) = (Int32(row), Int32(column))
    let isNull = PQgetisnull(result, row, place) != 0
    return PostgresValue(
      type: columns[column].type, isText: textColumns,
      bytes: isNull
        ? nil
        : UnsafeRawBufferPointer(
          start: PQgetvalue(result, row, place), count: Int(PQgetlength(result, row, place))))
  }
}
