import CPostgres
package import Threads

extension Connection {
  @discardableResult
  package nonisolated(nonsending) func pipeline(
    _ statements: [Statement], deadline: Deadline?
  ) async throws -> [Rows] {
    try await inTurn(by: deadline) { deadline in
      try await self.pipelineInTurn(statements, by: deadline)
    }
  }

  nonisolated(nonsending) func pipelineInTurn(
    _ statements: [Statement], by deadline: Deadline
  ) async throws -> [Rows] {
    let encoded = try statements.map(EncodedStatement.init)
    return try await exchange(by: deadline) { connection, exchange in
      try await connection.askAll(encoded, exchange)
    }
  }

  /// What one answer of a pipeline belongs to.
  private enum Asked {
    case preparation(EncodedStatement.Identity, name: String, index: Int)
    case statement(EncodedStatement.Identity, index: Int)

    var index: Int {
      switch self {
      case .preparation(_, _, let index), .statement(_, let index): index
      }
    }
  }

  func askAll(_ statements: [EncodedStatement], _ exchange: Exchange) async throws -> [Rows] {
    guard !statements.isEmpty else { return [] }
    guard PQenterPipelineMode(try live) == 1 else {
      throw PostgresError.misuse("no pipeline now: \(errorMessage)")
    }
    do {
      let asked = try send(statements)
      try expect(PQpipelineSync(live))
      try await flush(exchange)
      let answer = try await readAnswers(to: asked, count: statements.count, exchange)
      PQexitPipelineMode(try live)
      if case .cached(let limit) = settings.prepared {
        try await letGo(self.statements.shrink(to: limit), exchange)
      }
      return try answer.get()
    } catch let error as PostgresError {
      // Half a pipeline cannot be taken back: whatever answers come later would be misread.
      if let handle, PQpipelineStatus(handle) != PQ_PIPELINE_OFF { lose("\(error)") }
      throw error
    }
  }

  private func send(_ statements: [EncodedStatement]) throws -> [Asked] {
    var asked: [Asked] = []
    asked.reserveCapacity(statements.count + 8)
    var fresh: [EncodedStatement.Identity: String] = [:]
    for (index, statement) in statements.enumerated() {
      let identity = statement.identity
      if settings.prepared == .unnamed {
        try sendUnnamed(statement)
      } else if let name = fresh[identity] ?? self.statements.name(of: identity) {
        try send(statement, preparedAs: name)
      } else {
        let name = self.statements.nextName()
        fresh[identity] = name
        try sendPreparation(of: statement, as: name)
        asked.append(.preparation(identity, name: name, index: index))
        try send(statement, preparedAs: name)
      }
      asked.append(.statement(identity, index: index))
    }
    return asked
  }

  /// One answer and an end mark for each, then the answer to the synchronisation. A statement is
  /// remembered as prepared only when the server said so.
  private func readAnswers(
    to asked: [Asked], count: Int, _ exchange: Exchange
  ) async throws -> Result<[Rows], PostgresError> {
    var answers: [Rows] = []
    answers.reserveCapacity(count)
    var failure: PostgresError?
    for asked in asked {
      guard let result = try await nextResult(exchange) else { throw lost() }
      do {
        if result.status != PGRES_PIPELINE_ABORTED {
          let rows = try interpret(result, exchange)
          note(asked, rows, in: &answers)
        }
      } catch let error as PostgresError {
        if handle == nil { throw error }
        forget(asked)
        failure = failure ?? .pipeline(index: asked.index, count: count, error)
      }
      guard try await nextResult(exchange) == nil else { throw lost() }
    }
    guard try await nextResult(exchange)?.status == PGRES_PIPELINE_SYNC else { throw lost() }
    return failure.map(Result.failure) ?? .success(answers)
  }

  private func note(_ asked: Asked, _ rows: Rows, in answers: inout [Rows]) {
    switch asked {
    case .preparation(let identity, let name, _): statements.remember(identity, as: name)
    case .statement: answers.append(rows)
    }
  }

  /// The plan may be stale; preparing anew next time costs little.
  private func forget(_ asked: Asked) {
    if case .statement(let identity, _) = asked { statements.forget(identity) }
  }
}
