import Desk
import Postgres
import TradingTime

extension DeskDatabase {
  /// Everything an account's session is reckoned from: what our ledger moved or carried, and what
  /// the broker shows besides.
  func instrumentFacts(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [InstrumentFacts] {
    let ledger = try await ledgerBooks(of: account, on: session, database: database)
    let broker = try await brokerPositions(of: account, on: session, database)
    let positions = Dictionary(uniqueKeysWithValues: ledger.positions.map { ($0.key, $0) })
    let keys = Set(positions.keys).union(broker.keys).sorted()
    let known = try await instruments(keys, on: database)
    let marks = try await marks(of: keys, session: session, on: database)
    let earlier = Dictionary(
      grouping: try await fillsBefore(session, of: account, on: database), by: \.key)
    let today = Dictionary(grouping: ledger.fills, by: \.key)
    return keys.map { key in
      let instrument = known[key]
      let symbols = [instrument?.symbol, positions[key]?.symbol, broker[key]?.symbol]
      return InstrumentFacts(
        key: key, symbol: symbols.compactMap { $0 }.first { !$0.isEmpty } ?? key.description,
        kind: instrument?.kind ?? (key.isCash ? .equity : .other),
        lotSize: instrument?.lotSize ?? 1, opening: positions[key]?.opening ?? 0,
        earlier: earlier[key] ?? [], today: today[key] ?? [], price: marks[key],
        broker: broker[key])
    }
  }

  /// The ledger before the session, beginning with what was adopted on the account's first day as
  /// fills of that day at the broker's average cost. What was adopted without a cost is left out,
  /// and the reckoning then finds lots missing.
  private func fillsBefore(
    _ session: CivilDate, of account: String, on database: any Queryable
  ) async throws -> [Fill] {
    let adopted = try await database.query(
      """
      select opening.exchange, opening.scrip_code, opening.quantity, opening.price,
        opening.business_date
      from desk.opening as opening
      join desk.account_day using (mode, account, business_date)
      where mode = $1 and account = $2 and business_date <= $3 and source = 'adopted'
        and opening.price is not null
      """, mode.rawValue, account, Day(session)
    ).map { row in
      Fill(
        accountID: account, key: try row.key(), orderID: "adopted", tradeID: "adopted",
        quantity: try row["quantity"], price: try row.money("price"),
        tradedOn: try row.date("business_date"), tradedAt: Instant(microseconds: 0))
    }
    let since = adopted.first?.tradedOn ?? CivilDate(daysSinceEpoch: 0)
    return adopted
      + (try await fills(
        of: account, from: since, through: session.adding(days: -1), on: database))
  }

  /// The broker's rows of a session, products of one instrument taken together.
  private func brokerPositions(
    of account: String, on session: CivilDate, _ database: any Queryable
  ) async throws -> [InstrumentKey: BrokerPosition] {
    let rows = try await database.query(
      """
      select exchange, scrip_code, product, symbol, buy_quantity, buy_average, sell_quantity,
        sell_average, net_quantity, average_price, booked_profit, unrealised_profit
      from desk.position
      where mode = $1 and account = $2 and business_date = $3 and closed_at is null
      order by exchange, scrip_code, product
      """, mode.rawValue, account, Day(session))
    return Dictionary(try rows.map { row in (try row.key(), try brokerPosition(row)) }) {
      $0.joined(with: $1)
    }
  }
}
