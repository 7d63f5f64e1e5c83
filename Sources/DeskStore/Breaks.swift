package import Desk
package import Postgres
package import TradingTime

extension DeskDatabase {
  /// A re-run of an older session opens nothing that a newer one closed.
  ///
  /// - Returns: those that were not open before.
  func upsert(
    _ breaks: [Discrepancy], run: Int64, session: CivilDate, on database: any Queryable
  ) async throws -> [DiscrepancyIdentity] {
    var opened: [DiscrepancyIdentity] = []
    for found in breaks {
      let event: String = try await database.query(
        """
        with known as (
          select state, closed_on, type, severity, ours, theirs, difference
          from desk.discrepancy
          where mode = $1 and account = $2 and layer = $3 and key = $4
        ), written as (
          insert into desk.discrepancy as kept
            (mode, account, layer, key, type, severity, state, symbol, exchange, scrip_code, ours,
             theirs, difference, money_at_risk, first_seen_on, last_seen_on, first_run, last_run)
          values ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $12, $13, $14,
            $14, $15, $15)
          on conflict on constraint one_break_per_account_layer_and_key do update
          set type = excluded.type, severity = excluded.severity, state = 'open',
            symbol = excluded.symbol, exchange = excluded.exchange,
            scrip_code = excluded.scrip_code, ours = excluded.ours, theirs = excluded.theirs,
            difference = excluded.difference, money_at_risk = excluded.money_at_risk,
            first_seen_on = case kept.state
              when 'open' then least(kept.first_seen_on, excluded.first_seen_on)
              else excluded.first_seen_on end,
            last_seen_on = greatest(kept.last_seen_on, excluded.last_seen_on), closed_on = null,
            reopened = kept.reopened + case kept.state when 'open' then 0 else 1 end,
            last_run = excluded.last_run
          where kept.state = 'open' or kept.closed_on <= $14
        )
        select case
          when exists (select from known where state = 'closed' and closed_on > $14) then 'same'
          when not exists (select from known) then 'opened'
          when (select state from known) = 'closed' then 'reopened'
          when (select (type, severity, ours, theirs, difference) from known)
            is distinct from ($5::text, $6::text, $10::text, $11::text, $12::text) then 'changed'
          else 'same' end as event
        """, mode.rawValue, found.identity.accountID, found.identity.layer.rawValue,
        found.identity.key, found.type.rawValue, found.severity.word, found.symbol,
        found.instrument?.exchange, found.instrument?.scripCode, found.ours, found.theirs,
        found.difference, found.moneyAtRisk, Day(session), run
      ).one["event"]
      guard event != "same" else { continue }
      if event != "changed" { opened.append(found.identity) }
      try await journal(event, found.identity, run: run, session: session, on: database)
    }
    return opened
  }

  /// A re-run of an older session closes nothing that a newer one saw.
  func closeWhatMatches(
    _ result: ReconciliationResult, run: Int64, session: CivilDate, on database: any Queryable
  ) async throws -> [DiscrepancyIdentity] {
    let open = try await openBreaks(of: result.accountID, asOf: session, on: database)
    let gone = open.filter {
      $0.lastSeenOn <= session && result.confirmsGone($0.identity)
        || result.isPast($0.identity, $0.type, lastSeenOn: $0.lastSeenOn, comparing: session)
    }
    for known in gone {
      try await database.query(
        """
        update desk.discrepancy
        set state = 'closed', closed_on = $5, last_run = $6
        where mode = $1 and account = $2 and layer = $3 and key = $4 and state = 'open'
        """, mode.rawValue, known.identity.accountID, known.identity.layer.rawValue,
        known.identity.key, Day(session), run)
      try await journal("closed", known.identity, run: run, session: session, on: database)
    }
    return gone.map(\.identity)
  }

  private func journal(
    _ event: String, _ identity: DiscrepancyIdentity, run: Int64, session: CivilDate,
    on database: any Queryable
  ) async throws {
    try await database.query(
      """
      insert into desk.discrepancy_event
        (mode, account, layer, key, recon_run, event, type, severity, ours, theirs, difference,
         money_at_risk, business_date)
      select mode, account, layer, key, $5, $6, type, severity, ours, theirs, difference,
        money_at_risk, $7
      from desk.discrepancy
      where mode = $1 and account = $2 and layer = $3 and key = $4
      """, mode.rawValue, identity.accountID, identity.layer.rawValue, identity.key, run, event,
      Day(session))
  }

  /// Open breaks, worst first, with their age in sessions: how many later sessions of the account
  /// were reconciled without closing it.
  ///
  /// - Parameter account: nil for everyone's.
  package func openBreaks(
    of account: String? = nil, asOf session: CivilDate, on database: any Queryable
  ) async throws -> [OpenBreak] {
    try await database.query(
      """
      select account, layer, key, type, severity, symbol, ours, theirs, difference, money_at_risk,
        first_seen_on, last_seen_on, (
          select count(distinct run.business_date)::integer
          from desk.recon_run as run
          where run.mode = found.mode and run.account = found.account
            and run.business_date > found.first_seen_on and run.business_date <= $3) as age
      from desk.discrepancy as found
      where mode = $1 and ($2::text is null or account = $2) and state = 'open'
        and first_seen_on <= $3
      """, mode.rawValue, account, Day(session)
    ).map { row in
      let age = try row.whole("age")
      return OpenBreak(
        identity: DiscrepancyIdentity(
          accountID: try row["account"],
          layer: try row.word("layer", ReconciliationLayer.init(rawValue:)), key: try row["key"]),
        type: try row.word("type", DiscrepancyType.init(rawValue:)),
        severity: try row.word("severity", Severity.init(word:)).raised(ageInSessions: age),
        symbol: try row["symbol"], ours: try row["ours"], theirs: try row["theirs"],
        difference: try row["difference"], moneyAtRisk: try row.moneyIfAny("money_at_risk"),
        firstSeenOn: try row.date("first_seen_on"), lastSeenOn: try row.date("last_seen_on"),
        ageInSessions: age)
    }.sorted(by: OpenBreak.worstFirst)
  }
}
