package import Desk
package import Postgres

extension DeskDatabase {
  @discardableResult
  package func add(
    _ account: Account, capital: Money? = nil, on database: any Queryable
  ) async throws -> Account {
    guard Account.isUsable(id: account.id) else { throw DeskRefusal.unusableAccountID(account.id) }
    guard Account.isUsable(customerID: account.customerID) else {
      throw DeskRefusal.unusableCustomer(account.customerID)
    }
    if let capital, capital.isNegative { throw DeskRefusal.negativeCapital }
    do {
      try await database.query(
        """
        insert into desk.account (mode, id, customer_id, name, enabled, capital)
        values ($1, $2, $3, $4, $5, $6)
        """, mode.rawValue, account.id, account.customerID, account.name, account.isEnabled,
        capital)
    } catch let error as PostgresError {
      switch error.server?.constraint {
      case "accounts_have_a_short_name": throw DeskRefusal.accountExists(account.id)
      case "one_account_per_customer": throw DeskRefusal.customerTaken
      default: throw error
      }
    }
    return Account(
      id: account.id, customerID: account.customerID, name: account.name, mode: mode,
      isEnabled: account.isEnabled)
  }

  package func accounts(
    onlyEnabled: Bool = false, on database: any Queryable
  ) async throws -> [Account] {
    try await database.query(
      """
      select id, customer_id, name, enabled
      from desk.account
      where mode = $1 and (enabled or not $2)
      order by id
      """, mode.rawValue, onlyEnabled
    ).map(account)
  }

  package func account(_ id: String, on database: any Queryable) async throws -> Account {
    try account(id, await database.run(asking(id), deadline: nil))
  }

  func asking(_ account: String) -> Statement {
    Statement(
      """
      select id, customer_id, name, enabled
      from desk.account
      where mode = $1 and id = $2
      """, mode.rawValue, account)
  }

  func account(_ id: String, _ rows: Rows) throws -> Account {
    guard let row = rows.first else { throw DeskRefusal.unknownAccount(id) }
    return try account(row)
  }

  /// Nil leaves a value as it is.
  package func change(
    _ id: String, name: String? = nil, isEnabled: Bool? = nil, capital: Money? = nil,
    on database: any Queryable
  ) async throws {
    let changed = try await database.query(
      """
      update desk.account
      set name = coalesce($3, name), enabled = coalesce($4, enabled),
          capital = coalesce($5, capital), changed_at = clock_timestamp()
      where mode = $1 and id = $2
      """, mode.rawValue, id, name, isEnabled, capital)
    guard changed.affected == 1 else { throw DeskRefusal.unknownAccount(id) }
  }

  func account(_ row: Row) throws -> Account {
    Account(
      id: try row["id"], customerID: try row["customer_id"], name: try row["name"], mode: mode,
      isEnabled: try row["enabled"])
  }
}
