import Desk
import Postgres
import TradingTime

extension DeskDatabase {
  /// Writes the broker's columns, all that this table has, of the rows that are new or differ, closes
  /// those that the book no longer shows, and counts each kind: `fresh`, `changed`, `closed`.
  func writing(
    _ positions: [BrokerPosition], of snapshot: AccountSnapshot, number: Int64
  ) -> Statement {
    let rows = positions.lastOfEach { "\($0.key)/\($0.product)" }
    return Statement(
      """
      with book as materialized (
        select exchange, scrip_code, product, symbol, buy_quantity, buy_average, sell_quantity,
          sell_average, net_quantity, average_price, booked_profit, unrealised_profit
        from unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
          as book (exchange, scrip_code, product, symbol, buy_quantity, buy_average, sell_quantity,
            sell_average, net_quantity, average_price, booked_profit, unrealised_profit)
      ), closed as (
        update desk.position
        set closed_at = $5
        where mode = $1 and account = $2 and business_date = $3 and closed_at is null
          and (exchange, scrip_code, product) not in (
            select exchange, scrip_code, product from book)
        returning 1
      ), written as (
        insert into desk.position as known
          (mode, account, business_date, exchange, scrip_code, product, symbol, buy_quantity,
           buy_average, sell_quantity, sell_average, net_quantity, average_price, booked_profit,
           unrealised_profit, first_snapshot, last_snapshot, seen_at)
        select $1, $2, $3, exchange, scrip_code, product, symbol, buy_quantity, buy_average,
          sell_quantity, sell_average, net_quantity, average_price, booked_profit,
          unrealised_profit, $4, $4, $5
        from book
        on conflict on constraint one_position_per_product_and_session do update
        set symbol = excluded.symbol, buy_quantity = excluded.buy_quantity,
          buy_average = excluded.buy_average, sell_quantity = excluded.sell_quantity,
          sell_average = excluded.sell_average, net_quantity = excluded.net_quantity,
          average_price = excluded.average_price, booked_profit = excluded.booked_profit,
          unrealised_profit = excluded.unrealised_profit, last_snapshot = excluded.last_snapshot,
          seen_at = excluded.seen_at, closed_at = null
        where known.closed_at is not null
          or (known.symbol, known.buy_quantity, known.buy_average, known.sell_quantity,
            known.sell_average, known.net_quantity, known.average_price, known.booked_profit,
            known.unrealised_profit)
          is distinct from (excluded.symbol, excluded.buy_quantity, excluded.buy_average,
            excluded.sell_quantity, excluded.sell_average, excluded.net_quantity,
            excluded.average_price, excluded.booked_profit, excluded.unrealised_profit)
        returning exchange, scrip_code, product
      )
      select count(*) filter (where before.mode is null) as fresh,
        count(*) filter (where before.mode is not null) as changed,
        (select count(*) from closed) as closed
      from written
      left join desk.position as before
        on before.mode = $1 and before.account = $2 and before.business_date = $3
        and before.exchange = written.exchange and before.scrip_code = written.scrip_code
        and before.product = written.product and before.closed_at is null
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), number,
      Timestamp(snapshot.takenAt), rows.texts(\.key.exchange), rows.numbers(\.key.scripCode),
      rows.texts(\.product), rows.texts(\.symbol), rows.numbers(\.buyQuantity),
      rows.map(\.buyAverage), rows.numbers(\.sellQuantity), rows.map(\.sellAverage),
      rows.numbers(\.netQuantity), rows.map(\.averagePrice), rows.map(\.bookedProfit),
      rows.map(\.unrealisedProfit))
  }

  func writing(
    _ holdings: [BrokerHolding], of snapshot: AccountSnapshot, number: Int64
  ) -> Statement {
    let rows = holdings.lastOfEach(\.name)
    return Statement(
      """
      with book as materialized (
        select listing, symbol, demat, available, receivable, pledged, financed, average_price
        from unnest($6, $7, $8, $9, $10, $11, $12, $13)
          as book (listing, symbol, demat, available, receivable, pledged, financed, average_price)
      ), closed as (
        update desk.holding
        set closed_at = $5
        where mode = $1 and account = $2 and business_date = $3 and closed_at is null
          and (listing, symbol) not in (select listing, symbol from book)
      )
      insert into desk.holding as known
        (mode, account, business_date, listing, symbol, demat, available, receivable, pledged,
         financed, average_price, first_snapshot, last_snapshot, seen_at)
      select $1, $2, $3, listing, symbol, demat, available, receivable, pledged, financed,
        average_price, $4, $4, $5
      from book
      on conflict on constraint one_holding_per_share_and_session do update
      set demat = excluded.demat, available = excluded.available,
        receivable = excluded.receivable, pledged = excluded.pledged, financed = excluded.financed,
        average_price = excluded.average_price, last_snapshot = excluded.last_snapshot,
        seen_at = excluded.seen_at, closed_at = null
      where known.closed_at is not null
        or (known.demat, known.available, known.receivable, known.pledged, known.financed,
          known.average_price)
        is distinct from (excluded.demat, excluded.available, excluded.receivable,
          excluded.pledged, excluded.financed, excluded.average_price)
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), number,
      Timestamp(snapshot.takenAt), rows.texts(\.listing), rows.texts(\.symbol),
      rows.numbers(\.demat), rows.numbers(\.available), rows.numbers(\.receivable),
      rows.numbers(\.pledged), rows.numbers(\.financed), rows.map(\.averagePrice))
  }

  /// A statement that is missing from the answer keeps its last row: there is nothing to close.
  func writing(
    _ funds: [BrokerFunds], of snapshot: AccountSnapshot, number: Int64
  ) -> [Statement] {
    funds.map { statement in
      Statement(
        """
        insert into desk.funds as known
          (mode, account, business_date, exchange, cash, figures, last_snapshot, seen_at)
        values ($1, $2, $3, $4, $5, jsonb_object($6, $7), $8, $9)
        on conflict on constraint one_limit_statement_per_exchange_and_session do update
        set cash = excluded.cash, figures = excluded.figures,
          last_snapshot = excluded.last_snapshot, seen_at = excluded.seen_at
        where (known.cash, known.figures) is distinct from (excluded.cash, excluded.figures)
        """, mode.rawValue, snapshot.accountID, Day(snapshot.session), statement.exchange,
        statement.cash, Array(statement.figures.keys),
        statement.figures.values.texts(\.description), number, Timestamp(snapshot.takenAt))
    }
  }
}

extension Array {
  /// In the names' order, so that everybody takes the rows' locks in one order. What comes twice
  /// counts as it came last: one statement cannot write a row twice.
  func lastOfEach(_ name: (Element) -> String) -> [Element] {
    let places = Dictionary(zip(map(name), indices)) { _, last in last }
    return places.sorted { $0.key < $1.key }.map { self[$0.value] }
  }
}
