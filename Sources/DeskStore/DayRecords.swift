package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// Figures up to a session, oldest first. Equity is the declared capital plus all net results.
  package func analytics(
    of account: String, through session: CivilDate, count: Int, on database: any Queryable
  ) async throws -> [AnalyticsDay] {
    try await database.query(
      """
      select day.account, business_date, instruments, open_positions, incomplete, fills, orders,
        rejected_orders, realised, unrealised, gross, charges, net, broker_booked,
        broker_unrealised, turnover, long_exposure, short_exposure, wins, losses, gross_profit,
        gross_loss, cash, owner.capital + sum(net) over (order by business_date) as equity
      from desk.analytics_day as day
      join desk.account as owner on owner.mode = day.mode and owner.id = day.account
      where day.mode = $1 and day.account = $2 and business_date <= $3
      order by business_date desc
      limit $4
      """, mode.rawValue, account, Day(session), Int64(count)
    ).map(analyticsDay).reversed()
  }

  private func analyticsDay(_ row: Row) throws -> AnalyticsDay {
    AnalyticsDay(
      accountID: try row["account"], session: try row.date("business_date"),
      instruments: try row.whole("instruments"), openPositions: try row.whole("open_positions"),
      incomplete: try row.whole("incomplete"), fills: try row.whole("fills"),
      orders: try row.whole("orders"), rejectedOrders: try row.whole("rejected_orders"),
      realised: try row.money("realised"), unrealised: try row.money("unrealised"),
      gross: try row.money("gross"), charges: try row.money("charges"), net: try row.money("net"),
      brokerBooked: try row.moneyIfAny("broker_booked"),
      brokerUnrealised: try row.moneyIfAny("broker_unrealised"),
      turnover: try row.money("turnover"), longExposure: try row.money("long_exposure"),
      shortExposure: try row.money("short_exposure"), wins: try row.whole("wins"),
      losses: try row.whole("losses"), grossProfit: try row.money("gross_profit"),
      grossLoss: try row.money("gross_loss"), cash: try row.moneyIfAny("cash"),
      equity: try row.moneyIfAny("equity"))
  }

  /// Everything on record about an account's session, for its report.
  package func dayRecord(
    of id: String, on session: CivilDate, history: Int = 90, database: any Queryable
  ) async throws -> DayRecord {
    let days = try await analytics(of: id, through: session, count: history, on: database)
    let funds = try await funds(of: id, on: session, database)
    let reconciled = try await lastReconciliation(of: id, on: session, database: database)
    let seen = try await database.query(
      """
      select
        (select max(taken_at)
         from desk.snapshot
         where mode = $1 and account = $2 and business_date = $3
           and 'positions' = any (books)) as positions_at,
        (select notes
         from desk.snapshot
         where mode = $1 and account = $2 and business_date = $3
         order by id desc
         limit 1) as notes
      """, mode.rawValue, id, Day(session)
    ).one
    let notes = try seen.decode("notes", as: [String]?.self) ?? []
    let expired = try await expired(of: id, on: session, database)
    return DayRecord(
      account: try await account(id, on: database),
      figures: days.last.flatMap { $0.session == session ? $0 : nil },
      instruments: try await sheets(of: id, on: session, database), funds: funds.map(\.statement),
      fundsAt: funds.map(\.at).min(), positionsAt: try seen.instantIfAny("positions_at"),
      reconciledAt: reconciled?.at,
      breaks: try await openBreaks(of: id, asOf: session, on: database),
      notes: notes + expired, history: days)
  }

  /// A contract that was open when it expired is settled by the exchange, without a fill.
  private func expired(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [String] {
    try await database.query(
      """
      select exchange, scrip_code, day.symbol, opening + bought - sold as units
      from desk.instrument_day as day
      join desk.instrument as known using (mode, exchange, scrip_code)
      where mode = $1 and account = $2 and business_date = $3 and known.expires_on = $3
        and opening + bought - sold <> 0
      order by exchange, scrip_code
      """, mode.rawValue, account, Day(session)
    ).map { row in
      "\(try row.decode("units", as: Int64.self)) of \(try row.decode("symbol", as: String.self)) "
        + "(\(try row.key())) expired open; what they settled at is in no fill and no figure"
    }
  }

  package func sheets(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [InstrumentDay] {
    try await database.query(
      """
      select exchange, scrip_code, symbol, opening, bought, bought_value, sold, sold_value,
        previous_close, mark, marked_at, realised, unrealised, average_realised, pool_realised,
        gross, charges, broker_quantity, broker_booked, broker_unrealised, wins, losses, gross_profit, gross_loss
      from desk.instrument_day
      where mode = $1 and account = $2 and business_date = $3
      order by symbol, exchange, scrip_code
      """, mode.rawValue, account, Day(session)
    ).map { row in
      InstrumentDay(
        key: try row.key(), symbol: try row["symbol"], opening: try row["opening"],
        bought: try row["bought"], boughtValue: try row.money("bought_value"),
        sold: try row["sold"], soldValue: try row.money("sold_value"),
        previousClose: try row.moneyIfAny("previous_close"), mark: try row.moneyIfAny("mark"),
        markedAt: try row.instantIfAny("marked_at"), realised: try row.moneyIfAny("realised"),
        unrealised: try row.moneyIfAny("unrealised"),
        averageRealised: try row.moneyIfAny("average_realised"),
        poolRealised: try row.money("pool_realised"), gross: try row.moneyIfAny("gross"),
        charges: try row.moneyIfAny("charges"), brokerQuantity: try row["broker_quantity"],
        brokerBooked: try row.moneyIfAny("broker_booked"),
        brokerUnrealised: try row.moneyIfAny("broker_unrealised"), wins: try row.whole("wins"),
        losses: try row.whole("losses"), grossProfit: try row.money("gross_profit"),
        grossLoss: try row.money("gross_loss"))
    }
  }

  package func funds(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [(statement: BrokerFunds, at: Instant)] {
    try await database.query(
      """
      select exchange, cash, figures, seen.taken_at as seen_at
      from (
        select mode, account, business_date, taken_at
        from desk.snapshot
        where mode = $1 and account = $2 and business_date = $3 and 'funds' = any (books)
        order by id desc
        limit 1) as seen
      join desk.funds using (mode, account, business_date)
      order by exchange
      """, mode.rawValue, account, Day(session)
    ).map { row in
      (
        BrokerFunds(
          exchange: try row["exchange"], cash: try row.moneyIfAny("cash"),
          figures: try row.decode("figures", as: JSONText.self).decoded()),
        try row.instant("seen_at")
      )
    }
  }
}
