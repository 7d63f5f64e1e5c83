import Jobs
import Postgres
import Threads
package import TradingTime

/// Which processes are alive, and when they could not reach the database.
extension JobStore {
  /// Says that this process lives; `kind` is `serve` or `run`.
  ///
  /// Neither this nor `leave` waits for the disk: they keep no promise, and a presence that a power
  /// cut takes away was that of a process it took away too.
  package func beSeen(as kind: String) async throws {
    try await pool.query(
      """
      insert into jobs.runner (identity, kind)
      select $1, $2 from set_config('synchronous_commit', 'off', true)
          on conflict (identity) do update set seen_at = clock_timestamp()
      """, holder, kind, deadline: .after(.seconds(2)))
  }

  package func leave() async throws {
    try await pool.query(
      """
      delete from jobs.runner using set_config('synchronous_commit', 'off', true)
       where identity = $1 or seen_at < clock_timestamp() - interval '1 day'
      """, holder, deadline: .after(.seconds(2)))
  }

  /// Puts a span without database on record, once.
  package func recordOutage(from lost: Instant, to found: Instant, reason: String) async throws {
    try await pool.query(
      """
      insert into jobs.outage (holder, lost_at, found_at, reason) values ($1, $2, $3, $4)
          on conflict do nothing
      """, holder, Timestamp(lost), Timestamp(found), reason, deadline: .after(.seconds(2)))
  }
}
