import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

extension DatabaseTemplate {
  static let jobs = FreshDatabase.template(named: "jobs") { connection in
    _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
      .migrate(connection)
  }
}

/// 2026-07-09T12:00:00Z, a Thursday.
let noon = Instant(secondsSinceEpoch: 1_783_598_400)
let thursday = CivilDate(daysSinceEpoch: 20_643)

/// A migrated database with two processes' views of it, and a job's clock that stands where it is
/// put.
struct TestDesk: Sendable {
  let pool: Pool
  let one: JobStore
  let two: JobStore
  var workshop = Workshop()
  var almanac = Almanac(zones: [:], calendars: [:], homeZone: .utc)

  init(at now: Instant = noon) async throws {
    pool = try TestDatabase.current.pool(size: 12)
    one = JobStore(pool: pool, holder: "desk-1")
    two = JobStore(pool: pool, holder: "desk-2")
    try await setClock(now)
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

  func load(_ jobs: Job..., retiringAbsent: Bool = false) async throws {
    _ = try await one.load(jobs, retiringAbsent: retiringAbsent, in: almanac)
  }

  /// Puts the job's clock at an instant, standing still.
  func setClock(_ instant: Instant) async throws {
    try await pool.query(
      """
      insert into jobs.clock (origin, started_at, speed) values ($1, clock_timestamp(), 0)
          on conflict (one) do update
         set origin = excluded.origin, started_at = excluded.started_at
      """, Timestamp(microsecondsSinceEpoch: instant.microseconds))
  }

  func setWatermark(_ job: String, _ instant: Instant) async throws {
    try await pool.query(
      "update jobs.watermark set decided_through = $2 where job = $1", job,
      Timestamp(microsecondsSinceEpoch: instant.microseconds))
  }

  func watermark(_ job: String) async throws -> Instant {
    try #require(try await one.definition(of: job)).watermark
  }

  @discardableResult
  func decide(_ jobs: String..., by store: JobStore? = nil) async throws -> [Decided] {
    try await (store ?? one).decide(jobs, in: almanac, workshop: workshop, waiting: true)
  }

  func resume(
    _ job: String, paused: PausedSlots = .skip, actor: String = "ravi", reason: String? = nil
  ) async throws -> Resumed? {
    try await one.resume(
      job, paused: paused, actor: actor, reason: reason, in: almanac, workshop: workshop)
  }

  // MARK: Runs without a schedule

  /// A ready run of a job without a schedule, its own lock unless named.
  @discardableResult
  func ready(
    _ job: Job, item: String? = nil, at readyAt: Instant = noon, expires: Instant? = nil,
    lock: String? = nil
  ) async throws -> Int64 {
    let revision = try #require(try await one.definition(of: job.name)).revision
    return try await pool.query(
      """
      with new_lock as (insert into jobs.lock (name) values ($7) on conflict do nothing)
      insert into jobs.run (job, item, business_date, trigger, state, revision, idempotent, lock,
                            ready_at, expires_at)
      values ($1, $2, '2026-07-09', 'manual', 'ready', $3, $4, $7, $5, $6)
      returning id
      """, job.name, item, revision, job.idempotent,
      Timestamp(microsecondsSinceEpoch: readyAt.microseconds),
      expires.map { Timestamp(microsecondsSinceEpoch: $0.microseconds) },
      lock ?? job.lock.name(job: job.name, item: item, dueAt: nil, businessDate: thursday)
    ).one["id"]
  }

  /// A job by hand only, loaded, with one claimed run of it.
  func claimed(
    _ name: String = "sync", idempotent: Bool = true, by store: JobStore? = nil,
    _ change: (inout Job) -> Void = { _ in }
  ) async throws -> Claim {
    let job = Self.job(name, every: nil, idempotent: idempotent, change)
    try await load(job)
    try await ready(job)
    return try #require(try await (store ?? one).claim(upTo: 1, of: [name]).first)
  }

  /// Ends all leases, as if their holders had died a while ago.
  func endLeases() async throws {
    try await pool.query(
      """
      update jobs.run set lease_ends_at = clock_timestamp() - interval '1 second'
       where lease_ends_at is not null
      """)
  }

  @discardableResult
  func settle(
    _ claim: Claim, _ ending: Ending, by store: JobStore? = nil, retry: RetryPolicy = RetryPolicy()
  ) async throws -> Bool {
    let settlement = Settlement.following(
      ending,
      of: .init(
        attempt: claim.attempt, isIdempotent: claim.isIdempotent, retry: retry,
        isCancelling: ending.outcome == .cancelled, expiresAt: claim.expiresAt),
      now: noon, chance: 0)
    let settled = try await (store ?? one).settle([
      SettledAttempt(claim: claim, ending: ending, settlement: settlement)
    ])
    return settled.contains(claim.run)
  }

  // MARK: What the tables say

  func states(_ job: String) async throws -> [String] {
    try await texts("select state from jobs.run where job = $1 order by id", job)
  }

  /// `decision due` for each row, a span as `decision first..last xN`.
  func slots(_ job: String) async throws -> [String] {
    try await texts(
      """
      select decision || ' ' || to_char(due_at at time zone 'UTC', 'HH24:MI:SS')
             || coalesce('..' || to_char(through at time zone 'UTC', 'HH24:MI:SS')
                         || ' x' || slots, '')
        from jobs.slot where job = $1 order by due_at
      """, job)
  }

  func run(_ id: Int64) async throws -> RunRow {
    let row = try await pool.query(
      """
      select state, reason, waiting_for, attempt, fence, holder,
             lease_ends_at is not null as leased, started_at is not null as started
        from jobs.run where id = $1
      """, id
    ).one
    return RunRow(
      state: try row["state"], reason: try row["reason"], waitingFor: try row["waiting_for"],
      attempt: Int(try row.decode("attempt", as: Int32.self)), fence: try row["fence"],
      holder: try row["holder"], isLeased: try row["leased"], hasStarted: try row["started"])
  }

  struct RunRow: Equatable {
    var state: String
    var reason: String?
    var waitingFor: String?
    var attempt: Int
    var fence: Int64?
    var holder: String?
    var isLeased: Bool
    var hasStarted: Bool
  }

  func fence(of lock: String) async throws -> Int64 {
    try await pool.query("select fence from jobs.lock where name = $1", lock).one["fence"]
  }

  func texts(_ sql: String, _ parameters: (any PostgresEncodable)...) async throws -> [String] {
    try await pool.run(Statement(sql, parameters: parameters), deadline: nil)
      .map { row in row.text(0) ?? "null" }
  }

  func count(_ sql: String, _ parameters: (any PostgresEncodable)...) async throws -> Int {
    Int(
      try await pool.run(Statement(sql, parameters: parameters), deadline: nil)
        .one.decode("count", as: Int64.self))
  }
}
