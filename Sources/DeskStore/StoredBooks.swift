package import Desk
package import Postgres
package import TradingTime

/// A row of a book as it stands in our tables, and the sync that wrote it last.
package struct StoredRow<Value: Hashable & Sendable>: Hashable, Sendable {
  package let value: Value
  package let snapshot: Int64
}

/// One sync: from when on its answers were asked for, and which of them were applied.
package struct SnapshotMark: Hashable, Sendable {
  package let id: Int64
  package let takenAt: Instant
  package let books: [String]
}

/// Everything that the syncs of one account and session left, rows that were closed included.
package struct StoredBooks: Hashable, Sendable {
  package let snapshots: [SnapshotMark]
  package let orders: [StoredRow<BrokerOrder>]
  package let positions: [StoredRow<BrokerPosition>]
  package let holdings: [StoredRow<BrokerHolding>]
  package let funds: [StoredRow<BrokerFunds>]
}

extension DeskDatabase {
  package func storedBooks(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> StoredBooks {
    StoredBooks(
      snapshots: try await snapshots(account, session, database),
      orders: try await storedOrders(of: account, on: session, database: database),
      positions: try await positions(account, session, database),
      holdings: try await holdings(account, session, database),
      funds: try await funds(account, session, database))
  }

  private func snapshots(
    _ account: String, _ session: CivilDate, _ database: any Queryable
  ) async throws -> [SnapshotMark] {
    try await database.query(
      """
      select id, taken_at, books
      from desk.snapshot
      where mode = $1 and account = $2 and business_date = $3
      order by taken_at, id
      """, mode.rawValue, account, Day(session)
    ).map { row in
      SnapshotMark(
        id: try row["id"], takenAt: try row.instant("taken_at"), books: try row["books"])
    }
  }

  private func positions(
    _ account: String, _ session: CivilDate, _ database: any Queryable
  ) async throws -> [StoredRow<BrokerPosition>] {
    try await database.query(
      """
      select exchange, scrip_code, product, symbol, buy_quantity, buy_average, sell_quantity,
        sell_average, net_quantity, average_price, booked_profit, unrealised_profit, last_snapshot
      from desk.position
      where mode = $1 and account = $2 and business_date = $3
      """, mode.rawValue, account, Day(session)
    ).map { row in
      StoredRow(value: try brokerPosition(row), snapshot: try row["last_snapshot"])
    }
  }

  private func holdings(
    _ account: String, _ session: CivilDate, _ database: any Queryable
  ) async throws -> [StoredRow<BrokerHolding>] {
    try await database.query(
      """
      select listing, symbol, demat, available, receivable, pledged, financed, average_price,
        last_snapshot
      from desk.holding
      where mode = $1 and account = $2 and business_date = $3
      """, mode.rawValue, account, Day(session)
    ).map { row in
      StoredRow(
        value: BrokerHolding(
          listing: try row["listing"], symbol: try row["symbol"], demat: try row["demat"],
          available: try row["available"], receivable: try row["receivable"],
          pledged: try row["pledged"], financed: try row["financed"],
          averagePrice: try row.moneyIfAny("average_price")),
        snapshot: try row["last_snapshot"])
    }
  }

  private func funds(
    _ account: String, _ session: CivilDate, _ database: any Queryable
  ) async throws -> [StoredRow<BrokerFunds>] {
    try await database.query(
      """
      select exchange, cash, figures, last_snapshot
      from desk.funds
      where mode = $1 and account = $2 and business_date = $3
      """, mode.rawValue, account, Day(session)
    ).map { row in
      let figures: JSONText = try row["figures"]
      return StoredRow(
        value: BrokerFunds(
          exchange: try row["exchange"], cash: try row.moneyIfAny("cash"),
          figures: try figures.decoded(as: [String: Money].self)),
        snapshot: try row["last_snapshot"])
    }
  }
}
