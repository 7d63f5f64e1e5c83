package import Desk
package import Postgres
import Threads
package import TradingTime

/// What taking a list of contracts over did.
package struct MasterLoad: Hashable, Sendable {
  package let contracts: Int
  package let added: Int
  package let changed: Int
  package let vanished: Int
}

extension DeskDatabase {
  /// The session whose contract master was loaded last.
  package func masterLoadedOn(
    exchange: String, on database: any Queryable
  ) async throws -> CivilDate? {
    try await database.query(
      """
      select max(loaded_on) as day
      from desk.master_load
      where mode = $1 and exchange = $2
      """, mode.rawValue, exchange
    ).one.dateIfAny("day")
  }

  /// How many contracts of an exchange were listed when its master was last loaded.
  package func listedContracts(
    of exchange: String, on database: any Queryable
  ) async throws -> Int64 {
    try await database.query(
      """
      select count(*) as listed
      from desk.instrument
      where mode = $1 and exchange = $2 and vanished_on is null
      """, mode.rawValue, exchange
    ).one["listed"]
  }

  /// Takes an exchange's list over whole: what is new or reads otherwise gets a revision, what the
  /// list does not hold any more is marked and never deleted, the rest is not touched.
  ///
  /// Must be given a transaction: the list goes through a table that lives as long as it does.
  package func takeOver(
    _ instruments: [Instrument], exchange: String, session: CivilDate, on tx: any Queryable
  ) async throws -> MasterLoad {
    let limit = Deadline.after(.seconds(120))
    // One after the other: two accounts that sync at once both find the list missing, and the second
    // is to find the first one's.
    try await tx.query(
      "select pg_advisory_xact_lock(hashtext('desk.master_load'), hashtext($1))", exchange,
      deadline: limit)
    try await stage(instruments, by: limit, on: tx)
    // The server's figures of a table that has just been filled say that it is empty, and then each
    // contract would be compared with each: 40,000 of them take minutes instead of a second.
    try await tx.query("set local enable_nestloop = off")
    let row = try await tx.query(
      """
      with old as (
        select * from desk.instrument where mode = $1 and exchange = $2
      ), differing as materialized (
        select new.*, old.scrip_code is null as is_new
        from staged_contract as new
        left join old using (scrip_code)
        where old.scrip_code is null or old.vanished_on is not null
          or (old.symbol, old.name, old.kind, old.isin, old.lot_size, old.tick_size,
              old.freeze_quantity, old.expires_on, old.strike, old.option_right)
            is distinct from
             (new.symbol, new.name, new.kind, new.isin, new.lot_size, new.tick_size,
              new.freeze_quantity, new.expires_on, new.strike, new.option_right)
      ), gone as (
        update desk.instrument as old
        set vanished_on = $3
        where mode = $1 and exchange = $2 and vanished_on is null
          and not exists (select from staged_contract where scrip_code = old.scrip_code)
        returning *
      ), revised as (
        insert into desk.contract_revision as revision
          (mode, exchange, scrip_code, valid_from, symbol, name, kind, isin, lot_size, tick_size,
           freeze_quantity, expires_on, strike, option_right, is_listed)
        select $1, $2, scrip_code, $3, symbol, name, kind, isin, lot_size, tick_size,
          freeze_quantity, expires_on, strike, option_right, true
        from differing
        union all
        select $1, $2, scrip_code, $3, symbol, name, kind, isin, lot_size, tick_size,
          freeze_quantity, expires_on, strike, option_right, false
        from gone
        on conflict on constraint one_revision_per_contract_and_session do update
        set symbol = excluded.symbol, name = excluded.name, kind = excluded.kind,
          isin = excluded.isin, lot_size = excluded.lot_size, tick_size = excluded.tick_size,
          freeze_quantity = excluded.freeze_quantity, expires_on = excluded.expires_on,
          strike = excluded.strike, option_right = excluded.option_right,
          is_listed = excluded.is_listed
      ), written as (
        insert into desk.instrument
          (mode, exchange, scrip_code, symbol, name, kind, isin, lot_size, tick_size,
           freeze_quantity, expires_on, strike, option_right, loaded_on)
        select $1, $2, scrip_code, symbol, name, kind, isin, lot_size, tick_size,
          freeze_quantity, expires_on, strike, option_right, $3
        from differing
        on conflict on constraint one_instrument_per_exchange_number do update
        set symbol = excluded.symbol, name = excluded.name, kind = excluded.kind,
          isin = excluded.isin, lot_size = excluded.lot_size, tick_size = excluded.tick_size,
          freeze_quantity = excluded.freeze_quantity, expires_on = excluded.expires_on,
          strike = excluded.strike, option_right = excluded.option_right,
          loaded_on = excluded.loaded_on, vanished_on = null
      ), counted as (
        select (select count(*) from staged_contract)::integer as contracts,
          (select count(*) from differing where is_new)::integer as added,
          (select count(*) from differing where not is_new)::integer as changed,
          (select count(*) from gone)::integer as vanished
      )
      insert into desk.master_load as load
        (mode, exchange, loaded_on, contracts, added, changed, vanished)
      select $1, $2, $3, contracts, added, changed, vanished
      from counted
      on conflict on constraint one_master_per_exchange_and_session do update
      set contracts = excluded.contracts, added = load.added + excluded.added,
        changed = load.changed + excluded.changed, vanished = load.vanished + excluded.vanished,
        loaded_at = clock_timestamp()
      returning (select contracts from counted) as contracts, (select added from counted) as added,
        (select changed from counted) as changed, (select vanished from counted) as vanished
      """, mode.rawValue, exchange, Day(session), deadline: limit
    ).one
    try await tx.query("set local enable_nestloop = on")
    return MasterLoad(
      contracts: try row.whole("contracts"), added: try row.whole("added"),
      changed: try row.whole("changed"), vanished: try row.whole("vanished"))
  }

  private func stage(
    _ instruments: [Instrument], by limit: Deadline, on tx: any Queryable
  ) async throws {
    try await tx.query(
      """
      create temporary table staged_contract (
        scrip_code bigint not null, symbol text not null, name text not null, kind text not null,
        isin text, lot_size bigint not null, tick_size numeric, freeze_quantity bigint,
        expires_on date, strike numeric, option_right text
      ) on commit drop
      """)
    try await tx.copyIn(
      """
      copy staged_contract (scrip_code, symbol, name, kind, isin, lot_size, tick_size,
        freeze_quantity, expires_on, strike, option_right)
      from stdin (format binary)
      """, instruments.lazy.map(Self.fields), deadline: limit)
  }

  private static func fields(_ instrument: Instrument) -> [any PostgresEncodable] {
    [
      instrument.key.scripCode, instrument.symbol, instrument.name, instrument.kind.rawValue,
      instrument.isin, max(instrument.lotSize, 1), instrument.tickSize, instrument.freezeQuantity,
      instrument.expiresOn.map { Day($0) }, instrument.strike, instrument.right?.rawValue,
    ]
  }
}
