package import Jobs
import Postgres
package import TradingTime

/// Operators' hands: each action and its record are one statement or one transaction.
extension JobStore {
  /// What a cancel met.
  package enum Cancelled: Sendable, Hashable {
    /// It had not started and never will.
    case ended
    /// Its runner has been told; the lock stays held until the unit is gone or the lease ends.
    case asked
    case alreadyEnded(RunState)
    case noSuchRun
  }

  /// One statement, so that a run acknowledged as cancelled cannot be claimed in between.
  ///
  /// What is written follows from `r.state`, never from `f.state`: if the row was claimed after the
  /// statement began, the server first tries the row as it was, and a lock's newer answer beside it
  /// would break the table's checks.
  package func cancel(run id: Int64, actor: String, reason: String?) async throws -> Cancelled {
    let rows = try await pool.query(
      """
      with found as materialized (
        select id, job, state from jobs.run where id = $1 for no key update
      ), cancelled as (
        update jobs.run r
           set state = case r.state when 'ready' then 'cancelled' else 'cancelling' end,
               finished_at = case r.state when 'ready' then clock_timestamp() end,
               reason = 'cancelled by ' || $2 || coalesce(': ' || $3, '')
          from found f
         where r.id = f.id and r.state in ('ready', 'running')
      ), noted as (
        insert into jobs.audit (actor, action, job, run_id, reason, before)
        select $2, 'cancel', job, id, $3, jsonb_build_object('state', state)
          from found where state in ('ready', 'running')
      ), hinted as (
        select pg_notify('muhurat', 'cancel') from found where state = 'running'
      )
      select state, (select count(*) from hinted) as hints from found
      """, id, actor, reason)
    guard let row = rows.first else { return .noSuchRun }
    let state: RunState = try row.word("state")
    switch state {
    case .ready: return .ended
    case .running, .cancelling: return .asked
    default: return .alreadyEnded(state)
    }
  }

  /// - Returns: false if there is no such job.
  package func pause(_ job: String, until: Instant, actor: String, reason: String) async throws
    -> Bool
  {
    try await pool.query(
      """
      with paused as (
        update jobs.job
           set paused_at = jobs.job_time(), paused_until = $2, paused_by = $3, paused_reason = $4
         where name = $1 and retired_at is null
        returning name, paused_until
      ), noted as (
        insert into jobs.audit (actor, action, job, reason, after)
        select $3, 'pause', name, $4, jsonb_build_object('until', paused_until) from paused
      ), hinted as (
        select pg_notify('muhurat', 'load') from paused
      )
      select count(*) as paused, (select count(*) from hinted) as hints from paused
      """, job, Timestamp(until), actor, reason
    ).one.decode("paused", as: Int64.self) == 1
  }

  /// Ends a pause. The slots of its time are decided `paused` first, by the caller, under the same
  /// job's clock.
  package func resume(_ job: String, actor: String, reason: String?) async throws -> Bool {
    try await pool.query(
      """
      with found as materialized (
        select name, paused_until, paused_by, paused_reason
          from jobs.job where name = $1 and paused_at is not null
           for no key update
      ), resumed as (
        update jobs.job j
           set paused_at = null, paused_until = null, paused_by = null, paused_reason = null
          from found f where j.name = f.name
      ), noted as (
        insert into jobs.audit (actor, action, job, reason, before)
        select $2, 'resume', name, $3,
               jsonb_build_object('until', paused_until, 'by', paused_by, 'reason', paused_reason)
          from found
      ), hinted as (
        select pg_notify('muhurat', 'load') from found
      )
      select count(*) as resumed, (select count(*) from hinted) as hints from found
      """, job, actor, reason
    ).one.decode("resumed", as: Int64.self) == 1
  }
}
