import Desk
import Postgres
import TradingTime

extension DeskDatabase {
  /// Upserts the broker's columns, all that this table has, and says how many rows were closed
  /// because the book no longer shows them.
  func write(
    _ positions: [BrokerPosition], of snapshot: AccountSnapshot, number: Int64,
    on database: any Queryable
  ) async throws -> Int {
    let rows = Dictionary(positions.map { ("\($0.key)/\($0.product)", $0) }) { _, last in last }
      .sorted { $0.key < $1.key }.map(\.value)
    try await database.query(
      """
      insert into desk.position
        (mode, account, business_date, exchange, scrip_code, product, symbol, buy_quantity,
         buy_average, sell_quantity, sell_average, net_quantity, average_price, booked_profit,
         unrealised_profit, first_snapshot, last_snapshot, seen_at)
      select $1, $2, $3, exchange, scrip_code, product, symbol, buy_quantity,
        nullif(buy_average, '')::numeric, sell_quantity, nullif(sell_average, '')::numeric,
        net_quantity, nullif(average_price, '')::numeric, nullif(booked_profit, '')::numeric,
        nullif(unrealised_profit, '')::numeric, $4, $4, $5
      from unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        as book (exchange, scrip_code, product, symbol, buy_quantity, buy_average, sell_quantity,
          sell_average, net_quantity, average_price, booked_profit, unrealised_profit)
      on conflict on constraint one_position_per_product_and_session do update
      set symbol = excluded.symbol, buy_quantity = excluded.buy_quantity,
        buy_average = excluded.buy_average, sell_quantity = excluded.sell_quantity,
        sell_average = excluded.sell_average, net_quantity = excluded.net_quantity,
        average_price = excluded.average_price, booked_profit = excluded.booked_profit,
        unrealised_profit = excluded.unrealised_profit, last_snapshot = excluded.last_snapshot,
        seen_at = excluded.seen_at, closed_at = null
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), number,
      Timestamp(snapshot.takenAt), rows.texts(\.key.exchange), rows.numbers(\.key.scripCode),
      rows.texts(\.product), rows.texts(\.symbol), rows.numbers(\.buyQuantity),
      rows.optionalTexts(\.buyAverage), rows.numbers(\.sellQuantity),
      rows.optionalTexts(\.sellAverage), rows.numbers(\.netQuantity),
      rows.optionalTexts(\.averagePrice), rows.optionalTexts(\.bookedProfit),
      rows.optionalTexts(\.unrealisedProfit))
    return try await database.query(
      """
      update desk.position
      set closed_at = $4
      where mode = $1 and account = $2 and business_date = $3 and last_snapshot < $5
        and closed_at is null
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Timestamp(snapshot.takenAt),
      number
    ).affected
  }

  func write(
    _ holdings: [BrokerHolding], of snapshot: AccountSnapshot, number: Int64,
    on database: any Queryable
  ) async throws {
    let rows = Dictionary(holdings.map { ($0.name, $0) }) { _, last in last }
      .sorted { $0.key < $1.key }.map(\.value)
    try await database.query(
      """
      insert into desk.holding
        (mode, account, business_date, listing, symbol, demat, available, receivable, pledged,
         financed, average_price, first_snapshot, last_snapshot, seen_at)
      select $1, $2, $3, listing, symbol, demat, available, receivable, pledged, financed,
        nullif(average_price, '')::numeric, $4, $4, $5
      from unnest($6, $7, $8, $9, $10, $11, $12, $13)
        as book (listing, symbol, demat, available, receivable, pledged, financed, average_price)
      on conflict on constraint one_holding_per_share_and_session do update
      set demat = excluded.demat, available = excluded.available,
        receivable = excluded.receivable, pledged = excluded.pledged, financed = excluded.financed,
        average_price = excluded.average_price, last_snapshot = excluded.last_snapshot,
        seen_at = excluded.seen_at, closed_at = null
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), number,
      Timestamp(snapshot.takenAt), rows.texts(\.listing), rows.texts(\.symbol),
      rows.numbers(\.demat), rows.numbers(\.available), rows.numbers(\.receivable),
      rows.numbers(\.pledged), rows.numbers(\.financed), rows.optionalTexts(\.averagePrice))
    try await database.query(
      """
      update desk.holding
      set closed_at = $4
      where mode = $1 and account = $2 and business_date = $3 and last_snapshot < $5
        and closed_at is null
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Timestamp(snapshot.takenAt),
      number)
  }

  /// A statement that is missing from the answer keeps its last row: there is nothing to close.
  func write(
    _ funds: [BrokerFunds], of snapshot: AccountSnapshot, number: Int64,
    on database: any Queryable
  ) async throws {
    for statement in funds {
      try await database.query(
        """
        insert into desk.funds
          (mode, account, business_date, exchange, cash, figures, last_snapshot, seen_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict on constraint one_limit_statement_per_exchange_and_session do update
        set cash = excluded.cash, figures = excluded.figures,
          last_snapshot = excluded.last_snapshot, seen_at = excluded.seen_at
        """, mode.rawValue, snapshot.accountID, Day(snapshot.session), statement.exchange,
        statement.cash, try JSONText(encoding: statement.figures), number,
        Timestamp(snapshot.takenAt))
    }
  }
}
