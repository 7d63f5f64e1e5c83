package import Threads
import CPostgres

/// How much of other transactions' work a transaction may see.
package enum Isolation: String, Sendable {
  case readCommitted = "begin"
  case repeatableRead = "begin isolation level repeatable read"
  case serializable = "begin isolation level serializable"
}

/// Statements that stand together or not at all. Usable only inside the closure it was given to.
///
/// `begin` travels with the first of them, so that a transaction costs no round trip for itself.
package final class Transaction: Queryable {
  fileprivate enum Stage { case unbegun, open, ended }

  private let connection: Connection
  private let isolation: Isolation
  private let deadline: Deadline
  private let isTakenBack: Bool
  private let stage = Locked(Stage.unbegun)

  fileprivate init(
    _ connection: Connection, _ isolation: Isolation, deadline: Deadline, isTakenBack: Bool
  ) {
    self.connection = connection
    self.isolation = isolation
    self.deadline = deadline
    self.isTakenBack = isTakenBack
  }

  /// - Returns: how far it had come.
  fileprivate func end() -> Stage {
    stage.withLock { stage in
      defer { stage = .ended }
      return stage
    }
  }

  private func limit(_ asked: Deadline?) throws -> Deadline {
    guard stage.withLock({ $0 }) != .ended else {
      throw PostgresError.misuse("the transaction is over")
    }
    return min(asked ?? .after(connection.settings.timeLimit), deadline)
  }

  @discardableResult
  package nonisolated(nonsending) func run(
    _ statement: Statement, deadline: Deadline?
  ) async throws -> Rows {
    let limit = try limit(deadline)
    if let rows = try await beginning(with: [statement], by: limit) { return rows[0] }
    return try await connection.runInTurn(statement, by: limit)
  }

  @discardableResult
  package nonisolated(nonsending) func pipeline(
    _ statements: [Statement], deadline: Deadline?
  ) async throws -> [Rows] {
    let limit = try limit(deadline)
    if let rows = try await beginning(with: statements, by: limit) { return rows }
    return try await connection.pipelineInTurn(statements, by: limit)
  }

  @discardableResult
  package nonisolated(nonsending) func execute(
    script: String, deadline: Deadline?
  ) async throws -> [Rows] {
    let limit = try limit(deadline)
    _ = try await beginning(with: [], by: limit)
    return try await connection.executeInTurn(script, by: limit)
  }

  @discardableResult
  package nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
    _ statement: String, _ rows: Source, deadline: Deadline?
  ) async throws -> Int where Source.Element == [any PostgresEncodable] {
    let limit = try limit(deadline)
    _ = try await beginning(with: [], by: limit)
    return try await connection.copyInTurn(statement, rows, by: limit)
  }

  /// Runs these and ends the transaction in the same round trip; nothing can be asked afterwards.
  /// What COMMIT's failures mean is said at `Connection.transaction`.
  @discardableResult
  package nonisolated(nonsending) func end(with statements: [Statement]) async throws -> [Rows] {
    let limit = try limit(deadline)
    let first = stage.withLock { $0 } == .unbegun ? [begin] : []
    defer { noteBeginning() }
    let answers = try await notCounting(first, before: statements.count) {
      try await connection.end(with: first + statements, isTakenBack: isTakenBack, by: limit)
    }
    _ = end()
    return answers
  }

  /// What failed before it was sent has begun nothing, and the next question must begin it.
  private func noteBeginning() {
    guard connection.isInTransaction else { return }
    stage.withLock { if $0 == .unbegun { $0 = .open } }
  }

  /// - Returns: nil if the transaction had begun already, and nothing was asked.
  private nonisolated(nonsending) func beginning(
    with statements: [Statement], by deadline: Deadline
  ) async throws -> [Rows]? {
    guard stage.withLock({ $0 }) == .unbegun else { return nil }
    defer { noteBeginning() }
    return try await notCounting([begin], before: statements.count) {
      try await connection.pipelineInTurn([begin] + statements, by: deadline)
    }
  }

  private var begin: Statement { Statement(isolation.rawValue) }

  /// Answers and failures as if only the asker's own `count` statements had been asked.
  private nonisolated(nonsending) func notCounting(
    _ first: [Statement], before count: Int,
    _ ask: nonisolated(nonsending) () async throws -> [Rows]
  ) async throws -> [Rows] {
    do {
      return Array(try await ask().dropFirst(first.count))
    } catch PostgresError.pipeline(let index, _, let error) where index >= first.count {
      if count == 1 { throw error }
      throw PostgresError.pipeline(index: index - first.count, count: count, error)
    }
  }
}

