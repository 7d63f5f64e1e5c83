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
  }

  /// Renews the leases of these claims in one statement and says which are still ours.
  ///
  /// By run and fence, never by holder: renewing by holder would keep alive a run that nobody knows he holds.
  package func renew(_ claims: [Claim]) async throws -> [Int64: LeaseState] {
    guard !claims.isEmpty else { return [:] }
    let rows = try await pool.query(
      """
      update jobs.run r set lease_ends_at = clock_timestamp() + $3::interval
        from unnest($1::bigint[], $2::bigint[]) as mine(id, fence)
       where r.id = mine.id and r.fence = mine.fence and r.state in ('running', 'cancelling')
      returning r.id, r.state, r.reason
      """, claims.map(\.run), claims.map(\.fence), Self.lease,
      deadline: .after(.seconds(2)))
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        let isCancelling = try row.decode("state", as: String.self) == "cancelling"
        return (
          try row.decode("id"), isCancelling ? .cancelling(reason: try row["reason"]) : .kept
        )
      })
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
      """, claim.run, claim.fence
    ).affected == 1
  }

  /// Gives a run back that was claimed and may not start yet: a condition is closed.
  ///
  /// It was never tried, so its attempt leaves no row and its number comes back.
  package func handBack(_ claim: Claim, until readyAt: Instant, waitingFor: String) async throws {
    try await pool.query(
      """
      with handed as (
        update jobs.run
           set state = case state when 'cancelling' then 'cancelled' else 'ready' end,
               finished_at = case state when 'cancelling' then clock_timestamp() end,
               ready_at = $3, attempt = attempt - 1, waiting_for = $4,
               started_at = null, lease_ends_at = null, holder = null
         where id = $1 and fence = $2 and state in ('running', 'cancelling')
        returning id, lock, fence
      ), untried as (
        delete from jobs.attempt a using handed h where a.run_id = h.id and a.fence = h.fence
      )
      update jobs.lock l set run = null, holder = null
        from handed h where l.name = h.lock and l.fence = h.fence
      """, claim.run, claim.fence, Timestamp(readyAt), waitingFor)
  }

  /// Ends a claimed run that must not start any more: it expired, or what it waited for stayed closed.
  package func endUnstarted(_ claim: Claim, as state: RunState, because reason: String) async throws
  {
    try await pool.query(
      """
      with ended as (
        update jobs.run
           set state = $3, finished_at = clock_timestamp(), attempt = attempt - 1, reason = $4,
               started_at = null, lease_ends_at = null, holder = null
         where id = $1 and fence = $2 and state in ('running', 'cancelling')
        returning id, lock, fence
      ), untried as (
        delete from jobs.attempt a using ended e where a.run_id = e.id and a.fence = e.fence
      )
      update jobs.lock l set run = null, holder = null
        from ended e where l.name = e.lock and l.fence = e.fence
      """, claim.run, claim.fence, state.rawValue, reason)
  }
}
