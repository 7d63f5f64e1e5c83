import CPostgres
package import Threads

// One statement, or one script: ask, then read all answers.
extension Connection {
  @discardableResult
  package nonisolated(nonsending) func run(
    _ statement: Statement, deadline: Deadline?
  ) async throws -> Rows {
    try await inTurn(by: deadline) { deadline in
      try await self.runInTurn(statement, by: deadline)
    }
  }

  @discardableResult
  package nonisolated(nonsending) func execute(
    script: String, deadline: Deadline?
  ) async throws -> [Rows] {
    try await inTurn(by: deadline) { deadline in
      try await self.executeInTurn(script, by: deadline)
    }
  }

  nonisolated(nonsending) func runInTurn(
    _ statement: Statement, by deadline: Deadline
  ) async throws -> Rows {
    let encoded = try EncodedStatement(statement)
    return try await exchange(by: deadline) { connection, exchange in
      try await connection.ask(encoded, exchange)
    }
  }

  nonisolated(nonsending) func executeInTurn(
    _ script: String, by deadline: Deadline
  ) async throws -> [Rows] {
    try script.refuseNullCharacter()
    return try await exchange(by: deadline) { connection, exchange in
      try connection.expect(PQsendQuery(connection.live, script))
      return try await connection.answers(exchange)
    }
  }

  /// Waits until the connection is nobody else's, and keeps it until `body` is over.
  nonisolated(nonsending) func inTurn<Answer>(
    by deadline: Deadline?,
    _ body: nonisolated(nonsending) (_ deadline: Deadline) async throws -> Answer
  ) async throws -> Answer {
    let deadline = deadline ?? .after(settings.timeLimit)
    do {
      let mine = try await turn.take(by: deadline)
      defer { turn.give(mine) }
      return try await body(deadline)
    } catch WaitingLine<Turn>.GaveUp.cancelled {
      throw PostgresError.cancelled
    } catch WaitingLine<Turn>.GaveUp.deadlinePassed {
      throw PostgresError.timedOut("waiting for a connection that others are using")
    }
  }

  func ask(_ statement: EncodedStatement, _ exchange: Exchange) async throws -> Rows {
    guard case .cached(let limit) = settings.prepared else {
      try sendUnnamed(statement)
      return try await answer(exchange)
    }
    let isOutsideTransaction = PQtransactionStatus(try live) == PQTRANS_IDLE
    do {
      return try await askPrepared(statement, exchange, limit: limit)
    } catch let error as PostgresError where error.isStalePlan {
      // A migration changed what the statement gives, or somebody discarded it. Nothing ran yet, so
      // outside a transaction it may be asked again; within one everything is lost already.
      statements.forget(statement.identity)
      guard isOutsideTransaction, stopping == nil else { throw error }
      return try await askPrepared(statement, exchange, limit: limit)
    }
  }

  private func askPrepared(
    _ statement: EncodedStatement, _ exchange: Exchange, limit: Int
  ) async throws -> Rows {
    let name: String
    if let known = statements.name(of: statement.identity) {
      name = known
    } else {
      name = try await prepare(statement, exchange, limit)
    }
    try send(statement, preparedAs: name)
    return try await answer(exchange)
  }

  private func prepare(
    _ statement: EncodedStatement, _ exchange: Exchange, _ limit: Int
  ) async throws -> String {
    try await letGo(statements.shrink(to: max(0, limit - 1)), exchange)
    let name = statements.nextName()
    try sendPreparation(of: statement, as: name)
    _ = try await answer(exchange)
    statements.remember(statement.identity, as: name)
    return name
  }

  func letGo(_ names: [String], _ exchange: Exchange) async throws {
    for name in names {
      try expect(PQsendQuery(live, "deallocate \(name)"))
      _ = try await answers(exchange)
    }
  }

  func sendUnnamed(_ statement: EncodedStatement) throws {
    let handle = try live
    carried(statement.size)
    let types = statement.identity.types
    let sent = statement.withParameters { count, values, lengths, formats in
      PQsendQueryParams(
        handle, statement.identity.sql, count, types, values, lengths, formats, 1)
    }
    try expect(sent ?? 0)
  }

  func sendPreparation(of statement: EncodedStatement, as name: String) throws {
    let types = statement.identity.types
    try expect(PQsendPrepare(live, name, statement.identity.sql, Int32(types.count), types))
  }

  func send(_ statement: EncodedStatement, preparedAs name: String) throws {
    let handle = try live
    carried(statement.size)
    let sent = statement.withParameters { count, values, lengths, formats in
      PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
    }
    try expect(sent ?? 0)
  }

  /// Sending only fills a buffer; it fails when the connection is gone or was misused.
  func expect(_ sent: Int32) throws {
    guard sent == 1 else {
      if PQstatus(handle) == CONNECTION_BAD { throw lost() }
      throw PostgresError.misuse("not sent: \(errorMessage)")
    }
  }
}

extension PostgresError {
  fileprivate var isStalePlan: Bool {
    switch server {
    case let error?: error.sqlState == "26000" || error.isChangedResultType
    case nil: false
    }
  }
}

extension ServerError {
  /// `feature_not_supported` has many causes; this one is known by its text alone.
  fileprivate var isChangedResultType: Bool {
    sqlState == "0A000" && message == "cached plan must not change result type"
  }
}
