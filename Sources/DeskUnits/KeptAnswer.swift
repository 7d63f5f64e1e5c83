import Desk
import DeskStore
import JobStore
import Postgres
import TradingTime

/// An answer of the broker that lies in the vault, and what it says.
struct KeptAnswer<Value: Sendable>: Sendable {
  let value: Value
  let receivedAt: Instant
  /// Its number in the vault.
  let id: Int64
  let rows: Int
}

extension DeskTools {
  /// Asks, keeps the bytes, and only then reads them: what the broker refused and what does not read
  /// is on record all the same. That nothing came, and it was asked again, the run says itself.
  func ask<Value: Sendable>(
    _ book: Book, for account: Account, _ attempt: Attempt,
    reading read: (RawAnswer) throws -> Value, rows count: (Value) -> Int
  ) async throws -> KeptAnswer<Value> {
    let answer = try await fetch(book, for: account, attempt)
    let id = try await keep([(answer, nil)], attempt)[0]
    let value = try read(answer)
    return KeptAnswer(
      value: value, receivedAt: answer.receivedAt, id: id, rows: count(value))
  }

  func ask<Row: Sendable>(
    _ book: Book, for account: Account, _ attempt: Attempt,
    reading read: (RawAnswer) throws -> [Row]
  ) async throws -> KeptAnswer<[Row]> {
    try await ask(book, for: account, attempt, reading: read, rows: \.count)
  }

  /// The bytes, which are yet to be kept; what came before them and was refused is kept already.
  func fetch(_ book: Book, for account: Account, _ attempt: Attempt) async throws -> RawAnswer {
    try await broker.fetch(book, for: account) { setback in
      switch setback {
      case .refused(let answer): _ = try await keep([(answer, nil)], attempt)
      case .askedAgain(let error): attempt.say("\(book.word): asked again, because \(error)")
      }
    }
  }

  /// The vault's rows are written under the claim's fence too, in a transaction of their own, so
  /// that a runner which has lost its run leaves nothing behind.
  ///
  /// - Parameter answers: each with how many rows it holds, if that is known without reading it.
  /// - Returns: their numbers, in the same order.
  func keep(
    _ answers: [(answer: RawAnswer, rows: Int?)], _ attempt: Attempt
  ) async throws -> [Int64] {
    if answers.isEmpty { return [] }
    return try await attempt.write(
      answers.map {
        desk.keeping($0.answer, session: attempt.claim.businessDate, rows: $0.rows)
      }
    ).map { try $0.one["id"] }
  }
}
