import CPostgres

// Reading what the server says, without ever blocking in libpq.
extension Connection {
  /// The answer to one statement.
  func answer(_ exchange: Exchange) async throws -> Rows {
    guard let rows = try await answers(exchange).last else {
      throw PostgresError.misuse("the statement is empty")
    }
    return rows
  }

  /// All answers up to the end, or the first error; read to the end in any case, so that the
  /// connection is ready for the next question.
  func answers(_ exchange: Exchange) async throws -> [Rows] {
    try await flush(exchange)
    var answers: [Rows] = []
    var failure: PostgresError?
    while let result = try await nextResult(exchange) {
      do {
        answers.append(try interpret(result, exchange))
      } catch let error as PostgresError {
        failure = failure ?? error
        if handle == nil { break }
      }
    }
    if let failure { throw failure }
    return answers
  }

  /// Reads go on while writing, or both sides could wait for the other to read.
  func flush(_ exchange: Exchange) async throws {
    while true {
      switch PQflush(try live) {
      case 0: return
      case 1:
        try await wait(exchange, read: true, write: true)
        guard PQconsumeInput(try live) == 1 else { throw lost() }
      default:
        // What the server said before it hung up may lie unread; the reader will find it.
        return
      }
    }
  }

  /// When the connection has ended, `PQgetResult` gives what had arrived before, and then says so;
  /// it no longer blocks.
  func nextResult(_ exchange: Exchange) async throws -> ResultBox? {
    while PQisBusy(try live) == 1 {
      try await wait(exchange, read: true, write: false)
      if PQconsumeInput(try live) != 1 { break }
    }
    guard let result = PQgetResult(try live) else { return nil }
    carried(PQresultMemorySize(result))
    return ResultBox(result)
  }

  func interpret(_ result: ResultBox, _ exchange: Exchange) throws -> Rows {
    switch result.status {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return Rows(result: result)
    case PGRES_COPY_IN:
      PQputCopyEnd(try live, "this statement takes no rows here")
      throw PostgresError.misuse("a copy from stdin goes through copyIn")
    case PGRES_COPY_OUT, PGRES_COPY_BOTH:
      lose("a copy to stdout was asked for")
      throw PostgresError.misuse("copy to stdout is not supported")
    default: throw failure(of: result)
    }
  }

  /// A failure without an SQLSTATE is libpq's own: the connection broke.
  func failure(of result: ResultBox) -> PostgresError {
    if let error = result.serverError { return .server(error) }
    return lost()
  }
}

extension ResultBox {
  /// `nil` if no server wrote this.
  var serverError: ServerError? {
    guard let sqlState = field(cpostgres_field_sqlstate) else { return nil }
    return ServerError(
      severity: field(cpostgres_field_severity) ?? "ERROR", sqlState: sqlState,
      message: field(cpostgres_field_message) ?? "", detail: field(cpostgres_field_detail),
      hint: field(cpostgres_field_hint), constraint: field(cpostgres_field_constraint),
      table: field(cpostgres_field_table),
      position: field(cpostgres_field_position).flatMap { Int($0) })
  }
}
