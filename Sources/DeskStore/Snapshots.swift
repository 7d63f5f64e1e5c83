package import Desk
package import Postgres
package import TradingTime

/// What one sync of one account brought. Nil is a book that could not be fetched or read; it
/// changes nothing. An empty book is an answer, but not always a believable one.
package struct AccountSnapshot: Sendable {
  package let accountID: String
  package let session: CivilDate
  package let takenAt: Instant
  package var orders: [BrokerOrder]?
  /// Trades of orders, by the order's name (`NC/136757437`), where they were fetched.
  package var trades: [String: [BrokerTrade]]
  package var positions: [BrokerPosition]?
  package var holdings: [BrokerHolding]?
  package var funds: [BrokerFunds]?

  package init(
    accountID: String, session: CivilDate, takenAt: Instant, orders: [BrokerOrder]? = nil,
    trades: [String: [BrokerTrade]] = [:], positions: [BrokerPosition]? = nil,
    holdings: [BrokerHolding]? = nil, funds: [BrokerFunds]? = nil
  ) {
    self.accountID = accountID
    self.session = session
    self.takenAt = takenAt
    self.orders = orders
    self.trades = trades
    self.positions = positions
    self.holdings = holdings
    self.funds = funds
  }

  var books: [String] {
    var books: [String] = []
    if orders != nil { books.append("orders") }
    if positions != nil { books.append("positions") }
    if holdings != nil { books.append("holdings") }
    if funds != nil { books.append("funds") }
    return books
  }
}

package struct AppliedSnapshot: Hashable, Sendable {
  package let id: Int64
  /// Which books are now as the broker showed them.
  package let books: [String]
  package let newFills: [Fill]
  package let closedPositions: Int
  /// What was refused or odd, as sentences.
  package let notes: [String]
}

extension DeskDatabase {
  /// Makes the broker's columns of one account what the broker showed, under one snapshot number:
  /// orders, then fills, then positions, holdings and funds. Rows that are gone are closed, never
  /// deleted; an empty book while we hold something closes nothing and is noted instead. Must run
  /// in a transaction: half a sync would be a book that never existed.
  package func apply(
    _ given: AccountSnapshot, on database: any Queryable
  ) async throws -> AppliedSnapshot {
    try await lock(given, on: database)
    var (snapshot, notes) = try await withoutSuspiciousEmptiness(given, on: database)
    let derived = try await newFills(of: snapshot, on: database)
    notes += derived.notes
    let id = try await record(snapshot, notes: notes, on: database)
    if let orders = snapshot.orders {
      try await write(orders, of: snapshot, number: id, on: database)
      try await add(derived.fills, number: id, on: database)
    }
    notes += try await open(snapshot, on: database)
    var closed = 0
    if let positions = snapshot.positions {
      closed = try await write(positions, of: snapshot, number: id, on: database)
    }
    if let holdings = snapshot.holdings {
      try await write(holdings, of: snapshot, number: id, on: database)
    }
    if let funds = snapshot.funds {
      try await write(funds, of: snapshot, number: id, on: database)
    }
    return AppliedSnapshot(
      id: id, books: snapshot.books, newFills: derived.fills, closedPositions: closed, notes: notes)
  }

  /// The account's row is held for the transaction, so two syncs of one account cannot mix, and an
  /// answer that was overtaken on its way is not written over a newer one.
  private func lock(_ snapshot: AccountSnapshot, on database: any Queryable) async throws {
    let rows = try await database.query(
      """
      select (
        select max(taken_at)
        from desk.snapshot
        where mode = $1 and account = $2
      ) as newest
      from desk.account
      where mode = $1 and id = $2
      for update of account
      """, mode.rawValue, snapshot.accountID)
    guard let row = rows.first else { throw DeskRefusal.unknownAccount(snapshot.accountID) }
    if let newest = try row.instantIfAny("newest"), newest > snapshot.takenAt {
      throw DeskRefusal.outdatedSnapshot(
        account: snapshot.accountID, taken: snapshot.takenAt.description,
        newer: newest.description)
    }
  }

  private func record(
    _ snapshot: AccountSnapshot, notes: [String], on database: any Queryable
  ) async throws -> Int64 {
    try await database.query(
      """
      insert into desk.snapshot (mode, account, business_date, taken_at, books, notes)
      values ($1, $2, $3, $4, $5, $6)
      returning id
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Timestamp(snapshot.takenAt),
      snapshot.books, notes
    ).one["id"]
  }
}
