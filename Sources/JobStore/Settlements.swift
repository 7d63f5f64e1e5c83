package import Jobs
package import Postgres
import Threads
import TradingTime

/// The end of an attempt as it is to be written.
package struct SettledAttempt: Sendable {
  package var claim: Claim
  package var ending: Ending
  package var settlement: Settlement
  package var output: String?
  package var outputBytes: Int64?

  package init(
    claim: Claim, ending: Ending, settlement: Settlement, output: String? = nil,
    outputBytes: Int64? = nil
  ) {
    self.claim = claim
    self.ending = ending
    self.settlement = settlement
    self.output = output
    self.outputBytes = outputBytes
  }
}

extension JobStore {
  /// Writes how attempts ended and what follows, in one statement for any number of them.
  ///
  /// A run whose fence has moved on is left alone. A run that was cancelled after its settlement
  /// was computed never becomes `ready`, whatever the settlement says. Rows are taken in order, as
  /// by everybody who waits for more than one.
  ///
  /// - Parameter tx: the transaction in which it is to stand or fall; nil for one of its own.
  /// - Returns: the runs that were settled; the others are to be asked for with `wasSettled`.
  package func settle(
    _ attempts: [SettledAttempt], on tx: (any Queryable)? = nil
  ) async throws -> Set<Int64> {
    guard !attempts.isEmpty else { return [] }
    let results = attempts.filter { $0.ending.result != nil && !$0.claim.isDryRun }
    let rows = try await (tx ?? pool).query(
      """
      with mine as materialized (
        select id, fence, state, ready_at, charged, reason, outcome, error, error_class, output,
               output_bytes
          from unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::boolean[],
                      $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])
            as m(id, fence, state, ready_at, charged, reason, outcome, error, error_class, output,
                 output_bytes)
      ), ended as materialized (
        select m.id, m.fence, m.charged, m.reason, m.ready_at,
               case when r.state = 'cancelling' and m.state = 'ready' then 'cancelled'
                    else m.state end as state
          from mine m join jobs.run r on r.id = m.id and r.fence = m.fence
         where r.state in ('running', 'cancelling')
         order by r.id
           for no key update of r
      ), settled as (
        update jobs.run r
           set state = e.state, ready_at = coalesce(e.ready_at, r.ready_at), reason = e.reason,
               attempt = r.attempt - case when e.charged then 0 else 1 end,
               lease_ends_at = null, holder = null,
               started_at = case when e.state = 'ready' then null else r.started_at end,
               finished_at = case when e.state <> 'ready' then clock_timestamp() end
          from ended e
         where r.id = e.id
        returning r.id, r.lock, r.fence
      ), freed as (
        update jobs.lock l set run = null, holder = null
          from settled s where l.name = s.lock and l.fence = s.fence
      ), attempt as (
        update jobs.attempt a
           set outcome = m.outcome, error = m.error, error_class = m.error_class,
               finished_at = clock_timestamp(), output = m.output, output_bytes = m.output_bytes
          from mine m join settled s on s.id = m.id
         where a.run_id = m.id and a.fence = m.fence
      ), result as (
        insert into jobs.result (run_id, kind, verdict, figures, rows)
        select n.id, n.kind, n.verdict, n.figures, n.rows
          from unnest($12::bigint[], $13::text[], $14::text[], $15::jsonb[], $16::jsonb[])
            as n(id, kind, verdict, figures, rows) join settled s on s.id = n.id
            on conflict (run_id) do update
           set kind = excluded.kind, verdict = excluded.verdict, figures = excluded.figures,
               rows = excluded.rows
      )
      select id from settled
      """,
      attempts.map(\.claim.run), attempts.map(\.claim.fence),
      attempts.map(\.settlement.state.rawValue),
      attempts.map { $0.settlement.readyAt.map(Timestamp.init) },
      attempts.map(\.settlement.chargesAttempt), attempts.map(\.settlement.reason),
      attempts.map(\.ending.outcome.rawValue), attempts.map(\.ending.error),
      attempts.map(\.ending.errorClass), attempts.map(\.output), attempts.map(\.outputBytes),
      results.map(\.claim.run), results.compactMap { $0.ending.result?.kind },
      results.compactMap { $0.ending.result?.verdict.rawValue },
      try results.map { try JSONText(encoding: $0.ending.result?.figures ?? [:]) },
      try results.map { try JSONText(encoding: $0.ending.result?.rows ?? []) },
      deadline: .after(.seconds(10)))
    return Set(try rows.map { try $0.decode("id") })
  }

  /// Whether an attempt that a settlement did not find is settled all the same: then our own reply
  /// was lost.
  package func wasSettled(_ claim: Claim) async throws -> Bool {
    try await pool.query(
      """
      select coalesce(outcome <> 'abandoned', false) as settled
        from jobs.attempt where run_id = $1 and fence = $2
      """, claim.run, claim.fence
    ).first.map { try $0.decode("settled") } ?? false
  }
}
