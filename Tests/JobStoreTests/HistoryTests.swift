import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

/// Forty thousand ended runs, and two thousand that wait behind one held lock: whatever the
/// runner asks from second to second must read neither. The server itself says what was read.
@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A long history` {
  @Test func `costs nothing of what is asked every second`() async throws {
    let desk = try await TestDesk(at: noon)
    let job = TestDesk.job("sync")
    let other = TestDesk.job("other") { $0.oncePerBusinessDate = true }
    try await desk.load(job, other)
    try await fill(desk)
    let pool = try TestDatabase.current.pool(size: 1)
    let store = JobStore(pool: pool, holder: "desk-1")
    let jobs = ["sync", "other"]
    var claims: [Claim] = []

    try await expect("claiming", readsAtMost: 100, desk, pool) {
      claims = try await store.claim(upTo: 16, of: .only(jobs))
    }
    #expect(claims.map(\.job) == ["other"])
    let claim = try #require(claims.first)
    try await expect("the next start", readsAtMost: 10, desk, pool) {
      _ = try await store.nextReadyAt(of: .only(jobs))
    }
    try await expect("renewing", readsAtMost: 50, desk, pool) {
      _ = try await store.renew([claim])
    }
    try await expect("a sweep that finds nothing", readsAtMost: 20, desk, pool) {
      _ = try await store.sweepNeeds()
    }
    try await expect("expiring", readsAtMost: 20, desk, pool) { _ = try await store.expire() }
    try await expect("rescuing", readsAtMost: 20, desk, pool) {
      _ = try await store.rescue(chance: 0)
    }
    try await expect("finding lost claims", readsAtMost: 20, desk, pool) {
      _ = try await store.unknownClaims(besides: [])
    }
    try await expect("settling", readsAtMost: 50, desk, pool) {
      try await desk.settle(claim, .succeeded(RunResult(kind: "x")), by: store)
    }
    try await expect("cancelling", readsAtMost: 50, desk, pool) {
      _ = try await store.cancel(run: claim.run, actor: "asha", reason: nil)
    }
    try await desk.setClock(noon + .seconds(30))
    try await expect("deciding", readsAtMost: 500, desk, pool) {
      _ = try await store.decide(["other"], in: desk.almanac, workshop: desk.workshop)
    }
    await pool.close()
  }

  /// Both the rows that wait and the statistics that deny it stood in a desk of a thousand accounts.
  @Test func `without a ready run in it misleads no claim of a thousand`() async throws {
    let desk = try await TestDesk(at: noon)
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    for round in 1...3 {
      try await end(aThousandRunsIn: round, desk)
      try await desk.pool.execute(script: "vacuum analyze jobs.run, jobs.lock")
    }
    try await desk.pool.execute(script: Self.aThousandReady)
    let pool = try TestDatabase.current.pool(size: 1)
    let store = JobStore(pool: pool, holder: "desk-1")
    var claims: [Claim] = []
    try await expect("claiming", readsAtMost: 10_000, desk, pool) {
      claims = try await store.claim(upTo: 16, of: ["sync"])
    }
    #expect(claims.count == 16)
    await pool.close()
  }

  private static let aThousandReady = """
    with new_lock as (
      insert into jobs.lock (name) select 'sync/' || n from generate_series(1, 1000) n
      on conflict do nothing)
    insert into jobs.run (job, item, business_date, trigger, state, revision, idempotent, lock,
                          ready_at)
    select 'sync', n, '2026-07-09', 'manual', 'ready', 'r', true, 'sync/' || n,
           timestamptz '2026-07-09Z'
      from generate_series(1, 1000) n
    """

  private func end(aThousandRunsIn round: Int, _ desk: TestDesk) async throws {
    try await desk.pool.execute(script: Self.aThousandReady)
    try await desk.pool.execute(
      script: """
        update jobs.run set state = 'succeeded', finished_at = '2026-07-09T00:0\(round):00Z'
         where state = 'ready'
        """)
  }

  private func fill(_ desk: TestDesk) async throws {
    try await desk.pool.run(
      Statement(
        """
        with new_lock as (insert into jobs.lock (name, run, holder) values ('held', 1, 'psql')),
        ended as (
          insert into jobs.run (job, due_at, business_date, trigger, state, revision, idempotent,
                                lock, ready_at, finished_at)
          select (array['sync', 'other'])[1 + n % 2], at, '2026-01-01', 'schedule',
                 (array['succeeded', 'failed', 'superseded'])[1 + n % 3], 'r', true, 'held', at, at
            from (select n, timestamptz '2026-01-01Z' + n * interval '30 s' as at
                    from generate_series(1, 40000) n) x
        )
        insert into jobs.run (job, due_at, business_date, trigger, state, revision, idempotent,
                              lock, ready_at)
        select 'sync', at, '2026-07-09', 'backfill', 'ready', 'r', true, 'held', at
          from (select timestamptz '2026-07-08Z' + n * interval '1 s' as at
                  from generate_series(1, 2000) n) x
        """), deadline: .after(.seconds(100)))
    try await desk.ready(TestDesk.job("other"))
    try await desk.pool.execute(script: "analyze jobs.run, jobs.lock")
  }

  private func expect(
    _ what: String, readsAtMost limit: Int, _ desk: TestDesk, _ pool: Pool,
    at place: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
  ) async throws {
    let before = try await rowsRead(desk, pool)
    try await body()
    let read = try await rowsRead(desk, pool) - before
    #expect(read <= limit, "\(what) read \(read) rows of jobs.run", sourceLocation: place)
  }

  /// Rows and index entries of `jobs.run` that the pool's one connection has read so far.
  private func rowsRead(_ desk: TestDesk, _ pool: Pool) async throws -> Int {
    try await pool.query("select pg_stat_force_next_flush()")
    return try await desk.count(
      """
      select (seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes i
                               where i.relid = t.relid))::bigint as count
        from pg_stat_user_tables t where relid = 'jobs.run'::regclass
      """)
  }
}
