import JobStore
import Jobs
import Postgres
import Support
import Threads
import TradingTime

/// A migrated database with two processes' views of it, and jobs to put into it.
extension DatabaseTemplate {
  static let jobs = FreshDatabase.template(named: "jobs") { connection in
    _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
      .migrate(connection)
  }
}

struct TestDesk: Sendable {
  let pool: Pool
  let one: JobStore
  let two: JobStore
  var workshop = Workshop()
  var almanac = Almanac(zones: [:], calendars: [:], homeZone: .utc)

  init() throws {
    pool = try TestDatabase.current.pool(size: 8)
    one = JobStore(pool: pool, holder: "desk-1")
    two = JobStore(pool: pool, holder: "desk-2")
  }

  static func job(
    _ name: String, every interval: Duration? = .seconds(30), idempotent: Bool = true,
    _ change: (inout Job) -> Void = { _ in }
  ) -> Job {
    var job = Job(
      name: name, work: .command(["true"]), timeout: .seconds(20), idempotent: idempotent)
    if let interval { job.schedule = Schedule(timing: .every(Spelled(wrappedValue: interval))) }
    change(&job)
    return job
  }

  func load(_ jobs: Job...) async throws {
    _ = try await one.load(jobs, retiringAbsent: false)
  }

  /// Puts the job's clock at an instant, standing still.
  func setClock(_ instant: Instant) async throws {
    try await pool.query(
      """
      insert into jobs.clock (origin, started_at, speed) values ($1, clock_timestamp(), 0)
          on conflict (one) do update
         set origin = excluded.origin, started_at = excluded.started_at, speed = 0, not_after = null
      """, Timestamp(microsecondsSinceEpoch: instant.microseconds))
  }

  func setWatermark(_ job: String, _ instant: Instant) async throws {
    try await pool.query(
      "update jobs.watermark set decided_through = $2 where job = $1", job,
      Timestamp(microsecondsSinceEpoch: instant.microseconds))
  }

  /// Ends all leases, as if their holders had died a while ago.
  func endLeases() async throws {
    try await pool.query(
      """
      update jobs.run set lease_ends_at = clock_timestamp() - interval '1 second'
       where lease_ends_at is not null
      """)
  }

  func states(_ job: String) async throws -> [String] {
    try await pool.query("select state from jobs.run where job = $1 order by id", job)
      .map { try $0.decode("state") }
  }

  func decisions(_ job: String) async throws -> [String] {
    try await pool.query("select decision from jobs.slot where job = $1 order by due_at", job)
      .map { try $0.decode("decision") }
  }

  func decide(_ job: String, by store: JobStore? = nil) async throws -> [Decided] {
    try await (store ?? one).decide([job], in: almanac, workshop: workshop, waiting: true)
  }
}

let noon = Instant(microseconds: 1_783_000_000_000_000)
