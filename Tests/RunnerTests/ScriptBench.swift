@testable import JobStore
import Jobs
import Postgres
import Runner
import Support
import TradingTime
import Threads

let scriptTemplate = FreshDatabase.template(named: "runner-scripts") { connection in
  _ = try await connection.execute(script: "create schema if not exists jobs")
  try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
    .migrate(connection)
  try await connection.execute(
    script: """
      create table note (text text not null, at timestamptz default now());
      create view waiting as select pid from pg_locks
        where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database());
      """)
}

/// One attempt at a script that holds its lock, in the test's own database.
struct ScriptBench: Sendable {
  var job: Job
  var claim: Claim
  var isDryRun = false
  var timeout = Duration.seconds(60)
  let pool: Postgres.Pool

  /// - Parameter folder: where the server's socket is looked for, instead of its own place.
  init(_ text: String, through folder: String? = nil) async throws {
    job = Job(
      name: "roll-up", work: .sql(path: "jobs/roll-up.sql", text: text), timeout: .seconds(60))
    claim = .sample(job: job)
    let database = TestDatabase.current
    pool =
      try folder.map { folder in
        Postgres.Pool(
          try ConnectionSettings(
            url: "postgresql:///\(database.name)?host=\(folder)&user=muhurat"))
      } ?? database.pool()
    try await pool.query(
      """
      insert into jobs.lock (name, fence, run, holder) values ($1, $2, $3, 'bench')
          on conflict (name) do nothing
      """, claim.lock, claim.fence, claim.run)
    try await pool.query(
      """
      insert into jobs.job (name, definition, revision, loaded_by)
      values ($1, '{}', $2, 'bench') on conflict (name) do nothing
      """, claim.job, claim.revision)
  }

  /// The claim's run as it stands when an attempt begins; a script ends it with its own commit.
  private func begin() async throws {
    try await pool.query(
      "update jobs.lock set run = $2, holder = 'bench' where name = $1 and run is null",
      claim.lock, claim.run)
    try await pool.query(
      """
      insert into jobs.run (id, job, business_date, trigger, state, revision, idempotent, lock, fence,
                            holder, attempt, ready_at, lease_ends_at, started_at)
      values ($1, $2, '2026-07-09', 'manual', 'running', $3, true, $4, $5, 'bench', $6,
              clock_timestamp(), clock_timestamp() + interval '1 minute', clock_timestamp())
          on conflict (id) do update
         set state = 'running', holder = 'bench', lease_ends_at = excluded.lease_ends_at,
             finished_at = null
      """, claim.run, claim.job, claim.revision, claim.lock, claim.fence, claim.attempt)
    try await pool.query(
      """
      insert into jobs.attempt (run_id, fence, number, holder) values ($1, $2, $3, 'bench')
          on conflict (run_id, fence) do update set outcome = null, finished_at = null
      """, claim.run, claim.fence, claim.attempt)
  }

  /// What the record says of the run, apart from what the attempt returned.
  var recorded: String {
    get async throws {
      try await pool.query(
        """
        select concat_ws(', ', r.state, a.outcome, t.verdict, l.run is null) as text
          from jobs.run r join jobs.attempt a on a.run_id = r.id join jobs.lock l on l.name = r.lock
          left join jobs.result t on t.run_id = r.id
        """
      ).one["text"]
    }
  }

  func run() async throws -> RunResult {
    try await begin()
    var claim = claim
    claim.isDryRun = isDryRun
    let attempt = Attempt(
      claim: claim, job: job, store: JobStore(pool: pool, holder: "bench"),
      deadline: .after(timeout), transcript: Transcript(limit: 1000))
    return try await ScriptUnit().run(attempt)
  }

  func ending() async -> Ending? {
    do {
      return .succeeded(try await run())
    } catch {
      return FailureWords.ending(of: error, isIdempotent: job.idempotent)
    }
  }

  var notes: [String] {
    get async throws {
      try await pool.query("select text from note order by at, text").map { try $0["text"] }
    }
  }
}
