package import Threads
import CPostgres

/// How much of other transactions' work a transaction may see.
package enum Isolation: String, Sendable {
  case readCommitted = "begin"
  case repeatableRead = "begin isolation level repeatable read"
  case serializable = "begin isolation level serializable"
}

/// Statements that stand together or not at all. Usable only inside the closure it was given to.
package final class Transaction: Queryable {
  private let connection: Connection
  private let deadline: Deadline
  private let isOpen = Locked(true)

  fileprivate init(_ connection: Connection, deadline: Deadline) {
    self.connection = connection
    self.deadline = deadline
  }

  fileprivate func end() {
    isOpen.withLock { $0 = false }
  }

  private func limit(_ asked: Deadline?) throws -> Deadline {
    guard isOpen.withLock({ $0 }) else {
      throw PostgresError.misuse("the transaction is over")
    }
    return min(asked ?? .after(connection.settings.timeLimit), deadline)
  }

  @discardableResult
  package nonisolated(nonsending) func run(
    _ statement: Statement, deadline: Deadline?
  ) async throws -> Rows {
    try await connection.runInTurn(statement, by: limit(deadline))
  }

  @discardableResult
  package nonisolated(nonsending) func pipeline(
    _ statements: [Statement], deadline: Deadline?
  ) async throws -> [Rows] {
    try await connection.pipelineInTurn(statements, by: limit(deadline))
  }

  @discardableResult
  package nonisolated(nonsending) func execute(
    script: String, deadline: Deadline?
  ) async throws -> [Rows] {
    try await connection.executeInTurn(script, by: limit(deadline))
  }

  @discardableResult
  package nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
    _ statement: String, _ rows: Source, deadline: Deadline?
  ) async throws -> Int where Source.Element == [any PostgresEncodable] {
    try await connection.copyInTurn(statement, rows, by: limit(deadline))
  }
}

extension Connection {
  /// Commits when `body` returns, rolls back when it throws or its task is cancelled.
  ///
  /// The deadline bounds the whole, the wait for the connection included; without one, each
  /// statement has the settings' limit. If COMMIT was sent and its answer is lost, the error is
  /// `commitUnknown` and nothing else.
  package nonisolated(nonsending) func transaction<Answer>(
    _ isolation: Isolation = .readCommitted, deadline: Deadline? = nil,
    _ body: nonisolated(nonsending) (Transaction) async throws -> Answer
  ) async throws -> Answer {
    try await inTurn(by: deadline) { entry in
      _ = try await self.executeInTurn(isolation.rawValue, by: entry)
      let transaction = Transaction(self, deadline: deadline ?? .never)
      let answer: Answer
      do {
        defer { transaction.end() }
        answer = try await body(transaction)
        if Task.isCancelled { throw PostgresError.cancelled }
      } catch {
        await self.rollBack()
        throw error
      }
      try await self.commit(by: deadline ?? .after(self.settings.timeLimit))
      return answer
    }
  }

  private nonisolated(nonsending) func commit(by deadline: Deadline) async throws {
    try await exchange(by: deadline, isInterruptible: false) { connection, exchange in
      do {
        try connection.expect(PQsendQuery(connection.live, "commit"))
        let tag = try connection.answer(exchange).result.commandTag
        guard tag == "COMMIT" else { throw PostgresError.rolledBack }
      } catch let error as PostgresError where connection.isDoubtful(error) {
        throw PostgresError.commitUnknown("\(error)")
      }
    }
  }

  /// An ERROR to COMMIT is a rollback for certain. A FATAL one may come after the commit was made
  /// durable, and a lost connection says nothing at all.
  private func isDoubtful(_ error: PostgresError) -> Bool {
    switch error {
    case .server(let error): error.severity != "ERROR"
    case .unavailable, .rolledBack, .misuse: false
    default: handle == nil
    }
  }

  /// If this fails the connection goes, and the server rolls back by itself.
  private nonisolated(nonsending) func rollBack() async {
    _ = try? await exchange(by: .after(.seconds(5)), isInterruptible: false) {
      connection, exchange in
      do {
        try connection.expect(PQsendQuery(connection.live, "rollback"))
        _ = try connection.answers(exchange)
      } catch {
        connection.lose("a rollback failed: \(error)")
      }
    }
  }
}
