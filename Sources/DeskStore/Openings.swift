import Desk
import Postgres
import TradingTime

extension DeskDatabase {
  /// What `writing` puts down about an account's opening, and the note it is worth.
  enum Opening {
    case known
    case carried(from: CivilDate)
    case adopted
    case impossible

    init(_ facts: Row, _ snapshot: AccountSnapshot) throws {
      if try facts.decode("opened", as: Bool.self) {
        self = .known
      } else if let previous = try facts.dateIfAny("previous") {
        self = .carried(from: previous)
      } else {
        self = snapshot.positions == nil ? .impossible : .adopted
      }
    }
  }

  /// Writes down, once, with what an account went into a session: our own closing of the last
  /// session we know, or, on the very first day, the broker's word. Only then do the day's fills
  /// say what is held. Later fills of an earlier session do not change an opening; reconciliation shows
  /// them. A contract that has expired since is not carried: its settlement comes as no fill.
  func writing(_ opening: Opening, of snapshot: AccountSnapshot) -> [Statement] {
    switch opening {
    case .known, .impossible: []
    case .carried(let previous): carrying(snapshot, from: previous)
    case .adopted: adopting(snapshot.positions ?? [], of: snapshot)
    }
  }

  private func carrying(_ snapshot: AccountSnapshot, from previous: CivilDate) -> [Statement] {
    let day = Statement(
      """
      insert into desk.account_day (mode, account, business_date, source, carried_from)
      values ($1, $2, $3, 'carried', $4)
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Day(previous))
    // The last answer is what was left out.
    let openings = Statement(
      """
      with held as materialized (
        select exchange, scrip_code, max(symbol) as symbol, sum(quantity) as quantity, (
          select expires_on
          from desk.instrument as known
          where known.mode = $1 and known.exchange = moved.exchange
            and known.scrip_code = moved.scrip_code and known.expires_on < $3) as expired_on
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
          where fill.mode = $1 and fill.account = $2 and fill.business_date = $4) as moved
        group by exchange, scrip_code
        having sum(quantity) <> 0
      ), carried as (
        insert into desk.opening
          (mode, account, business_date, exchange, scrip_code, symbol, quantity)
        select $1, $2, $3, exchange, scrip_code, symbol, quantity
        from held
        where expired_on is null
      )
      select exchange, scrip_code, symbol, quantity::bigint as quantity, expired_on
      from held
      where expired_on is not null
      order by exchange, scrip_code
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session), Day(previous))
    return [day, openings]
  }

  /// The position book gives contracts and whatever shares it carries itself; the holdings give the
  /// rest of the shares, where the contract master knows them by their symbol.
  private func adopting(
    _ positions: [BrokerPosition], of snapshot: AccountSnapshot
  ) -> [Statement] {
    let carried = positions.filter { $0.netQuantity - $0.buyQuantity + $0.sellQuantity != 0 }
    let holdings = (snapshot.holdings ?? []).filter { $0.owned != 0 }
    let day = Statement(
      """
      insert into desk.account_day (mode, account, business_date, source)
      values ($1, $2, $3, 'adopted')
      """, mode.rawValue, snapshot.accountID, Day(snapshot.session))
    let openings = Statement(
      """
      with booked as (
        select exchange, scrip_code, max(symbol) as symbol, sum(quantity)::bigint as quantity,
          case when count(*) = 1 then max(price) end as price
        from unnest($4, $5, $6, $7, $8) as book (exchange, scrip_code, symbol, quantity, price)
        group by exchange, scrip_code
      ), deposited as (
        select known.exchange, known.scrip_code, known.symbol, share.quantity, share.price
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
      carried.map(\.averagePrice), holdings.texts(\.listing), holdings.texts(\.symbol),
      holdings.numbers(\.owned), holdings.map(\.averagePrice))
    return [day, openings]
  }
}
