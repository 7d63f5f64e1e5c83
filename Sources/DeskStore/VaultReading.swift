package import Desk
package import Postgres
package import TradingTime

/// What the vault says of one answer without its bytes.
package struct VaultEntry: Hashable, Sendable {
  package let id: Int64
  /// Nil: everybody's.
  package let accountID: String?
  package let book: String
  package let request: String
  package let status: Int
  package let requestedAt: Instant
  package let receivedAt: Instant
  package let session: CivilDate
  /// In hexadecimal digits.
  package let sha256: String
  package let size: Int64
  /// Nil: nobody read it, or it does not read.
  package let rows: Int?
}

/// Which answers are meant; what is nil is not asked about.
package struct VaultFilter: Hashable, Sendable {
  package var from: CivilDate?
  package var through: CivilDate?
  package var account: String?
  package var book: String?

  package init(
    from: CivilDate? = nil, through: CivilDate? = nil, account: String? = nil, book: String? = nil
  ) {
    self.from = from
    self.through = through
    self.account = account
    self.book = book
  }
}

extension DeskDatabase {
  /// Newest first.
  package func vaultEntries(
    _ filter: VaultFilter, before id: Int64? = nil, limit: Int, on database: any Queryable
  ) async throws -> [VaultEntry] {
    try await database.query(
      """
      select id, account, book, request, status, requested_at, received_at, business_date,
        encode(sha256, 'hex') as digest, length(body)::bigint as size, row_count
      from desk.vault
      where mode = $1 and ($2::date is null or business_date >= $2)
        and ($3::date is null or business_date <= $3) and ($4::text is null or account = $4)
        and ($5::text is null or book = $5) and ($6::bigint is null or id < $6)
      order by id desc
      limit $7
      """, mode.rawValue, filter.from.map { Day($0) }, filter.through.map { Day($0) },
      filter.account, filter.book, id, Int64(limit)
    ).map(entry)
  }

  /// The numbers of the answers, oldest first. Whoever walks over a long span takes them all at once
  /// and then a few answers at a time: sorting the span anew for each step would cost more than
  /// reading it.
  package func vaultNumbers(
    _ filter: VaultFilter, on database: any Queryable
  ) async throws -> [Int64] {
    try await database.query(
      """
      select id
      from desk.vault
      where mode = $1 and ($2::date is null or business_date >= $2)
        and ($3::date is null or business_date <= $3) and ($4::text is null or account = $4)
        and ($5::text is null or book = $5)
      order by id
      """, mode.rawValue, filter.from.map { Day($0) }, filter.through.map { Day($0) },
      filter.account, filter.book
    ).map { try $0["id"] }
  }

  /// Oldest first, with the bytes; nil where the vault has a book that we do not know. What was
  /// pruned meanwhile is left out.
  package func vaultAnswers(
    _ numbers: [Int64], on database: any Queryable
  ) async throws -> [(entry: VaultEntry, answer: RawAnswer?)] {
    try await database.query(
      """
      select id, account, book, request, status, requested_at, received_at, business_date,
        encode(sha256, 'hex') as digest, length(body)::bigint as size, row_count, body
      from desk.vault
      where mode = $1 and id = any ($2)
      order by id
      """, mode.rawValue, numbers
    ).map { row in
      let entry = try entry(row)
      return (entry, entry.answer(try row["body"]))
    }
  }

  /// Nil: there is no such answer, or it was pruned.
  package func vaultAnswer(
    _ id: Int64, on database: any Queryable
  ) async throws -> (entry: VaultEntry, body: [UInt8])? {
    try await database.query(
      """
      select id, account, book, request, status, requested_at, received_at, business_date,
        encode(sha256, 'hex') as digest, length(body)::bigint as size, row_count, body
      from desk.vault
      where mode = $1 and id = $2
      """, mode.rawValue, id
    ).first.map { row in (try entry(row), try row["body"]) }
  }

  private func entry(_ row: Row) throws -> VaultEntry {
    VaultEntry(
      id: try row["id"], accountID: try row["account"], book: try row["book"],
      request: try row["request"], status: try row.whole("status"),
      requestedAt: try row.instant("requested_at"), receivedAt: try row.instant("received_at"),
      session: try row.date("business_date"), sha256: try row["digest"], size: try row["size"],
      rows: try row.decode("row_count", as: Int32?.self).map { Int($0) })
  }
}

extension VaultEntry {
  fileprivate func answer(_ body: [UInt8]) -> RawAnswer? {
    Book(word: book, request: request).map { book in
      RawAnswer(
        book: book, accountID: accountID, requestedAt: requestedAt, receivedAt: receivedAt,
        status: status, body: body, request: request)
    }
  }
}
