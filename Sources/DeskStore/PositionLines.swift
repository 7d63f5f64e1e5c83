package import Desk
package import Postgres
package import TradingTime

/// One position as the desk looks at it: the broker's row, our ledger's quantity beside it, the
/// latest price and the desk's plan. Every figure with an age carries its time.
package struct PositionLine: Hashable, Sendable {
  package let session: CivilDate
  package let position: BrokerPosition
  package let seenAt: Instant
  /// What the broker's book should say by our ledger, over all products (see
  /// `LedgerPosition.expected`); nil if the session has not been opened.
  package let ledgerQuantity: Quantity?
  package let price: Price?
  /// What stands in the order book, by the feed; nil if it was never told.
  package let depth: Depth?
  package let strategy: String?
  package let stopPrice: Money?
  package let targetPrice: Money?

  package var marketValue: Money? { price.map { $0.last * position.netQuantity } }

  /// Against the broker's average, at our price; nil without both.
  package var unrealised: Money? {
    if position.netQuantity == 0 { return .zero }
    guard let price, let average = position.averagePrice else { return nil }
    return (price.last - average) * position.netQuantity
  }

  package func age(at now: Instant) -> Duration { now - seenAt }
  package func priceAge(at now: Instant) -> Duration? { price.map { now - $0.at } }
}

extension DeskDatabase {
  /// The positions of the newest session on record for the account.
  package func positions(
    of account: String, on database: any Queryable
  ) async throws -> [PositionLine] {
    try await database.query(
      """
      select position.business_date, position.exchange, position.scrip_code, position.product,
        position.symbol, buy_quantity, buy_average, sell_quantity, sell_average, net_quantity,
        average_price, booked_profit, unrealised_profit, seen.taken_at as seen_at, price.last,
        price.previous_close, price.at, price.source, plan.strategy, plan.stop_price,
        plan.target_price, \(Self.depthColumns),
        case when opened.account is not null then (
          select coalesce(sum(quantity), 0)::bigint
          from (
            select quantity
            from desk.opening as opening
            where opening.mode = position.mode and opening.account = position.account
              and opening.business_date = position.business_date
              and opening.exchange = position.exchange
              and opening.scrip_code = position.scrip_code
              and (position.exchange <> all ($3) or (
                select sum(net_quantity - buy_quantity + sell_quantity) <> 0
                from desk.position as shown
                where shown.mode = position.mode and shown.account = position.account
                  and shown.business_date = position.business_date and shown.closed_at is null
                  and shown.exchange = position.exchange
                  and shown.scrip_code = position.scrip_code))
            union all
            select quantity
            from desk.fill as fill
            where fill.mode = position.mode and fill.account = position.account
              and fill.business_date = position.business_date
              and fill.exchange = position.exchange and fill.scrip_code = position.scrip_code
          ) as moved)
        end as ledger
      from (
        select mode, account, business_date, taken_at
        from desk.snapshot
        where mode = $1 and account = $2 and 'positions' = any (books)
        order by business_date desc, id desc
        limit 1) as seen
      join desk.position as position using (mode, account, business_date)
      left join desk.account_day as opened using (mode, account, business_date)
      left join desk.price as price using (mode, exchange, scrip_code)
      left join desk.position_plan as plan using (mode, account, exchange, scrip_code)
      left join desk.depth as bid
        on (bid.mode, bid.exchange, bid.scrip_code, bid.side)
          = (position.mode, position.exchange, position.scrip_code, 'buy')
      left join desk.depth as ask
        on (ask.mode, ask.exchange, ask.scrip_code, ask.side)
          = (position.mode, position.exchange, position.scrip_code, 'sell')
      where closed_at is null
      order by position.symbol, position.exchange, position.scrip_code, position.product
      """, mode.rawValue, account, InstrumentKey.cashExchanges
    ).map(positionLine)
  }

  private func positionLine(_ row: Row) throws -> PositionLine {
    let position = try brokerPosition(row)
    var price: Price?
    if let last = try row.moneyIfAny("last") {
      price = Price(
        key: position.key, last: last, previousClose: try row.moneyIfAny("previous_close"),
        at: try row.instant("at"), source: try row["source"])
    }
    return PositionLine(
      session: try row.date("business_date"), position: position,
      seenAt: try row.instant("seen_at"), ledgerQuantity: try row["ledger"], price: price,
      depth: try depth(row), strategy: try row["strategy"],
      stopPrice: try row.moneyIfAny("stop_price"),
      targetPrice: try row.moneyIfAny("target_price"))
  }

  func brokerPosition(_ row: Row) throws -> BrokerPosition {
    BrokerPosition(
      key: try row.key(), symbol: try row["symbol"], product: try row["product"],
      buyQuantity: try row["buy_quantity"], buyAverage: try row.moneyIfAny("buy_average"),
      sellQuantity: try row["sell_quantity"], sellAverage: try row.moneyIfAny("sell_average"),
      netQuantity: try row["net_quantity"], averagePrice: try row.moneyIfAny("average_price"),
      bookedProfit: try row.moneyIfAny("booked_profit"),
      unrealisedProfit: try row.moneyIfAny("unrealised_profit"))
  }

  /// When the account's books were last seen, for gates and ages: nil if never.
  package func booksSeenAt(
    _ book: String, of account: String, on database: any Queryable
  ) async throws -> Instant? {
    try await database.run(askingWhenSeen(book, of: account), deadline: nil)
      .one.instantIfAny("at")
  }

  func askingWhenSeen(_ book: String, of account: String) -> Statement {
    Statement(
      """
      select (
        select taken_at
        from desk.snapshot
        where mode = $1 and account = $2 and $3 = any (books)
        order by business_date desc, id desc
        limit 1) as at
      """, mode.rawValue, account, book)
  }

  /// The time of the oldest among the latest prices of these instruments; nil if one has none.
  package func oldestPriceAt(
    of keys: [InstrumentKey], on database: any Queryable
  ) async throws -> Instant? {
    let prices = try await latestPrices(of: keys, on: database)
    guard prices.count == Set(keys).count else { return nil }
    return prices.values.map(\.at).min()
  }

  /// What the desk intends with a position. No sync touches it.
  package func plan(
    _ key: InstrumentKey, of account: String, strategy: String?, stopPrice: Money?,
    targetPrice: Money?, note: String = "", on database: any Queryable
  ) async throws {
    try await database.query(
      """
      insert into desk.position_plan
        (mode, account, exchange, scrip_code, strategy, stop_price, target_price, note)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict on constraint one_plan_per_instrument do update
      set strategy = excluded.strategy, stop_price = excluded.stop_price,
        target_price = excluded.target_price, note = excluded.note,
        changed_at = clock_timestamp()
      """, mode.rawValue, account, key.exchange, key.scripCode, strategy, stopPrice, targetPrice,
      note)
  }
}
