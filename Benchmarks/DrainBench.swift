import JobStore
import Jobs
import Logging
import Postgres
import Runner
import Threads
import TradingTime

/// Empty runs over many locks, enqueued beforehand, drained by one runner with locks, fences, leases and history on;
/// beside it pgbench with the least SQL that keeps the same tables, in batches of 100.
struct DrainBench {
  let cluster: BenchCluster
  let runs: Int
  let locks: Int

  func report(repeats: Int) async throws {
    var ours: [Double] = []
    var floor: [Double] = []
    for _ in 0..<repeats {
      floor.append(try await drainByPgbench())
      ours.append(try await drainByRunner())
    }
    let ourRate = Sample(ours.map { Double(runs) / $0 })
    let floorRate = Sample(floor.map { Double(runs) / $0 })
    let ratios = Sample(zip(ours, floor).map { $1 / $0 })
    print("drain of \(runs) empty runs over \(locks) locks, \(repeats) times each, alternating")
    print("  runner  \(round(ourRate.median, 0)) runs/s (median)")
    print("  pgbench \(round(floorRate.median, 0)) runs/s (median; 2 clients, batches of 100)")
    print("  ratio   \(round(ratios.median)) of the floor (median)")
  }

  private func prepared(_ name: String) async throws -> Pool {
    let pool = try await cluster.freshDatabase(name)
    _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
      .migrate(pool)
    let store = JobStore(pool: pool, holder: "bench")
    let job = Job(name: "empty", work: .unit("empty"), timeout: .seconds(10), idempotent: true)
    _ = try await store.load(
      [job], retiringAbsent: true, in: Almanac(zones: [:], calendars: [:], homeZone: .utc))
    try await pool.query(
      "insert into jobs.lock (name) select 'lock-' || n from generate_series(0, $1 - 1) n", locks)
    try await pool.query(
      """
      insert into jobs.run (job, business_date, trigger, state, revision, idempotent, lock, ready_at)
      select 'empty', current_date, 'manual', 'ready', j.revision, true, 'lock-' || (n % $2),
             clock_timestamp() - interval '1 minute' + n * interval '1 microsecond'
        from generate_series(0, $1 - 1) n, jobs.job j
      """, runs, locks)
    try await pool.execute(script: "vacuum analyze jobs.run")
    try await pool.execute(script: "checkpoint")
    return pool
  }

  private func drainByRunner() async throws -> Double {
    let pool = try await prepared("bench_ours")
    let store = JobStore(pool: pool, holder: "bench")
    var workshop = Workshop()
    workshop.add(
      EmptyUnit(),
      as: UnitDescription(
        name: "empty", summary: "does nothing", isIdempotent: true, resultKind: "empty"))
    var settings = RunnerSettings()
    settings.concurrency = 400
    let runner = Runner(
      settings: settings, control: store, work: store, workshop: workshop,
      almanac: Almanac(zones: [:], calendars: [:], homeZone: .utc), log: quiet)
    let began = SystemClock.sinceBoot()
    let engine = Task { await runner.run() }
    while try await left(pool) > 0 { try await SystemClock.sleep(for: .milliseconds(20)) }
    let took = (SystemClock.sinceBoot() - began) / .seconds(1)
    _ = await runner.drain()
    engine.cancel()
    await engine.value
    try await check(pool)
    await pool.close()
    return took
  }

  /// The claim and the settlement of a hundred runs, and nothing else.
  private func drainByPgbench() async throws -> Double {
    let pool = try await prepared("bench_floor")
    let clients = 2
    let took = try await cluster.pgbench(
      database: "bench_floor", script: Self.floor, clients: clients,
      transactions: runs / 100 / clients)
    try await check(pool)
    await pool.close()
    return took
  }

  private func left(_ pool: Pool) async throws -> Int64 {
    try await pool.query(
      "select count(*) as left from jobs.run where state in ('ready', 'running', 'cancelling')"
    ).one["left"]
  }

  /// Both sides must have done the work.
  private func check(_ pool: Pool) async throws {
    let row = try await pool.query(
      """
      select (select count(*) from jobs.run where state = 'succeeded') as succeeded,
             (select count(*) from jobs.attempt where outcome = 'succeeded') as attempts,
             (select count(*) from jobs.lock where run is not null) as held
      """
    ).one
    let done: Int64 = try row["succeeded"]
    let attempts: Int64 = try row["attempts"]
    let held: Int64 = try row["held"]
    precondition(
      done == runs && attempts == runs && held == 0,
      "\(done) of \(runs) succeeded, \(attempts) attempts, \(held) locks held")
  }

  private static let floor = """
    begin;
    with pick as materialized (
      select id, lock from jobs.run where state = 'ready' order by ready_at, id limit 100
         for update skip locked
    ), taken as (
      update jobs.lock l set fence = fence + 1, run = p.id, holder = 'pgbench-' || cast(:client_id as text)
        from pick p where l.name = p.lock
      returning l.run, l.fence
    ), claimed as (
      update jobs.run r
         set state = 'running', fence = t.fence, holder = 'pgbench-' || cast(:client_id as text), attempt = 1,
             lease_ends_at = clock_timestamp() + interval '12 seconds',
             claimed_at = clock_timestamp(), started_at = clock_timestamp()
        from taken t where r.id = t.run
      returning r.id, r.fence
    )
    insert into jobs.attempt (run_id, fence, number, holder, started_at)
    select id, fence, 1, 'pgbench-' || cast(:client_id as text), clock_timestamp() from claimed;
    commit;
    begin;
    with settled as (
      update jobs.run
         set state = 'succeeded', lease_ends_at = null, holder = null,
             finished_at = clock_timestamp()
       where state = 'running' and holder = 'pgbench-' || cast(:client_id as text)
      returning id, lock, fence
    ), freed as (
      update jobs.lock l set run = null, holder = null from settled s where l.name = s.lock
    ), attempt as (
      update jobs.attempt a set outcome = 'succeeded', finished_at = clock_timestamp()
        from settled s where a.run_id = s.id and a.fence = s.fence
    )
    insert into jobs.result (run_id, kind, verdict) select id, 'empty', 'ok' from settled;
    commit;
    """

  private var quiet: Logger {
    var log = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    return log
  }
}

struct EmptyUnit: WorkUnit {
  func run(_ attempt: Attempt) async throws -> RunResult { RunResult(kind: "empty") }
}
