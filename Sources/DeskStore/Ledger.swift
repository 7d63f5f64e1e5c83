package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  package func fills(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> [Fill] {
    try await fills(of: account, from: session, through: session, on: database)
  }

  /// In the exchange's order, so that whoever reckons with them meets them as they happened.
  func fills(
    of account: String, from first: CivilDate, through last: CivilDate, on database: any Queryable
  ) async throws -> [Fill] {
    try await database.query(
      """
      select account, exchange, order_id, trade_id, business_date, scrip_code, product, quantity,
        price, traded_at
      from desk.fill
      where mode = $1 and account = $2 and business_date between $3 and $4
      order by traded_at, order_id, trade_id
      """, mode.rawValue, account, Day(first), Day(last)
    ).map(fill)
  }

  /// The orders on record for a session, those the broker no longer shows included.
  package func orders(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> [BrokerOrder] {
    try await storedOrders(of: account, on: session, database: database).map(\.value)
  }

  func storedOrders(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> [StoredRow<BrokerOrder>] {
    try await database.query(
      """
      select exchange, scrip_code, symbol, product, order_id, exchange_order_id, side, quantity,
        executed, price, trigger_price, average_price, status, status_text, request_status, channel,
        ordered_at, updated_at, message, last_snapshot
      from desk.broker_order
      where mode = $1 and account = $2 and business_date = $3
      order by exchange, order_id
      """, mode.rawValue, account, Day(session)
    ).map { StoredRow(value: try order($0), snapshot: try $0["last_snapshot"]) }
  }

  private func order(_ row: Row) throws -> BrokerOrder {
    let statusText: String = try row["status_text"]
    return BrokerOrder(
      key: try row.key(), symbol: try row["symbol"], product: try row["product"],
      orderID: try row["order_id"], exchangeOrderID: try row["exchange_order_id"],
      side: try row.word("side", Side.init(rawValue:)), quantity: try row["quantity"],
      executed: try row["executed"], price: try row.moneyIfAny("price"),
      triggerPrice: try row.moneyIfAny("trigger_price"),
      averagePrice: try row.moneyIfAny("average_price"),
      status: try row.word("status") { OrderStatus(word: $0, text: statusText) },
      statusText: statusText, requestStatus: try row["request_status"],
      channel: try row["channel"], orderedAt: try row.instantIfAny("ordered_at"),
      updatedAt: try row.instantIfAny("updated_at"), message: try row["message"])
  }

  /// Our side of a reconciliation.
  package func ledgerBooks(
    of account: String, on session: CivilDate, database: any Queryable
  ) async throws -> LedgerBooks {
    let opened = try await database.query(
      """
      select from desk.account_day
      where mode = $1 and account = $2 and business_date = $3
      """, mode.rawValue, account, Day(session))
    guard opened.count == 1 else {
      throw DeskRefusal.notOpened(account: account, session: session.description)
    }
    let fills = try await fills(of: account, on: session, database: database)
    return LedgerBooks(
      accountID: account, session: session,
      orders: try await orders(of: account, on: session, database: database), fills: fills,
      earlierFills: try await fillsOfStandingOrders(of: account, on: session, database),
      positions: try await ledgerPositions(of: account, on: session, database),
      holdings: try await expectedHoldings(of: account, on: session, database),
      lastActivityAt: fills.map(\.tradedAt).max())
  }

  /// Order numbers are taken to begin anew each session, except for an order that the broker itself
  /// dates earlier.
  private func fillsOfStandingOrders(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [Fill] {
    try await database.query(
      """
      select account, exchange, order_id, trade_id, business_date, scrip_code, product, quantity,
        price, traded_at
      from desk.fill
      where mode = $1 and account = $2 and business_date < $3
        and (exchange, order_id) in (
          select exchange, order_id
          from desk.broker_order
          where mode = $1 and account = $2 and business_date = $3 and ordered_at < $4)
      order by traded_at, order_id, trade_id
      """, mode.rawValue, account, Day(session),
      Timestamp(ZoneRules.india.resolve(session, .midnight).earliest)
    ).map(fill)
  }

  private func fill(_ row: Row) throws -> Fill {
    Fill(
      accountID: try row["account"], key: try row.key(), product: try row["product"],
      orderID: try row["order_id"], tradeID: try row["trade_id"],
      quantity: try row["quantity"], price: try row.money("price"),
      tradedOn: try row.date("business_date"), tradedAt: try row.instant("traded_at"))
  }

  /// Opening and trading per instrument: position = opening + buys - sells, always.
  private func ledgerPositions(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [LedgerPosition] {
    try await database.query(
      """
      select exchange, scrip_code, max(symbol) as symbol, sum(opening)::bigint as opening,
        sum(bought)::bigint as bought, sum(sold)::bigint as sold
      from (
        select exchange, scrip_code, symbol, quantity as opening, 0 as bought, 0 as sold
        from desk.opening
        where mode = $1 and account = $2 and business_date = $3
        union all
        select fill.exchange, fill.scrip_code, coalesce(sent.symbol, ''), 0,
          greatest(fill.quantity, 0), greatest(-fill.quantity, 0)
        from desk.fill as fill
        left join desk.broker_order as sent
          on sent.mode = fill.mode and sent.account = fill.account
          and sent.business_date = fill.business_date and sent.exchange = fill.exchange
          and sent.order_id = fill.order_id
        where fill.mode = $1 and fill.account = $2 and fill.business_date = $3
      ) as moved
      group by exchange, scrip_code
      order by exchange, scrip_code
      """, mode.rawValue, account, Day(session)
    ).map { row in
      LedgerPosition(
        key: try row.key(), symbol: try row["symbol"], opening: try row["opening"],
        bought: try row["bought"], sold: try row["sold"])
    }
  }

  /// What the broker's holdings should be: what they were on the last earlier session, and the
  /// trades of that session and this one, each of which may or may not have arrived.
  private func expectedHoldings(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [LedgerHolding]? {
    let previous = try await database.query(
      """
      select max(business_date) as day
      from desk.holding
      where mode = $1 and account = $2 and business_date < $3
      """, mode.rawValue, account, Day(session)
    ).one.dateIfAny("day")
    guard let previous else { return nil }
    return try await database.query(
      """
      with known as (
        select listing, symbol, demat + receivable + pledged + financed as owned
        from desk.holding
        where mode = $1 and account = $2 and business_date = $4 and closed_at is null
      ), traded as (
        select case fill.exchange when 'NC' then 'NSE' else 'BSE' end as listing, sent.symbol,
          sum(fill.quantity) filter (where fill.business_date < $3) as before,
          sum(fill.quantity) filter (where fill.business_date = $3) as today
        from desk.fill as fill
        join desk.broker_order as sent
          on sent.mode = fill.mode and sent.account = fill.account
          and sent.business_date = fill.business_date and sent.exchange = fill.exchange
          and sent.order_id = fill.order_id
        where fill.mode = $1 and fill.account = $2 and fill.business_date between $4 and $3
          and fill.exchange in ('NC', 'BC')
        group by 1, 2
      )
      select listing, symbol, coalesce(owned, 0)::bigint as owned,
        coalesce(before, 0)::bigint as before, coalesce(today, 0)::bigint as today
      from known
      full join traded using (listing, symbol)
      order by listing, symbol
      """, mode.rawValue, account, Day(session), Day(previous)
    ).map { row in
      LedgerHolding(
        listing: try row["listing"], symbol: try row["symbol"], settled: try row["owned"],
        moving: [try row["before"], try row["today"]])
    }
  }
}
