import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

let jobsTemplate = FreshDatabase.template(named: "status") { connection in
  let pool = Pool(connection.settings, size: 1)
  try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all).migrate(pool)
  await pool.close()
}

/// A market that trades from 09:15 to 15:30, Monday to Friday.
let market = "nse-cash"

func almanac() throws -> Almanac {
  let hours = EffectiveHours(
    class: nil, from: try day("2020-01-01"), through: nil,
    phases: [
      PhaseHours(
        kind: .continuous, start: try #require(TimeOfDay("09:15")),
        end: try #require(TimeOfDay("15:30")))
    ])
  let calendar = try TradingCalendar(
    market: market, zone: .india, coverage: try day("2020-01-01")...day("2040-12-31"),
    hours: [hours], holidays: [:], specialSessions: [:])
  return Almanac(
    zones: ["Asia/Kolkata": .india], calendars: [market: calendar], homeZone: .india)
}

func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

/// `every: 30s` while the market is open.
func sync(_ name: String = "sync-positions", forEach: String? = nil) -> Job {
  var job = Job(name: name, work: .unit("sync-positions"), timeout: .seconds(25), idempotent: true)
  job.description = "mirror every account's positions from the broker"
  job.schedule = Schedule(
    timing: .every(Spelled(wrappedValue: .seconds(30))),
    during: Window(market: market, phases: [.continuous]))
  job.forEach = forEach
  job.promise = Promise(successWithin: .seconds(90))
  return job
}

/// `at: "16:20"` of every session.
func reconcile(_ name: String = "reconcile") -> Job {
  var job = Job(name: name, work: .unit("reconcile"), timeout: .seconds(60), idempotent: true)
  var window = Window(market: market)
  window.phases = []
  job.schedule = TimeOfDay("16:20").map {
    Schedule(timing: .at($0), during: window, timezone: "Asia/Kolkata")
  }
  job.promise = Promise(okBy: TimeOfDay("17:20"))
  return job
}

/// A database whose job's clock stands still at an instant, and hands to put rows into it.
struct Books {
  let pool: Postgres.Pool
  let store: JobStore

  /// - Parameter now: on the job's clock, and for watermarks.
  init(at now: String, jobs: [Job]) async throws {
    pool = try TestDatabase.current.pool(size: 4)
    store = JobStore(pool: pool, holder: "desk-1:boot:1:word")
    try await pool.query(
      """
      insert into jobs.clock (origin, started_at, speed, not_after)
      values ($1, clock_timestamp(), 1, $1)
      """, Timestamp(microsecondsSinceEpoch: try instant(now).microseconds))
    _ = try await store.load(jobs, retiringAbsent: true, in: almanac())
    // Loaded long ago, so that promises count from the opening.
    try await pool.query("update jobs.job_revision set loaded_at = loaded_at - interval '30 days'")
  }

  /// Where the job's clock stands from now on.
  func move(to now: String) async throws {
    try await pool.query(
      "update jobs.clock set origin = $1, not_after = $1, started_at = clock_timestamp()",
      Timestamp(microsecondsSinceEpoch: try instant(now).microseconds))
  }

  func decidedThrough(_ job: String, _ at: String) async throws {
    try await pool.query(
      "update jobs.watermark set decided_through = $2 where job = $1", job,
      Timestamp(microsecondsSinceEpoch: try instant(at).microseconds))
  }

  func slot(
    _ job: String, _ due: String, _ decision: Decision = .run, reason: String = "due",
    through: String? = nil, slots: Int64 = 1
  ) async throws {
    let due = try instant(due)
    let through = try through.map(instant)
    try await pool.query(
      """
      insert into jobs.slot (job, due_at, through, slots, decision, reason, business_date, local_label, lateness, revision, decided_by)
      select $1, $2, $3, $4, $5, $6, ($2 at time zone 'Asia/Kolkata')::date, to_char($2 at time zone 'Asia/Kolkata', 'YYYY-MM-DD"T"HH24:MI:SS') || '+05:30',
             '0.1s', revision, 'desk-1' from jobs.job where name = $1
      """, job, Timestamp(microsecondsSinceEpoch: due.microseconds),
      through.map { Timestamp(microsecondsSinceEpoch: $0.microseconds) }, slots,
      decision.rawValue, reason)
  }

  /// A run with its lock and one attempt; times of work are `ago` on the server's clock.
  @discardableResult
  func run(
    _ job: String, due: String?, item: String? = nil, _ state: RunState = .succeeded,
    reason: String? = nil, verdict: RunResult.Verdict? = nil, ago: Duration = .seconds(10),
    took: Duration = .seconds(2), requestedBy: String? = nil, date: String? = nil
  ) async throws -> Int64 {
    let due = try due.map(instant)
    let date = try date.map(day)
    try await pool.query(
      "insert into jobs.lock (name, fence) values ($1, 1) on conflict do nothing",
      item.map { "\(job)/\($0)" } ?? job)
    let id: Int64 = try await pool.query(
      """
      insert into jobs.run (job, item, due_at, business_date, trigger, state, reason, revision, idempotent, lock, fence, holder, attempt,
                            ready_at, lateness, lease_ends_at, claimed_at, started_at, finished_at, requested_by)
      select j.name, $2, $3, coalesce($12, (coalesce($3, jobs.job_time()) at time zone 'Asia/Kolkata')::date),
             case when $3 is null then 'manual' else 'schedule' end, $4, $5, j.revision, true, $6,
             1, case when $7 then null else 'desk-1:boot:1:word' end, 1, coalesce($3, jobs.job_time()), '0.2s',
             case when $8 then now() + interval '12s' end,
             case when $4 <> 'ready' then now() - $9::interval - $10::interval end,
             case when $4 <> 'ready' then now() - $9::interval - $10::interval end,
             case when $7 and $4 <> 'ready' then now() - $9::interval end, $11
        from jobs.job j where j.name = $1
      returning id
      """, job, item, due.map { Timestamp(microsecondsSinceEpoch: $0.microseconds) },
      state.rawValue, reason, item.map { "\(job)/\($0)" } ?? job, state.isEnded || state == .ready,
      state.isActive, ago, took, requestedBy, date.map { Day(daysSinceEpoch: $0.daysSinceEpoch) }
    ).one["id"]
    if state != .ready {
      try await pool.query(
        """
        insert into jobs.attempt (run_id, fence, number, holder, outcome, error, claimed_at, started_at, finished_at, output, output_bytes)
        select id, 1, 1, 'desk-1:boot:1:word', case when finished_at is null then null when state = 'succeeded' then 'succeeded' else 'failed' end,
               reason, claimed_at, started_at, finished_at, 'hello from ' || job, 20
          from jobs.run where id = $1
        """, id)
    }
    if let verdict {
      try await pool.query(
        """
        insert into jobs.result (run_id, kind, verdict, figures, rows)
        values ($1, 'reconciliation', $2, '{"checked": 42, "at_risk": "149.50"}', '[{"symbol": "INFY"}]')
        """, id, verdict.rawValue)
    }
    return id
  }
}
