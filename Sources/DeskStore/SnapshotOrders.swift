import Desk
import Postgres
import TradingTime

extension DeskDatabase {
  /// Writes the rows that are new or differ and closes those that the book no longer shows.
  /// `first_snapshot` and the row itself stay.
  func writing(
    _ orders: [BrokerOrder], of snapshot: AccountSnapshot, number: Int64
  ) -> Statement {
    let latest = orders.lastOfEach(\.name)
    return Statement(
      """
      with book as materialized (
        select exchange, order_id, scrip_code, symbol, product, exchange_order_id, side, quantity,
          executed, price, trigger_price, average_price, status, status_text, request_status,
          channel, ordered_at, updated_at, message
        from unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24)
          as book (exchange, order_id, scrip_code, symbol, product, exchange_order_id, side,
            quantity, executed, price, trigger_price, average_price, status, status_text,
            request_status, channel, ordered_at, updated_at, message)
      ), closed as (
        update desk.broker_order
        set closed_at = $5
        where mode = $1 and account = $2 and business_date = $3 and closed_at is null
          and (exchange, order_id) not in (select exchange, order_id from book)
      )
      insert into desk.broker_order as known
        (mode, account, business_date, exchange, order_id, scrip_code, symbol, product,
         exchange_order_id, side, quantity, executed, price, trigger_price, average_price, status,
         status_text, request_status, channel, ordered_at, updated_at, message, first_snapshot,
         last_snapshot)
      select $1, $2, $3, exchange, order_id, scrip_code, symbol, product, exchange_order_id, side,
        quantity, executed, price, trigger_price, average_price, status, status_text,
        request_status, channel, ordered_at, updated_at, message, $4, $4
      from book
      on conflict on constraint one_row_per_order_and_session do update
      set scrip_code = excluded.scrip_code, symbol = excluded.symbol, product = excluded.product,
        exchange_order_id = excluded.exchange_order_id, side = excluded.side,
        quantity = excluded.quantity, executed = excluded.executed, price = excluded.price,
        trigger_price = excluded.trigger_price, average_price = excluded.average_price,
        status = excluded.status, status_text = excluded.status_text,
        request_status = excluded.request_status, channel = excluded.channel,
        ordered_at = excluded.ordered_at, updated_at = excluded.updated_at,
        message = excluded.message, last_snapshot = excluded.last_snapshot, closed_at = null
      where known.closed_at is not null
        or (known.scrip_code, known.symbol, known.product, known.exchange_order_id, known.side,
          known.quantity, known.executed, known.price, known.trigger_price, known.average_price,
          known.status, known.status_text, known.request_status, known.channel, known.ordered_at,
          known.updated_at, known.message)
        is distinct from (excluded.scrip_code, excluded.symbol, excluded.product,
          excluded.exchange_order_id, excluded.side, excluded.quantity, excluded.executed,
          excluded.price, excluded.trigger_price, excluded.average_price, excluded.status,
          excluded.status_text, excluded.request_status, excluded.channel, excluded.ordered_at,
          excluded.updated_at, excluded.message)
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), number,
      Timestamp(snapshot.takenAt), latest.texts(\.key.exchange), latest.texts(\.orderID),
      latest.numbers(\.key.scripCode), latest.texts(\.symbol), latest.texts(\.product),
      latest.texts(\.exchangeOrderID), latest.texts(\.side.rawValue), latest.numbers(\.quantity),
      latest.numbers(\.executed), latest.map(\.price), latest.map(\.triggerPrice),
      latest.map(\.averagePrice), latest.texts(\.status.word), latest.texts(\.statusText),
      latest.texts(\.requestStatus), latest.texts(\.channel),
      latest.map { $0.orderedAt.map { Timestamp($0) } },
      latest.map { $0.updatedAt.map { Timestamp($0) } }, latest.texts(\.message))
  }

  /// What the order rows add to the ledger, with a note where the broker's total shrank or cannot be
  /// followed.
  ///
  /// - Parameter differing: the answer to `comparing`; nil without an order book.
  /// - Returns: with `ahead`, how many orders executed more than the ledger has.
  func newFills(
    of snapshot: AccountSnapshot, differing: Rows?
  ) throws -> (fills: [Fill], ahead: Int, notes: [String]) {
    guard let orders = snapshot.orders, let differing else { return ([], 0, []) }
    let known = try ledgered(differing)
    var fills: [Fill] = []
    var notes: [String] = []
    let ahead = orders.compactMap { order in known[order.name].map { (order: order, ledgered: $0) }
    }
    for (order, ledgered) in ahead.sorted(by: { $0.order.name < $1.order.name }) {
      if order.executed < Quantity(ledgered.quantity.magnitude) {
        notes.append(
          "orders: the broker now shows \(order.executed) executed of \(order.name), "
            + "the ledger has \(ledgered.quantity.magnitude); the ledger stays")
      }
      let new = FillDerivation.newFills(
        of: order, trades: snapshot.trades[order.name] ?? [], ledgered: ledgered,
        accountID: snapshot.accountID, tradedOn: snapshot.session, observedAt: snapshot.takenAt)
      let units = Quantity(
        (ledgered.quantity + new.map(\.quantity).reduce(0, +)).magnitude)
      if order.executed > units {
        notes.append(
          "orders: \(order.name) executed \(order.executed), of which the ledger has \(units): "
            + "the broker told neither trades nor an average price for the rest")
      }
      fills += new
    }
    let executing = ahead.count { $0.order.executed > $0.ledgered.quantity.magnitude }
    return (fills, executing, notes)
  }

  /// The orders of which the ledger has more or less than the broker shows, with what it has: where
  /// both agree nothing follows, and in most syncs all do. Order numbers are taken to begin anew
  /// each session, except for an order that the broker itself dates earlier: it carries its executed
  /// total along.
  func comparing(_ orders: [BrokerOrder], of snapshot: AccountSnapshot) -> Statement {
    let midnight = ZoneRules.india.resolve(snapshot.session, .midnight).earliest
    return Statement(
      """
      with told as materialized (
        select exchange, order_id, executed, is_earlier
        from unnest($4, $5, $6, $7) as told (exchange, order_id, executed, is_earlier)
      ), known as (
        select exchange, order_id, sum(quantity)::bigint as quantity,
          sum(abs(quantity) * price) as value, array_agg(trade_id) as trades
        from desk.fill
        where mode = $1 and account = $2 and business_date <= $3
          and (business_date = $3 or (exchange, order_id) in (
            select exchange, order_id from told where is_earlier))
        group by exchange, order_id
      )
      select exchange, order_id, coalesce(quantity, 0) as quantity, coalesce(value, 0) as value,
        coalesce(trades, '{}') as trades
      from told
      left join known using (exchange, order_id)
      where executed <> abs(coalesce(quantity, 0))
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), orders.texts(\.key.exchange),
      orders.texts(\.orderID), orders.numbers(\.executed),
      orders.map { $0.orderedAt.map { $0 < midnight } ?? false })
  }

  private func ledgered(_ differing: Rows) throws -> [String: LedgeredOrder] {
    let orders = try differing.map { row in
      let exchange: String = try row["exchange"]
      let order: String = try row["order_id"]
      return (
        "\(exchange)/\(order)",
        LedgeredOrder(
          quantity: try row["quantity"], value: try row.money("value"),
          tradeIDs: Set(try row.decode("trades", as: [String].self)))
      )
    }
    // The broker may show an order twice; the ledger's side of it is the same.
    return Dictionary(orders) { first, _ in first }
  }

  /// `do nothing`: a fill that is on record is on record; the key is the exchange's trade.
  func adding(_ fills: [Fill], number: Int64) -> [Statement] {
    guard !fills.isEmpty else { return [] }
    let insert = Statement(
      """
      insert into desk.fill
        (mode, account, exchange, order_id, trade_id, business_date, scrip_code, product, quantity,
         price, traded_at, snapshot)
      select $1, account, exchange, order_id, trade_id, business_date::date, scrip_code, product,
        quantity, price, traded_at, $2
      from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        as step (account, exchange, order_id, trade_id, business_date, scrip_code, product,
          quantity, price, traded_at)
      on conflict on constraint one_fill_per_exchange_trade do nothing
      """, mode.rawValue, number, fills.texts(\.accountID), fills.texts(\.key.exchange),
      fills.texts(\.orderID), fills.texts(\.tradeID), fills.texts(\.tradedOn.description),
      fills.numbers(\.key.scripCode), fills.texts(\.product), fills.numbers(\.quantity),
      fills.map(\.price), fills.map { Timestamp($0.tradedAt) })
    return [insert]
  }
}
