package import Desk
package import Postgres
package import TradingTime

/// A strategy's switch on one account.
package struct StrategySwitch: Hashable, Sendable {
  package let accountID: String
  package let strategy: String
  package let isArmed: Bool
  package let lastTickAt: Instant?
  package let changedAt: Instant
  package let changedBy: String
  package let reason: String
}

/// A proposal on record. `quantity` is nil where the strategy had no opinion; `why` says why.
package struct RecordedTarget: Hashable, Sendable {
  package let key: InstrumentKey
  package let tickedAt: Instant
  package let quantity: Quantity?
  package let limit: Money?
  package let why: String
  package let price: Money?
  package let priceAt: Instant?
}

extension DeskDatabase {
  /// Records everything a tick proposed or withheld. A tick recorded again changes nothing.
  package func record(
    _ answer: StrategyAnswer, of strategy: String, tick: StrategyTick, account: String,
    on database: any Queryable
  ) async throws {
    let rows = tick.universe.sorted().map { key in
      (key, answer.targets.first { $0.key == key }, answer.withheld[key], tick.prices[key])
    }
    try await database.query(
      """
      insert into desk.target
        (mode, account, strategy, ticked_at, exchange, scrip_code, quantity, limit_price, why,
         price, price_at)
      select $1, $2, $3, $4, exchange, scrip_code, quantity, limit_price, why, price, price_at
      from unnest($5, $6, $7, $8, $9, $10, $11)
        as book (exchange, scrip_code, quantity, limit_price, why, price, price_at)
      on conflict on constraint one_target_per_tick_and_instrument do nothing
      """, mode.rawValue, account, strategy, Timestamp(tick.at), rows.texts(\.0.exchange),
      rows.numbers(\.0.scripCode), rows.map { $0.1?.quantity }, rows.map { $0.1?.limit },
      rows.texts { $0.1?.why ?? $0.2 ?? "no opinion" },
      rows.map { $0.3?.last }, rows.map { $0.3.map { Timestamp($0.at) } })
    try await database.query(
      """
      update desk.strategy_state
      set last_tick_at = greatest(last_tick_at, $4)
      where mode = $1 and account = $2 and strategy = $3
      """, mode.rawValue, account, strategy, Timestamp(tick.at))
  }

  /// What the strategy's newest tick said.
  package func latestTargets(
    of strategy: String, account: String, on database: any Queryable
  ) async throws -> [RecordedTarget] {
    try await database.query(
      """
      select exchange, scrip_code, ticked_at, quantity, limit_price, why, price, price_at
      from desk.target
      where mode = $1 and account = $2 and strategy = $3
        and ticked_at = (
          select max(ticked_at)
          from desk.target
          where mode = $1 and account = $2 and strategy = $3)
      order by exchange, scrip_code
      """, mode.rawValue, account, strategy
    ).map { row in
      RecordedTarget(
        key: try row.key(), tickedAt: try row.instant("ticked_at"),
        quantity: try row["quantity"], limit: try row.moneyIfAny("limit_price"),
        why: try row["why"], price: try row.moneyIfAny("price"),
        priceAt: try row.instantIfAny("price_at"))
    }
  }

  /// Arms or halts a strategy, on record with who and why.
  package func set(
    _ strategy: String, of account: String, armed: Bool, by actor: String, reason: String,
    on database: any Queryable
  ) async throws {
    try await database.query(
      """
      insert into desk.strategy_state (mode, account, strategy, armed, changed_by, reason)
      values ($1, $2, $3, $4, $5, $6)
      on conflict on constraint one_state_per_strategy_and_account do update
      set armed = excluded.armed, changed_by = excluded.changed_by, reason = excluded.reason,
        changed_at = clock_timestamp()
      """, mode.rawValue, account, strategy, armed, actor, reason)
  }

  /// Halts whatever is armed: what a restart does before anything ticks.
  ///
  /// - Returns: how many switches were on.
  package func haltAll(
    by actor: String, reason: String, on database: any Queryable
  ) async throws -> Int {
    try await database.query(
      """
      update desk.strategy_state
      set armed = false, changed_by = $2, reason = $3, changed_at = clock_timestamp()
      where mode = $1 and armed
      """, mode.rawValue, actor, reason
    ).affected
  }

  package func strategySwitches(on database: any Queryable) async throws -> [StrategySwitch] {
    try await database.query(
      """
      select account, strategy, armed, last_tick_at, changed_at, changed_by, reason
      from desk.strategy_state
      where mode = $1
      order by account, strategy
      """, mode.rawValue
    ).map { row in
      StrategySwitch(
        accountID: try row["account"], strategy: try row["strategy"], isArmed: try row["armed"],
        lastTickAt: try row.instantIfAny("last_tick_at"),
        changedAt: try row.instant("changed_at"), changedBy: try row["changed_by"],
        reason: try row["reason"])
    }
  }
}
