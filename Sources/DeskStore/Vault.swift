package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// Keeps an answer before anyone reads it, and gives its number as `id`. To be carried out apart
  /// from the transaction that uses the rows: what does not read must be kept as well.
  ///
  /// - Parameter rows: how many it holds, if that is known without reading it; see `noting`.
  package func keeping(
    _ answer: RawAnswer, session: CivilDate, rows: Int? = nil
  ) -> Statement {
    Statement(
      """
      insert into desk.vault
        (mode, account, book, request, status, requested_at, received_at, business_date, body,
         row_count)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      returning id
      """, mode.rawValue, answer.accountID, answer.book.word, answer.request, Int32(answer.status),
      Timestamp(answer.requestedAt), Timestamp(answer.receivedAt), Day(session), answer.body,
      rows.map { Int32($0) })
  }

  /// Says how many rows an answer turned out to hold; only once.
  package func note(rows: Int, in answer: Int64, on database: any Queryable) async throws {
    try await database.run(noting([(answer, rows)]), deadline: nil)
  }

  /// The statement of `note`, for any number of answers.
  package func noting(_ answers: [(id: Int64, rows: Int)]) -> Statement {
    Statement(
      """
      update desk.vault
      set row_count = counted.rows
      from unnest($1, $2) as counted (id, rows)
      where vault.id = counted.id and vault.row_count is null
      """, answers.map(\.id), answers.map { Int32($0.rows) })
  }

  /// The last answer of a book on a session, byte for byte: catching up on an older session reads
  /// this, because the broker serves only today. Only answers that came with status 200.
  package func latestAnswer(
    _ book: Book, account: String?, session: CivilDate, on database: any Queryable
  ) async throws -> RawAnswer? {
    let exchange: String? = if case .funds(let exchange) = book { exchange } else { nil }
    let rows = try await database.query(
      """
      select account, request, status, requested_at, received_at, body
      from desk.vault
      where mode = $1 and account is not distinct from $2 and business_date = $3 and book = $4
        and status = 200 and ($5::text is null or request like '%/' || $5 || '/%')
      order by received_at desc, id desc
      limit 1
      """, mode.rawValue, account, Day(session), book.word, exchange)
    return try rows.first.map { row in
      RawAnswer(
        book: book, accountID: try row["account"], requestedAt: try row.instant("requested_at"),
        receivedAt: try row.instant("received_at"), status: try row.whole("status"),
        body: try row["body"], request: try row["request"])
    }
  }
}
