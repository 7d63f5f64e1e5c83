package import Jobs
import Postgres
import Threads
package import TradingTime

/// Keeping claims alive, marking starts, handing back: each write shows run and fence.
extension JobStore {
  package enum LeaseState: Sendable, Hashable {
    case kept
    /// An operator or a newer slot wants it ended; the lease is kept while it is being stopped.
    case cancelling(reason: String?)
    /// Still ours but not renewed: somebody has the row in hand. To be asked again soon.
    case missed
  }

  /// Renews the leases of these claims in one statement and says which are still ours.
  ///
  /// By run and fence, never by holder: renewing by holder would keep alive a run that nobody knows
  /// he holds. `skip locked`, because one row in an operator's open transaction must not cost all
  /// the others their leases, and because a statement that waits for nobody cannot deadlock with a
  /// settlement of the same runs.
  ///
  /// - Parameter extra: for each claim, what its lease gets beyond the usual.
  package func renew(
    _ claims: [Claim], extra: [Duration]? = nil
  ) async throws -> [Int64: LeaseState] {
    guard !claims.isEmpty else { return [:] }
    let leases = extra?.map { Self.lease + $0 } ?? claims.map { _ in Self.lease }
    let rows = try await pool.query(
      """
      with mine as (
        select id, fence, lease
          from unnest($1::bigint[], $2::bigint[], $3::interval[]) as m(id, fence, lease)
      ), free as materialized (
        select r.id, mine.lease
          from jobs.run r join mine on mine.id = r.id and mine.fence = r.fence
         where r.state in ('running', 'cancelling')
           for no key update of r skip locked
      ), renewed as (
        update jobs.run r set lease_ends_at = clock_timestamp() + free.lease
          from free where r.id = free.id
        returning r.id, r.state, r.reason
      )
      select r.id, n.id is not null as renewed, coalesce(n.state, r.state) as state, n.reason
        from mine join jobs.run r on r.id = mine.id and r.fence = mine.fence
        left join renewed n on n.id = r.id
       where r.state in ('running', 'cancelling')
      """, claims.map(\.run), claims.map(\.fence), leases, deadline: .after(.seconds(2)))
    return Dictionary(uniqueKeysWithValues: try rows.map { (try $0["id"], try leaseState($0)) })
  }

  private func leaseState(_ row: Row) throws -> LeaseState {
    guard try row.decode("renewed", as: Bool.self) else { return .missed }
    let isCancelling = try row.decode("state", as: String.self) == "cancelling"
    return isCancelling ? .cancelling(reason: try row["reason"]) : .kept
  }

  /// The fenced start mark of a run that is not safe to repeat: committed before its unit begins.
  ///
  /// - Returns: false if the run is no longer ours to start, or was cancelled meanwhile.
  package func markStarted(_ claim: Claim) async throws -> Bool {
    try await pool.query(
      """
      with started as (
        update jobs.run set started_at = clock_timestamp()
         where id = $1 and fence = $2 and state = 'running'
        returning id, fence, started_at
      )
      update jobs.attempt a set started_at = s.started_at from started s
       where a.run_id = s.id and a.fence = s.fence
      """, claim.run, claim.fence, deadline: .after(.seconds(2))
    ).affected == 1
  }

  /// Gives a run back that was claimed and has not started: a condition is closed, or we are
  /// leaving.
  ///
  /// It was never tried, so its attempt leaves no row and its number comes back. One that was
  /// cancelled meanwhile ends here, and so does a dry run, which nobody else may take up.
  ///
  /// - Returns: false if the run is no longer ours.
  @discardableResult
  package func handBack(
    _ claim: Claim, until readyAt: Instant, waitingFor: String?
  ) async throws -> Bool {
    try await pool.query(
      """
      with handed as (
        update jobs.run
           set state = case when state = 'cancelling' or dry_run then 'cancelled' else 'ready' end,
               finished_at = case when state = 'cancelling' or dry_run then clock_timestamp() end,
               reason = case when dry_run and state <> 'cancelling'
                 then 'dry run: ' || coalesce($4, 'told to stop before it began') else reason end,
               waiting_for = case when not dry_run then $4 end,
               ready_at = $3, attempt = attempt - 1,
               started_at = null, lease_ends_at = null, holder = null
         where id = $1 and fence = $2 and state in ('running', 'cancelling')
        returning id, lock, fence
      ), untried as (
        delete from jobs.attempt a using handed h where a.run_id = h.id and a.fence = h.fence
      )
      update jobs.lock l set run = null, holder = null
        from handed h where l.name = h.lock and l.fence = h.fence
      """, claim.run, claim.fence, Timestamp(readyAt), waitingFor, deadline: .after(.seconds(5))
    ).affected == 1
  }

  /// Ends a claimed run that must not start any more: it expired, or what it waited for stayed
  /// closed. One that was cancelled meanwhile ends `cancelled`, as was promised.
  ///
  /// - Returns: false if the run is no longer ours.
  @discardableResult
  package func endUnstarted(
    _ claim: Claim, as state: RunState, because reason: String
  ) async throws -> Bool {
    try await pool.query(
      """
      with ended as (
        update jobs.run
           set state = case state when 'cancelling' then 'cancelled' else $3 end,
               reason = case state when 'cancelling' then reason else $4 end,
               finished_at = clock_timestamp(), attempt = attempt - 1,
               started_at = null, lease_ends_at = null, holder = null
         where id = $1 and fence = $2 and state in ('running', 'cancelling')
        returning id, lock, fence
      ), untried as (
        delete from jobs.attempt a using ended e where a.run_id = e.id and a.fence = e.fence
      )
      update jobs.lock l set run = null, holder = null
        from ended e where l.name = e.lock and l.fence = e.fence
      """, claim.run, claim.fence, state.rawValue, reason, deadline: .after(.seconds(5))
    ).affected == 1
  }
}
