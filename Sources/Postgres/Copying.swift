import CPostgres
package import Threads

extension Connection {
  @discardableResult
  package nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
    _ statement: String, _ rows: Source, deadline: Deadline?
  ) async throws -> Int where Source.Element == [any PostgresEncodable] {
    try await inTurn(by: deadline) { deadline in
      try await self.copyInTurn(statement, rows, by: deadline)
    }
  }

  /// Rows are gathered into pieces of 64 KiB, the size libpq's own buffer likes.
  nonisolated(nonsending) func copyInTurn<Source: AsyncSequence>(
    _ statement: String, _ rows: Source, by deadline: Deadline
  ) async throws -> Int where Source.Element == [any PostgresEncodable] {
    try await exchange(by: deadline) { connection, exchange in
      try await connection.beginCopy(statement, exchange)
    }
    do {
      var piece = Self.copyHeader
      for try await row in rows {
        try Task.checkCancellation()
        piece.append(bigEndian: Int16(clamping: row.count))
        for value in row { try piece.appendField(value) }
        guard piece.count < EncodedStatement.largest else {
          throw PostgresError.encoding("a row of more than 1 GiB, which the server refuses")
        }
        if piece.count >= 65_536 {
          try await put(piece, by: deadline)
          piece.removeAll(keepingCapacity: true)
        }
      }
      piece.append(bigEndian: Int16(-1))
      try await put(piece, by: deadline)
    } catch {
      await giveUpCopy()
      throw error is CancellationError ? PostgresError.cancelled : error
    }
    return try await exchange(by: deadline) { connection, exchange in
      try await connection.endCopy(exchange)
    }
  }

  /// The signature of binary COPY, no flags, no extension.
  private static let copyHeader: [UInt8] =
    Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

  private nonisolated(nonsending) func put(_ piece: [UInt8], by deadline: Deadline) async throws {
    try await exchange(by: deadline) { connection, exchange in
      try await connection.put(piece, exchange)
    }
  }

  /// The reason why is the caller's; the server only needs to know that there will be no more.
  private nonisolated(nonsending) func giveUpCopy() async {
    _ = try? await exchange(by: .after(.seconds(1)), isInterruptible: false) {
      connection, exchange in
      guard PQputCopyEnd(try connection.live, "the sender gave up") == 1 else {
        throw connection.lost()
      }
      _ = try await connection.answers(exchange)
    }
  }

  private func beginCopy(_ statement: String, _ exchange: Exchange) async throws {
    try expect(PQsendQuery(live, statement))
    try await flush(exchange)
    guard let result = try await nextResult(exchange) else {
      throw PostgresError.misuse("the statement is empty")
    }
    guard result.status == PGRES_COPY_IN else {
      let problem = refusal(of: result, exchange)
      _ = try? await answers(exchange)
      throw problem
    }
    guard result.isBinaryCopy else {
      PQputCopyEnd(try live, "refused by the sender")
      _ = try? await answers(exchange)
      throw PostgresError.misuse("write the copy statement with (format binary)")
    }
  }

  /// Zero means that libpq's buffer is full, which happens only in nonblocking mode.
  private func put(_ piece: [UInt8], _ exchange: Exchange) async throws {
    while true {
      let handle = try live
      let sent = piece.withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          PQputCopyData(handle, $0.baseAddress, Int32($0.count))
        }
      }
      switch sent {
      case 1: return try await flush(exchange)
      case 0:
        try await wait(exchange, read: true, write: true)
        guard PQconsumeInput(try live) == 1 else { throw lost() }
      default:
        // The server has ended the copy; its reason is the next answer.
        _ = try await answers(exchange)
        throw lost()
      }
    }
  }

  private func endCopy(_ exchange: Exchange) async throws -> Int {
    guard PQputCopyEnd(try live, nil) == 1 else { throw lost() }
    return try await answer(exchange).affected
  }

  /// Why what the server answered is not the beginning of a copy.
  private func refusal(of result: ResultBox, _ exchange: Exchange) -> any Error {
    do {
      _ = try interpret(result, exchange)
      return PostgresError.misuse("copyIn wants a statement that copies from stdin")
    } catch {
      return error
    }
  }
}
