package import Desk
package import Postgres
package import TradingTime

/// What an account's newest position book adds up to. A sum is nil if one of its parts is: a missing
/// price is not 0.
package struct PositionSums: Hashable, Sendable {
  package let account: Account
  /// Nil: no positions are on record.
  package let session: CivilDate?
  package let open: Int
  package let marketValue: Money?
  package let unrealised: Money?
  /// Of what the oldest price among the open positions is.
  package let oldestPriceAt: Instant?
  /// How many open positions have no price.
  package let unpriced: Int
  /// Of how many instruments the book should say something else by our ledger.
  package let unconfirmed: Int
  /// When the broker showed this book.
  package let seenAt: Instant?
}

extension DeskDatabase {
  /// Of one account, or of all that are enabled. The server adds up, for all accounts in one
  /// statement: the status page wants this every few seconds, also while they are being synced.
  ///
  /// The broker has quantities by instrument and product, the ledger by instrument; and what of
  /// shares stands in the holdings may be missing from the book (see `LedgerPosition.expected`).
  package func positionSums(
    of account: String? = nil, on database: any Queryable
  ) async throws -> [PositionSums] {
    try await database.query(
      """
      select account.id, account.customer_id, account.name, account.enabled,
        case when book.lines > 0 then seen.business_date end as session, book.open,
        case when book.unpriced = 0 then book.market_value end as market_value,
        case when book.unvalued = 0 then book.unrealised end as unrealised, book.unpriced,
        book.oldest_price_at,
        ledger.unconfirmed, seen.taken_at
      from desk.account as account
      left join lateral (
        select business_date, taken_at
        from desk.snapshot as snapshot
        where snapshot.mode = account.mode and snapshot.account = account.id
          and 'positions' = any (books)
        order by business_date desc, id desc
        limit 1) as seen on true
      cross join lateral (
        select count(*) as lines, count(*) filter (where net_quantity <> 0) as open,
          count(*) filter (where net_quantity <> 0 and last is null) as unpriced,
          count(*) filter (where net_quantity <> 0 and (last is null or average_price is null))
            as unvalued,
          min(price.at) filter (where net_quantity <> 0) as oldest_price_at,
          coalesce(sum(last * net_quantity), 0) as market_value,
          coalesce(sum((last - average_price) * net_quantity), 0) as unrealised
        from desk.position as position
        left join desk.price as price using (mode, exchange, scrip_code)
        where mode = account.mode and position.account = account.id
          and business_date = seen.business_date and closed_at is null) as book
      cross join lateral (
        select count(*) as unconfirmed
        from (
          select
          from (
            select exchange, scrip_code, net_quantity as shown,
              net_quantity - buy_quantity + sell_quantity as carried, 0 as opening, 0 as filled,
              true as is_shown
            from desk.position as position
            where position.mode = account.mode and position.account = account.id
              and business_date = seen.business_date and closed_at is null
            union all
            select exchange, scrip_code, 0, 0, quantity, 0, false
            from desk.opening as opening
            where opening.mode = account.mode and opening.account = account.id
              and business_date = seen.business_date
            union all
            select exchange, scrip_code, 0, 0, 0, quantity, false
            from desk.fill as fill
            where fill.mode = account.mode and fill.account = account.id
              and business_date = seen.business_date) as moved
          group by exchange, scrip_code
          having bool_or(is_shown) and sum(shown) <> sum(filled)
            + case when exchange = any ($3) and sum(carried) = 0 then 0 else sum(opening) end
          ) as instrument
        where exists (
          select from desk.account_day as opened
          where opened.mode = account.mode and opened.account = account.id
            and opened.business_date = seen.business_date)) as ledger
      where account.mode = $1 and case when $2::text is null then enabled else id = $2 end
      order by account.id
      """, mode.rawValue, account, InstrumentKey.cashExchanges
    ).map(positionSums)
  }

  private func positionSums(_ row: Row) throws -> PositionSums {
    func count(_ column: String) throws -> Int { Int(try row.decode(column, as: Int64.self)) }
    return PositionSums(
      account: try account(row), session: try row.dateIfAny("session"), open: try count("open"),
      marketValue: try row.moneyIfAny("market_value"),
      unrealised: try row.moneyIfAny("unrealised"),
      oldestPriceAt: try row.instantIfAny("oldest_price_at"), unpriced: try count("unpriced"),
      unconfirmed: try count("unconfirmed"), seenAt: try row.instantIfAny("taken_at"))
  }
}
