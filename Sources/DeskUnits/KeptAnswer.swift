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
  ///
  /// The vault's row is written under the claim's fence too, in a transaction of its own, so that a
  /// runner which has lost its run leaves nothing behind.
  func ask<Value: Sendable>(
    _ book: Book, for account: Account, _ attempt: Attempt,
    reading read: (RawAnswer) throws -> Value, rows count: (Value) -> Int
  ) async throws -> KeptAnswer<Value> {
    let session = attempt.claim.businessDate
    @Sendable func keep(_ answer: RawAnswer) async throws -> Int64 {
      try await attempt.write { try await desk.keep(answer, session: session, on: $0) }
    }
    let answer = try await broker.fetch(book, for: account) { setback in
      switch setback {
      case .refused(let answer): _ = try await keep(answer)
      case .askedAgain(let error): attempt.say("\(book.word): asked again, because \(error)")
      }
    }
    let id = try await keep(answer)
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
}
