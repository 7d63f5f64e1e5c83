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
  }

  func run() async throws -> RunResult {
    let attempt = Attempt(
      claim: claim, job: job, store: JobStore(pool: pool, holder: "bench"),
      deadline: .after(timeout), transcript: Transcript(limit: 1000), isDryRun: isDryRun)
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
