import Desk
import Postgres
import TradingTime

extension DeskDatabase {
  /// Writes down, once, with what an account went into a session: our own closing of the last
  /// session we know, or, on the very first day, the broker's word. Only then do the day's fills
  /// say what is held. Later fills of an earlier session do not change an opening; reconciliation shows
  /// them.
  func open(_ snapshot: AccountSnapshot, on database: any Queryable) async throws -> [String] {
    let row = try await database.query(
      """
      select
        exists (
          select from desk.account_day
          where mode = $1 and account = $2 and business_date = $3) as opened,
        (select max(business_date)
         from desk.account_day
         where mode = $1 and account = $2 and business_date < $3) as previous
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session)
    ).one
    guard try !row.decode("opened", as: Bool.self) else { return [] }
    if let previous = try row.dateIfAny("previous") {
      try await carry(snapshot, from: previous, on: database)
      return []
    }
    guard let positions = snapshot.positions else {
      return ["opening: not yet, because the first position book is missing"]
    }
    let count = try await adopt(positions, of: snapshot, on: database)
    return ["opening: \(count) instruments adopted from the broker, as this is the first day"]
  }

  private func carry(
    _ snapshot: AccountSnapshot, from previous: CivilDate, on database: any Queryable
  ) async throws {
    try await database.query(
      """
      insert into desk.account_day (mode, account, business_date, source, carried_from)
      values ($1, $2, $3, 'carried', $4)
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Day(previous))
    try await database.query(
      """
      insert into desk.opening
        (mode, account, business_date, exchange, scrip_code, symbol, quantity)
      select $1, $2, $3, exchange, scrip_code, max(symbol), sum(quantity)
      from (
        select exchange, scrip_code, symbol, quantity
        from desk.opening
        where mode = $1 and account = $2 and business_date = $4
        union all
        select fill.exchange, fill.scrip_code, coalesce(sent.symbol, ''), fill.quantity
        from desk.fill as fill
        left join desk.broker_order as sent
          on sent.mode = fill.mode and sent.account = fill.account
          and sent.business_date = fill.business_date and sent.exchange = fill.exchange
          and sent.order_id = fill.order_id
        where fill.mode = $1 and fill.account = $2 and fill.business_date = $4
      ) as held
      group by exchange, scrip_code
      having sum(quantity) <> 0
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Day(previous))
  }

  /// The position book gives contracts and whatever shares it carries itself; the holdings give the
  /// rest of the shares, where the contract master knows them by their symbol.
  private func adopt(
    _ positions: [BrokerPosition], of snapshot: AccountSnapshot, on database: any Queryable
  ) async throws -> Int {
    let carried = positions.filter { $0.netQuantity - $0.buyQuantity + $0.sellQuantity != 0 }
    let holdings = (snapshot.holdings ?? []).filter { $0.owned != 0 }
    try await database.query(
      """
      insert into desk.account_day (mode, account, business_date, source)
      values ($1, $2, $3, 'adopted')
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session))
    return try await database.query(
      """
      with booked as (
        select exchange, scrip_code, max(symbol) as symbol, sum(quantity)::bigint as quantity,
          case when count(*) = 1 then max(nullif(price, '')::numeric) end as price
        from unnest($4, $5, $6, $7, $8) as book (exchange, scrip_code, symbol, quantity, price)
        group by exchange, scrip_code
      ), deposited as (
        select known.exchange, known.scrip_code, known.symbol, share.quantity,
          nullif(share.price, '')::numeric as price
        from unnest($9, $10, $11, $12) as share (listing, symbol, quantity, price)
        join desk.instrument as known
          on known.mode = $1 and known.symbol = share.symbol and known.kind = 'equity'
          and known.vanished_on is null
          and known.exchange = case share.listing when 'NSE' then 'NC' when 'BSE' then 'BC' end
      )
      insert into desk.opening
        (mode, account, business_date, exchange, scrip_code, symbol, quantity, price)
      select $1, $2, $3, exchange, scrip_code, symbol, quantity,
        case when price > 0 then price end
      from (
        select exchange, scrip_code, symbol, quantity, price from booked
        union all
        select exchange, scrip_code, symbol, quantity, price
        from deposited
        where (exchange, scrip_code) not in (select exchange, scrip_code from booked)
      ) as held
      where quantity <> 0
      on conflict do nothing
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session),
      carried.texts(\.key.exchange), carried.numbers(\.key.scripCode), carried.texts(\.symbol),
      carried.numbers { $0.netQuantity - $0.buyQuantity + $0.sellQuantity },
      carried.optionalTexts(\.averagePrice), holdings.texts(\.listing), holdings.texts(\.symbol),
      holdings.numbers(\.owned), holdings.optionalTexts(\.averagePrice)
    ).affected
  }
}
