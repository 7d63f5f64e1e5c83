import Desk
import DeskStore
import JobStore
import Postgres
import TradingTime

/// The broker's books of an older session as the vault holds them: the last answer of each book.
struct Vaulted: Sendable {
  let tools: DeskTools
  let attempt: Attempt

  /// - Returns: nil if the vault has neither orders nor positions of that session.
  func books(of account: Account) async throws -> BrokerBooks? {
    let broker = tools.broker
    let books = BrokerBooks(
      orders: try await book(.orders, account, broker.orders),
      positions: try await book(.positions, account, broker.positions),
      holdings: try await book(.holdings, account, broker.holdings),
      funds: try await book(.funds(exchange: BookReader.fundsExchange), account) { answer in
        try broker.funds(in: answer).map { [$0] } ?? []
      })
    return books.orders.rows == nil && books.positions.rows == nil ? nil : books
  }

  private func book<Row: Hashable & Sendable>(
    _ book: Book, _ account: Account, _ rows: (RawAnswer) throws -> [Row]
  ) async throws -> BookAnswer<Row> {
    let session = attempt.claim.businessDate
    let answer = try await tools.desk.latestAnswer(
      book, account: account.id, session: session, on: attempt.store.pool)
    guard let answer else {
      return .missing(reason: "the vault has no \(book.word) of \(session)")
    }
    do {
      let rows = try rows(answer)
      attempt.say(
        "\(book.word): \(count(rows.count, "row")) of \(answer.receivedAt.rfc3339(in: .india)) "
          + "from the vault")
      return .rows(rows, receivedAt: answer.receivedAt)
    } catch let error as BrokerError {
      attempt.say("\(book.word): \(error)")
      return .missing(reason: error.description)
    }
  }
}
