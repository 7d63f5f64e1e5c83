package import Jobs
import Postgres
package import TradingTime

/// Operators' hands: each action and its record are one statement or one transaction. The record is
/// what is written last in it, because whoever writes it holds its chain until the commit.
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
        returning r.id, r.state
      ), noted as (
        insert into jobs.audit (actor, action, job, run_id, reason, before, after)
        select $2, 'cancel', f.job, f.id, $3, jsonb_build_object('state', f.state),
               jsonb_build_object('state', c.state)
          from cancelled c join found f on f.id = c.id
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

  /// One pause that replaces another goes on from its beginning, so that `resume` finds the slots of
  /// both. What the old one has covered is decided first, by the caller, under the old one's reason.
  ///
  /// - Returns: false if there is no such job.
  package func pause(_ job: String, until: Instant, actor: String, reason: String) async throws
    -> Bool
  {
    try await pool.query(
      """
      with found as materialized (
        select name, paused_at, paused_until, paused_by, paused_reason
          from jobs.job where name = $1 and retired_at is null
           for no key update
      ), paused as (
        update jobs.job j
           set paused_at = case when f.paused_until > jobs.job_time() then f.paused_at
                                else jobs.job_time() end,
               paused_until = $2, paused_by = $3, paused_reason = $4
          from found f where j.name = f.name
        returning j.name, j.paused_at, j.paused_until
      ), noted as (
        insert into jobs.audit (actor, action, job, reason, before, after)
        select $3, 'pause', p.name, $4,
               case when f.paused_at is not null then jsonb_build_object(
                 'since', f.paused_at, 'until', f.paused_until, 'by', f.paused_by,
                 'reason', f.paused_reason) end,
               jsonb_build_object('since', p.paused_at, 'until', p.paused_until)
          from paused p join found f on f.name = p.name
      ), hinted as (
        select pg_notify('muhurat', 'load') from paused
      )
      select count(*) as paused, (select count(*) from hinted) as hints from paused
      """, job, Timestamp(until), actor, reason
    ).one.decode("paused", as: Int64.self) == 1
  }

  /// What an acknowledgement met.
  package enum Acknowledged: Sendable, Hashable {
    case done
    case alreadyBy(String)
    case notUnknown(RunState)
    case noSuchRun
  }

  /// A person has looked at what an unknown run did. Its state stays: what happened is still not
  /// known to us, but it no longer waits for anybody.
  package func acknowledge(run id: Int64, actor: String, reason: String) async throws
    -> Acknowledged
  {
    let rows = try await pool.query(
      """
      with found as materialized (
        select id, job, state, acknowledged_by from jobs.run where id = $1 for no key update
      ), acknowledged as (
        update jobs.run r
           set acknowledged_at = clock_timestamp(), acknowledged_by = $2, acknowledged_reason = $3
          from found f
         where r.id = f.id and r.state = 'unknown' and r.acknowledged_at is null
        returning r.id, r.job
      ), noted as (
        insert into jobs.audit (actor, action, job, run_id, reason, before, after)
        select $2, 'acknowledge', job, id, $3,
               jsonb_build_object('state', 'unknown', 'acknowledged', false),
               jsonb_build_object('state', 'unknown', 'acknowledged', true)
          from acknowledged
      )
      select f.state, f.acknowledged_by, (select count(*) from acknowledged) as done from found f
      """, id, actor, reason)
    guard let row = rows.first else { return .noSuchRun }
    if try row.decode("done", as: Int64.self) == 1 { return .done }
    if let by = try row.decode("acknowledged_by", as: String?.self) { return .alreadyBy(by) }
    return .notUnknown(try row.word("state"))
  }
}
