package import Postgres
import Threads
package import TradingTime

/// Schema `jobs`: the only place where statements about definitions, slots, runs and locks stand.
///
/// Every promise is kept by the tables (`Migrations/v01_jobs.sql`); what stands here asks and
/// writes, each write with the fence of the claim that allows it.
package struct JobStore: Sendable {
  package let pool: Pool
  /// Who claims: host, boot, process and a random word, so that no two processes are ever the same
  /// holder, also not two of one name or one that was started again.
  package let holder: String
  let cache = DefinitionCache()

  package init(pool: Pool, holder: String) {
    self.pool = pool
    self.holder = holder
  }

  /// How long a claim is good for without being renewed, by the server's clock.
  package static let lease = Duration.seconds(12)

  /// The channel on which a hint says that something changed. Hints may be lost; polling finds it
  /// too.
  package static let channel = "muhurat"

  /// The job's clock and the server's, in one answer.
  package func clocks() async throws -> Clocks {
    let row = try await pool.query("select \(Self.clocks)", deadline: .after(.seconds(2))).one
    return try clocks(from: row)
  }

  /// The columns that `clocks(from:)` reads.
  static let clocks = """
    jobs.job_time() as job, clock_timestamp() as server,
    exists (select from jobs.clock) as shifted,
    exists (select from jobs.clock where speed <> 1 or not_after is not null) as uneven
    """

  func clocks(from row: Row) throws -> Clocks {
    Clocks(
      job: try row.instant("job"), server: try row.instant("server"),
      isShifted: try row.decode("shifted"), isUneven: try row.decode("uneven"))
  }

  package struct Clocks: Sendable {
    package var job: Instant
    package var server: Instant
    /// `jobs.clock` has its row: a rehearsal, which `live` refuses.
    package var isShifted: Bool
    /// A rehearsal's clock that is fast or slow or may be held: asked each time, never extrapolated.
    package var isUneven: Bool
  }

  package func hint(_ what: String, on database: any Queryable) async throws {
    try await database.query("select pg_notify('muhurat', $1)", what)
  }

  /// A transaction of several statements, none of which may hold its rows for long.
  ///
  /// The server ends it should this process freeze inside or hang up: otherwise one stopped process
  /// would keep every other from deciding a job or rescuing a run, for as long as it stays stopped.
  ///
  /// - Parameter pause: the longest this process may think between two statements.
  func brief<Answer: Sendable>(
    within limit: Duration, pause: Duration = .seconds(5),
    _ body: @Sendable (any Queryable) async throws -> Answer
  ) async throws -> Answer {
    try await pool.transaction(deadline: .after(limit)) { tx in
      try await tx.query(
        """
        select set_config('idle_in_transaction_session_timeout', $1, true),
               set_config('statement_timeout', $2, true),
               set_config('client_connection_check_interval', '1s', true)
        """, "\(pause.components.seconds)s", "\(limit.components.seconds)s")
      return try await body(tx)
    }
  }
}
