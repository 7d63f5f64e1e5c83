package import Threads

/// What statements can be sent to: a connection, a transaction on one, or a pool.
///
/// Every call has a deadline. `nil` means the settings' `timeLimit` from now; within a transaction
/// its own deadline holds as well.
package protocol Queryable: Sendable {
  @discardableResult
  nonisolated(nonsending) func run(_ statement: Statement, deadline: Deadline?) async throws -> Rows

  /// Sends all statements at once and then reads all answers: one round trip for many statements.
  /// Outside a transaction they are one: either all of them stand or, after the first error, none.
  @discardableResult
  nonisolated(nonsending) func pipeline(
    _ statements: [Statement], deadline: Deadline?
  ) async throws -> [Rows]

  /// Several statements in one text, without parameters. Outside a transaction they are one. Each
  /// answer comes as text.
  @discardableResult
  nonisolated(nonsending) func execute(script: String, deadline: Deadline?) async throws -> [Rows]

  /// Streams rows into a table and says how many. The statement must read `copy t (a, b) from
  /// stdin (format binary)`: the values go in the same exact form as parameters do, so there is
  /// nothing to escape, and each must have its column's own type (`Int32` for an `integer`).
  @discardableResult
  nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
    _ statement: String, _ rows: Source, deadline: Deadline?
  ) async throws -> Int where Source.Element == [any PostgresEncodable]
}

extension Queryable {
  @discardableResult
  package nonisolated(nonsending) func query(
    _ sql: String, _ parameters: any PostgresEncodable..., deadline: Deadline? = nil
  ) async throws -> Rows {
    try await run(Statement(sql, parameters: parameters), deadline: deadline)
  }

  @discardableResult
  package nonisolated(nonsending) func pipeline(_ statements: [Statement]) async throws -> [Rows] {
    try await pipeline(statements, deadline: nil)
  }

  @discardableResult
  package nonisolated(nonsending) func execute(script: String) async throws -> [Rows] {
    try await execute(script: script, deadline: nil)
  }

  @discardableResult
  package nonisolated(nonsending) func copyIn<Source: Sequence>(
    _ statement: String, _ rows: Source, deadline: Deadline? = nil
  ) async throws -> Int where Source.Element == [any PostgresEncodable] {
    try await copyIn(statement, InOrder(base: rows), deadline: deadline)
  }
}

/// A plain sequence where an asynchronous one is wanted.
private struct InOrder<Base: Sequence>: AsyncSequence {
  let base: Base

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.Iterator

    mutating func next() async -> Base.Element? { base.next() }

    mutating func next(isolation: isolated (any Actor)?) async -> Base.Element? { base.next() }
  }

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeIterator()) }
}
