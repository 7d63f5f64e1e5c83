package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// Writes a day's contract master; tens of thousands of rows go in batches of a few thousand.
  package func upsert(
    _ instruments: [Instrument], loadedOn: CivilDate, on database: any Queryable
  ) async throws {
    let latest = Dictionary(instruments.map { ($0.key, $0) }) { _, last in last }
      .sorted { $0.key < $1.key }.map(\.value)
    for start in stride(from: 0, to: latest.count, by: 5000) {
      try await write(
        latest[start..<min(start + 5000, latest.count)], loadedOn: loadedOn, on: database)
    }
  }

  private func write(
    _ rows: ArraySlice<Instrument>, loadedOn: CivilDate, on database: any Queryable
  ) async throws {
    try await database.query(
      """
      insert into desk.instrument
        (mode, exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size, expires_on,
         strike, option_right, loaded_on)
      select $1, exchange, scrip_code, symbol, name, kind, nullif(isin, ''), greatest(lot_size, 1),
        nullif(tick_size, '')::numeric, nullif(expires_on, '')::date, nullif(strike, '')::numeric,
        nullif(option_right, ''), $2
      from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        as book (exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size, expires_on,
          strike, option_right)
      on conflict on constraint one_instrument_per_exchange_number do update
      set symbol = excluded.symbol, name = excluded.name, kind = excluded.kind,
        isin = excluded.isin, lot_size = excluded.lot_size, tick_size = excluded.tick_size,
        expires_on = excluded.expires_on, strike = excluded.strike,
        option_right = excluded.option_right, loaded_on = excluded.loaded_on
      """, mode.rawValue, Day(loadedOn), rows.texts(\.key.exchange), rows.numbers(\.key.scripCode),
      rows.texts(\.symbol), rows.texts(\.name), rows.texts(\.kind.rawValue),
      rows.texts { $0.isin ?? "" }, rows.numbers(\.lotSize), rows.optionalTexts(\.tickSize),
      rows.optionalTexts(\.expiresOn), rows.optionalTexts(\.strike),
      rows.texts { $0.right?.rawValue ?? "" })
  }

  package func instruments(
    _ keys: [InstrumentKey], on database: any Queryable
  ) async throws -> [InstrumentKey: Instrument] {
    let rows = try await database.query(
      """
      select exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size, expires_on,
        strike, option_right
      from desk.instrument
      join unnest($2, $3) as wanted (exchange, scrip_code) using (exchange, scrip_code)
      where mode = $1
      """, mode.rawValue, keys.texts(\.exchange), keys.numbers(\.scripCode))
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in (try row.key(), try instrument(row)) })
  }

  /// The shares of that symbol on an exchange; more than one, or none, is for the caller to refuse.
  package func equities(
    named symbol: String, exchange: String, on database: any Queryable
  ) async throws -> [Instrument] {
    try await database.query(
      """
      select exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size, expires_on,
        strike, option_right
      from desk.instrument
      where mode = $1 and exchange = $2 and symbol = $3 and kind = 'equity'
      order by scrip_code
      """, mode.rawValue, exchange, symbol
    ).map(instrument)
  }

  /// The session whose contract master was loaded last.
  package func masterLoadedOn(
    exchange: String, on database: any Queryable
  ) async throws -> CivilDate? {
    try await database.query(
      """
      select max(loaded_on) as day
      from desk.instrument
      where mode = $1 and exchange = $2
      """, mode.rawValue, exchange
    ).one.dateIfAny("day")
  }

  private func instrument(_ row: Row) throws -> Instrument {
    Instrument(
      key: try row.key(), symbol: try row["symbol"], name: try row["name"],
      kind: try row.word("kind", InstrumentKind.init(rawValue:)), isin: try row["isin"],
      lotSize: try row["lot_size"], tickSize: try row.moneyIfAny("tick_size"),
      expiresOn: try row.dateIfAny("expires_on"), strike: try row.moneyIfAny("strike"),
      right: try row.decode("option_right", as: String?.self).flatMap(OptionRight.init(rawValue:)))
  }
}