extension Connection {
  /// Commits when `body` returns, rolls back when it throws or its task is cancelled.
  ///
  /// The deadline bounds the whole, the wait for the connection included; without one, each
  /// statement has the settings' limit. If COMMIT was sent and its answer is lost, the error is
  /// `commitUnknown` and nothing else.
  ///
  /// - Parameter isTakenBack: rolls back in any case; for looking at what would happen.
  package nonisolated(nonsending) func transaction<Answer>(
    _ isolation: Isolation = .readCommitted, deadline: Deadline? = nil, isTakenBack: Bool = false,
    _ body: nonisolated(nonsending) (Transaction) async throws -> Answer
  ) async throws -> Answer {
    try await inTurn(by: deadline) { _ in
      let transaction = Transaction(
        self, isolation, deadline: deadline ?? .never, isTakenBack: isTakenBack)
      let answer: Answer
      let stage: Transaction.Stage
      do {
        defer { _ = transaction.end() }
        answer = try await body(transaction)
        stage = transaction.end()
        if stage == .open, Task.isCancelled { throw PostgresError.cancelled }
      } catch {
        await self.rollBack()
        throw error
      }
      guard stage == .open else { return answer }
      if isTakenBack {
        await self.rollBack()
      } else {
        try await self.commit(by: deadline ?? .after(self.settings.timeLimit))
      }
      return answer
    }
  }

  private nonisolated(nonsending) func commit(by deadline: Deadline) async throws {
    try await exchange(by: deadline, isInterruptible: false) { connection, exchange in
      do {
        try connection.expect(PQsendQuery(connection.live, "commit"))
        try await connection.answer(exchange).expectEnd("COMMIT")
      } catch let error as PostgresError where connection.isDoubtful(error) {
        throw PostgresError.commitUnknown("\(error)")
      }
    }
  }

  /// The last statements with the end behind them. Like COMMIT alone they are not interrupted: the
  /// server would be asked to stop without our knowing at which of them it is.
  fileprivate nonisolated(nonsending) func end(
    with statements: [Statement], isTakenBack: Bool, by deadline: Deadline
  ) async throws -> [Rows] {
    let ending = isTakenBack ? "rollback" : "commit"
    let encoded = try (statements + [Statement(ending)]).map(EncodedStatement.init)
    let last = statements.count
    return try await exchange(by: deadline, isInterruptible: false) { connection, exchange in
      do {
        var answers = try await connection.askAll(encoded, exchange)
        try answers.removeLast().expectEnd(ending.uppercased())
        return answers
      } catch PostgresError.pipeline(let index, _, let error) where index < last {
        throw PostgresError.pipeline(index: index, count: last, error)
      } catch PostgresError.pipeline(_, _, let error) {
        throw connection.isDoubtful(error) ? .commitUnknown("\(error)") : error
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
    guard isInTransaction else { return }
    _ = try? await exchange(by: .after(.seconds(5)), isInterruptible: false) {
      connection, exchange in
      do {
        try connection.expect(PQsendQuery(connection.live, "rollback"))
        _ = try await connection.answers(exchange)
      } catch {
        connection.lose("a rollback failed: \(error)")
      }
    }
  }
}

extension Rows {
  /// A transaction in which something failed answers COMMIT with a rollback.
  fileprivate func expectEnd(_ tag: String) throws(PostgresError) {
    guard result.commandTag == tag else { throw .rolledBack }
  }
}
