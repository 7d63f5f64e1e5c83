package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// Takes the newer price of each instrument, as the latest and as the mark of the session it was
  /// made in. An older one, come late, gives at most the session's previous close where that is not
  /// known; a missing one does not erase a known one.
  ///
  /// - Returns: for how many instruments something changed.
  @discardableResult
  package func upsert(_ prices: [Price], on database: any Queryable) async throws -> Int {
    let rows = Dictionary(prices.map { ($0.key, $0) }) { $0.at > $1.at ? $0 : $1 }
      .sorted { $0.key < $1.key }.map(\.value)
    // The broker's sessions end before the Indian midnight, so the day of a trade is its session.
    return try await database.query(
      """
      with book as (
        select exchange, scrip_code, last, previous_close, at, source
        from unnest($2, $3, $4, $5, $6, $7)
          as book (exchange, scrip_code, last, previous_close, at, source)
      ), marked as (
        insert into desk.daily_price
          (mode, exchange, scrip_code, business_date, last, previous_close, at, source)
        select $1, exchange, scrip_code, (at at time zone 'Asia/Kolkata')::date, last,
          previous_close, at, source
        from book
        on conflict on constraint one_mark_per_instrument_and_session do update
        set last = case when excluded.at >= daily_price.at
            then excluded.last else daily_price.last end,
          source = case when excluded.at >= daily_price.at
            then excluded.source else daily_price.source end,
          at = greatest(excluded.at, daily_price.at),
          previous_close = coalesce(excluded.previous_close, daily_price.previous_close)
        where excluded.at >= daily_price.at
          or daily_price.previous_close is null and excluded.previous_close is not null
      )
      insert into desk.price (mode, exchange, scrip_code, last, previous_close, at, source)
      select $1, exchange, scrip_code, last, previous_close, at, source
      from book
      on conflict on constraint one_latest_price_per_instrument do update
      set last = case when excluded.at >= price.at then excluded.last else price.last end,
        source = case when excluded.at >= price.at then excluded.source else price.source end,
        at = greatest(excluded.at, price.at), stored_at = clock_timestamp(),
        -- Yesterday's close of the day before is no close of today.
        previous_close = coalesce(excluded.previous_close,
          case when (excluded.at at time zone 'Asia/Kolkata')::date
              = (price.at at time zone 'Asia/Kolkata')::date
            then price.previous_close end)
      where excluded.at >= price.at
        or price.previous_close is null and excluded.previous_close is not null
          and (excluded.at at time zone 'Asia/Kolkata')::date
            = (price.at at time zone 'Asia/Kolkata')::date
      """, mode.rawValue, rows.texts(\.key.exchange), rows.numbers(\.key.scripCode),
      rows.amounts(\.last), rows.map(\.previousClose), rows.map { Timestamp($0.at) },
      rows.texts(\.source)
    ).affected
  }

  package func latestPrices(
    of keys: [InstrumentKey], on database: any Queryable
  ) async throws -> [InstrumentKey: Price] {
    let rows = try await database.query(
      """
      select exchange, scrip_code, last, previous_close, at, source
      from desk.price
      join unnest($2, $3) as wanted (exchange, scrip_code) using (exchange, scrip_code)
      where mode = $1
      """, mode.rawValue, keys.texts(\.exchange), keys.numbers(\.scripCode))
    return try prices(rows)
  }

  /// The marks of a session, with the close before it where only we know it.
  package func marks(
    of keys: [InstrumentKey], session: CivilDate, on database: any Queryable
  ) async throws -> [InstrumentKey: Price] {
    let rows = try await database.query(
      """
      select exchange, scrip_code, last, at, source,
        coalesce(previous_close, (
          select earlier.last
          from desk.daily_price as earlier
          where earlier.mode = mark.mode and earlier.exchange = mark.exchange
            and earlier.scrip_code = mark.scrip_code and earlier.business_date < $2
          order by earlier.business_date desc
          limit 1)) as previous_close
      from desk.daily_price as mark
      join unnest($3, $4) as wanted (exchange, scrip_code) using (exchange, scrip_code)
      where mode = $1 and business_date = $2
      """, mode.rawValue, Day(session), keys.texts(\.exchange), keys.numbers(\.scripCode))
    return try prices(rows)
  }

  private func prices(_ rows: Rows) throws -> [InstrumentKey: Price] {
    try rows.reduce(into: [:]) { known, row in
      let key = try row.key()
      known[key] = Price(
        key: key, last: try row.money("last"), previousClose: try row.moneyIfAny("previous_close"),
        at: try row.instant("at"), source: try row["source"])
    }
  }

  /// What needs a price: everything any enabled account holds or has traded in its last session,
  /// and whatever is named besides.
  package func instrumentsToPrice(on database: any Queryable) async throws -> [InstrumentKey] {
    try await database.query(
      """
      select distinct exchange, scrip_code
      from desk.position as position
      join desk.account as account on account.mode = position.mode and account.id = position.account
      where position.mode = $1 and account.enabled and position.closed_at is null
        and position.business_date = (
          select max(newest.business_date)
          from desk.position as newest
          where newest.mode = position.mode and newest.account = position.account)
      union
      select exchange, scrip_code
      from desk.opening as opening
      join desk.account as account on account.mode = opening.mode and account.id = opening.account
      where opening.mode = $1 and account.enabled
        and opening.business_date = (
          select max(newest.business_date)
          from desk.account_day as newest
          where newest.mode = opening.mode and newest.account = opening.account)
      order by exchange, scrip_code
      """, mode.rawValue
    ).map { try $0.key() }
  }
}
