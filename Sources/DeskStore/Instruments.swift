package import Desk
package import Postgres
import TradingTime

extension DeskDatabase {
  package func instruments(
    _ keys: [InstrumentKey], on database: any Queryable
  ) async throws -> [InstrumentKey: Instrument] {
    let rows = try await database.query(
      """
      select exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size, expires_on,
        strike, option_right, freeze_quantity
      from desk.instrument
      join unnest($2, $3) as wanted (exchange, scrip_code) using (exchange, scrip_code)
      where mode = $1
      """, mode.rawValue, keys.texts(\.exchange), keys.numbers(\.scripCode))
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in (try row.key(), try instrument(row)) })
  }

  /// The listed shares of that symbol on an exchange; more than one, or none, is for the caller to
  /// refuse.
  package func equities(
    named symbol: String, exchange: String, on database: any Queryable
  ) async throws -> [Instrument] {
    try await database.query(
      """
      select exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size, expires_on,
        strike, option_right, freeze_quantity
      from desk.instrument
      where mode = $1 and exchange = $2 and symbol = $3 and kind = 'equity'
        and vanished_on is null
      order by scrip_code
      """, mode.rawValue, exchange, symbol
    ).map(instrument)
  }

  private func instrument(_ row: Row) throws -> Instrument {
    Instrument(
      key: try row.key(), symbol: try row["symbol"], name: try row["name"],
      kind: try row.word("kind", InstrumentKind.init(rawValue:)), isin: try row["isin"],
      lotSize: try row["lot_size"], tickSize: try row.moneyIfAny("tick_size"),
      expiresOn: try row.dateIfAny("expires_on"), strike: try row.moneyIfAny("strike"),
      right: try row.decode("option_right", as: String?.self).flatMap(OptionRight.init(rawValue:)),
      freezeQuantity: try row["freeze_quantity"])
  }
}
