package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// A bar that is still growing comes again with other figures, so the last answer counts.
  package func upsert(
    _ candles: [Candle], of key: InstrumentKey, interval: String, on database: any Queryable
  ) async throws {
    let rows = Dictionary(candles.map { ($0.endedAt, $0) }) { _, last in last }
      .sorted { $0.key < $1.key }.map(\.value)
    try await database.query(
      """
      insert into desk.candle
        (mode, exchange, scrip_code, interval, ended_at, traded_on, open, high, low, close, volume)
      select $1, $2, $3, $4, ended_at, traded_on::date, open, high, low, close, volume
      from unnest($5, $6, $7, $8, $9, $10, $11)
        as bar (ended_at, traded_on, open, high, low, close, volume)
      where low > 0
      on conflict on constraint one_candle_per_bar do update
      set traded_on = excluded.traded_on, open = excluded.open, high = excluded.high,
        low = excluded.low, close = excluded.close, volume = excluded.volume
      """, mode.rawValue, key.exchange, key.scripCode, interval,
      rows.map { Timestamp($0.endedAt) }, rows.texts(\.tradedOn.description), rows.amounts(\.open),
      rows.amounts(\.high), rows.amounts(\.low), rows.amounts(\.close), rows.numbers(\.volume))
  }

  /// When the newest bar on record of each instrument ended.
  package func lastCandleEnds(
    of keys: [InstrumentKey], interval: String, on database: any Queryable
  ) async throws -> [InstrumentKey: Instant] {
    let rows = try await database.query(
      """
      select wanted.exchange, wanted.scrip_code, newest.ended_at
      from unnest($3, $4) as wanted (exchange, scrip_code)
      cross join lateral (
        select ended_at
        from desk.candle
        where mode = $1 and exchange = wanted.exchange and scrip_code = wanted.scrip_code
          and interval = $2
        order by ended_at desc
        limit 1) as newest
      """, mode.rawValue, interval, keys.texts(\.exchange), keys.numbers(\.scripCode))
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try $0.key(), try $0.instant("ended_at")) })
  }

  /// Closes of the last `count` bars that had ended by then, oldest first, and the newest one's end.
  package func recentCloses(
    of key: InstrumentKey, interval: String, endedBy: Instant, count: Int,
    on database: any Queryable
  ) async throws -> (closes: [Money], endedAt: Instant?) {
    let rows = try await database.query(
      """
      select close, ended_at
      from desk.candle
      where mode = $1 and exchange = $2 and scrip_code = $3 and interval = $4 and ended_at <= $5
      order by ended_at desc
      limit $6
      """, mode.rawValue, key.exchange, key.scripCode, interval, Timestamp(endedBy), Int64(count))
    return (
      try rows.map { try $0.money("close") }.reversed(),
      try rows.first.map { try $0.instant("ended_at") }
    )
  }
}
