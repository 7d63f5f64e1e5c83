package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// Reckons one account's session anew from the ledger, the marks and the broker's rows: lots in
  /// Swift, sums in SQL. The same rows give the same figures; other figures raise `version`. Must
  /// run in a transaction.
  @discardableResult
  package func rollUp(
    _ account: String, session: CivilDate, plan: BrokeragePlan = .published,
    on database: any Queryable
  ) async throws -> AnalyticsDay {
    let facts = try await instrumentFacts(of: account, on: session, database)
    try await write(
      facts.map { InstrumentDay($0, on: session, plan: plan) }, of: account, session: session,
      on: database)
    try await sumUp(account, session: session, on: database)
    let days = try await analytics(of: account, through: session, count: 1, on: database)
    guard let figures = days.last else {
      throw DeskRefusal.notOpened(account: account, session: session.description)
    }
    return figures
  }

  private func write(
    _ sheets: [InstrumentDay], of account: String, session: CivilDate, on database: any Queryable
  ) async throws {
    try await database.query(
      "delete from desk.instrument_day where mode = $1 and account = $2 and business_date = $3",
      mode.rawValue, account, Day(session))
    try await database.query(
      """
      insert into desk.instrument_day
        (mode, account, business_date, exchange, scrip_code, symbol, opening, bought, bought_value,
         sold, sold_value, previous_close, mark, marked_at, realised, unrealised,
         average_realised, pool_realised, gross, charges, broker_quantity, broker_booked, broker_unrealised,
         wins, losses, gross_profit, gross_loss)
      select $1, $2, $3, exchange, scrip_code, symbol, opening, bought, bought_value, sold,
        sold_value, previous_close, mark, marked_at, realised, unrealised, average_realised,
        pool_realised, gross, charges, broker_quantity, broker_booked, broker_unrealised, wins,
        losses, gross_profit, gross_loss
      from unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
          $21, $22, $23, $24, $25, $26, $27)
        as sheet (exchange, scrip_code, symbol, opening, bought, bought_value, sold, sold_value,
          previous_close, mark, marked_at, realised, unrealised, average_realised, pool_realised,
          gross, charges, broker_quantity, broker_booked, broker_unrealised, wins, losses,
          gross_profit, gross_loss)
      """, mode.rawValue, account, Day(session), sheets.texts(\.key.exchange),
      sheets.numbers(\.key.scripCode), sheets.texts(\.symbol), sheets.numbers(\.opening),
      sheets.numbers(\.bought), sheets.amounts(\.boughtValue), sheets.numbers(\.sold),
      sheets.amounts(\.soldValue), sheets.map(\.previousClose), sheets.map(\.mark),
      sheets.map { $0.markedAt.map(Timestamp.init) }, sheets.map(\.realised),
      sheets.map(\.unrealised), sheets.map(\.averageRealised), sheets.amounts(\.poolRealised),
      sheets.map(\.gross), sheets.map(\.charges), sheets.map(\.brokerQuantity),
      sheets.map(\.brokerBooked), sheets.map(\.brokerUnrealised),
      sheets.numbers { Int64($0.wins) }, sheets.numbers { Int64($0.losses) },
      sheets.amounts(\.grossProfit), sheets.amounts(\.grossLoss))
  }

  /// Sums leave out what is missing and `incomplete` counts it: never a 0 in its place.
  private func sumUp(
    _ account: String, session: CivilDate, on database: any Queryable
  ) async throws {
    try await database.query(
      """
      with sheet as (
        select opening, bought, bought_value, sold, sold_value, mark, realised, unrealised, gross,
          charges, broker_booked, broker_unrealised, wins, losses, gross_profit, gross_loss
        from desk.instrument_day
        where mode = $1 and account = $2 and business_date = $3
      ), sent as (
        select count(*)::integer as orders,
          count(*) filter (where status = 'rejected')::integer as rejected
        from desk.broker_order
        where mode = $1 and account = $2 and business_date = $3
      ), figures as (
        select count(*)::integer as instruments,
          count(*) filter (where opening + bought - sold <> 0)::integer as open_positions,
          count(*) filter (
            where gross is null or charges is null or realised is null or unrealised is null
          )::integer as incomplete,
          (select count(*)::integer
           from desk.fill
           where mode = $1 and account = $2 and business_date = $3) as fills,
          (select orders from sent) as orders, (select rejected from sent) as rejected_orders,
          coalesce(sum(realised), 0) as realised, coalesce(sum(unrealised), 0) as unrealised,
          coalesce(sum(gross), 0) as gross, coalesce(sum(charges), 0) as charges,
          coalesce(sum(gross), 0) - coalesce(sum(charges), 0) as net,
          sum(broker_booked) as broker_booked, sum(broker_unrealised) as broker_unrealised,
          coalesce(sum(bought_value + sold_value), 0) as turnover,
          coalesce(sum((opening + bought - sold) * mark)
            filter (where opening + bought - sold > 0), 0) as long_exposure,
          coalesce(-sum((opening + bought - sold) * mark)
            filter (where opening + bought - sold < 0), 0) as short_exposure,
          coalesce(sum(wins), 0)::integer as wins, coalesce(sum(losses), 0)::integer as losses,
          coalesce(sum(gross_profit), 0) as gross_profit,
          coalesce(sum(gross_loss), 0) as gross_loss,
          (select sum(cash)
           from desk.funds
           where mode = $1 and account = $2 and business_date = $3) as cash
        from sheet
      )
      insert into desk.analytics_day as kept
        (mode, account, business_date, instruments, open_positions, incomplete, fills, orders,
         rejected_orders, realised, unrealised, gross, charges, net, broker_booked,
         broker_unrealised, turnover, long_exposure, short_exposure, wins, losses, gross_profit,
         gross_loss, cash, version)
      select $1, $2, $3, instruments, open_positions, incomplete, fills, orders, rejected_orders,
        realised, unrealised, gross, charges, net, broker_booked, broker_unrealised, turnover,
        long_exposure, short_exposure, wins, losses, gross_profit, gross_loss, cash, 1
      from figures
      on conflict on constraint one_row_of_figures_per_account_and_session do update
      set instruments = excluded.instruments, open_positions = excluded.open_positions,
        incomplete = excluded.incomplete, fills = excluded.fills, orders = excluded.orders,
        rejected_orders = excluded.rejected_orders, realised = excluded.realised,
        unrealised = excluded.unrealised, gross = excluded.gross, charges = excluded.charges,
        net = excluded.net, broker_booked = excluded.broker_booked,
        broker_unrealised = excluded.broker_unrealised, turnover = excluded.turnover,
        long_exposure = excluded.long_exposure, short_exposure = excluded.short_exposure,
        wins = excluded.wins, losses = excluded.losses, gross_profit = excluded.gross_profit,
        gross_loss = excluded.gross_loss, cash = excluded.cash, version = kept.version + 1
      where (to_jsonb(kept) - 'version') is distinct from (to_jsonb(excluded) - 'version')
      """, mode.rawValue, account, Day(session))
  }
}
