package import Desk
package import Postgres
package import TradingTime

/// What a sync has to know of an account before it asks the broker.
package struct SyncFacts: Sendable {
  package let account: Account
  /// Nil: this is the account's first sync.
  package let positionsSeenAt: Instant?
  /// The number of the account's last sync.
  package let newestSnapshot: Int64?
  /// What the ledger has of the session's orders, by the order's name.
  package let ledgered: [String: Ledgered]
  /// By exchange, the session whose list of contracts was loaded last.
  package let mastersLoadedOn: [String: CivilDate]

  package struct Ledgered: Hashable, Sendable {
    package let units: Quantity
    /// A step by the order's total is among them, so single trades would count its units again.
    package let hasStep: Bool
  }
}

extension DeskDatabase {
  /// All of it in one round trip, because every sync of every account needs it.
  package func syncFacts(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> SyncFacts {
    let ledgered = Statement(
      """
      select exchange || '/' || order_id as name, sum(abs(quantity))::bigint as units,
        bool_or(trade_id like 'agg:%') as has_step
      from desk.fill
      where mode = $1 and account = $2 and business_date = $3
      group by exchange, order_id
      """, mode.rawValue, account, Day(session))
    let masters = Statement(
      """
      select exchange, max(loaded_on) as day
      from desk.master_load
      where mode = $1
      group by exchange
      """, mode.rawValue)
    let answers = try await database.pipeline([
      asking(account), askingWhenSeen("positions", of: account), ledgered, masters,
      askingForTheNewestSnapshot(of: account),
    ])
    return SyncFacts(
      account: try self.account(account, answers[0]),
      positionsSeenAt: try answers[1].one.instantIfAny("at"),
      newestSnapshot: try answers[4].first.map { try $0["id"] },
      ledgered: Dictionary(
        uniqueKeysWithValues: try answers[2].map { row in
          (
            try row["name"],
            SyncFacts.Ledgered(units: try row["units"], hasStep: try row["has_step"])
          )
        }),
      mastersLoadedOn: Dictionary(
        uniqueKeysWithValues: try answers[3].map { (try $0["exchange"], try $0.date("day")) }))
  }
}
