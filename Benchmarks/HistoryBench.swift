import JobStore
import Jobs
import Postgres
import Threads
import TradingTime

/// What a claim and its settlement cost while the history behind them grows, each round beside the
/// commit of a single row, because a disk that is busy with something else slows both.
struct HistoryBench {
  let cluster: BenchCluster
  let most: Int

  private static let batch = 16
  private static let rounds = 200

  func report() async throws {
    let pool = try await cluster.freshDatabase("bench_history")
    _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
      .migrate(pool)
    let store = JobStore(pool: pool, holder: "bench")
    let job = Job(name: "empty", work: .unit("empty"), timeout: .seconds(10), idempotent: true)
    _ = try await store.load(
      [job], retiringAbsent: true, in: Almanac(zones: [:], calendars: [:], homeZone: .utc))
    try await pool.query(
      "insert into jobs.lock (name) select 'lock-' || n from generate_series(1, $1) n", Self.batch)

    try await pool.execute(script: "create table one_commit (n bigserial primary key)")
    print("claim and settlement of \(Self.batch) runs, medians of \(Self.rounds) rounds")
    var ended = 0
    var size = 0
    while true {
      try await fill(from: ended, to: size, pool)
      ended = size
      let found = try await measure(store, pool, job)
      print(
        "  \(size) ended runs: claim \(milliseconds(found.claims.median)) (p99 "
          + "\(milliseconds(found.claims.quantile(0.99)))), settlement "
          + "\(milliseconds(found.settlements.median)), one commit "
          + "\(milliseconds(found.commits.median)); both are \(round(found.ratios.median)) commits")
      guard size < most else { break }
      size = min(most, max(10_000, size * 10))
    }
    await pool.close()
  }

  private func milliseconds(_ seconds: Double) -> String { "\(round(seconds * 1000)) ms" }

  /// Ended runs with their attempts, results and slots, one every thirty seconds. Without foreign
  /// keys, which would look up what is known to be there forty million times.
  private func fill(from: Int, to size: Int, _ pool: Pool) async throws {
    guard size > from else { return }
    let step = 100_000
    for start in stride(from: from, to: size, by: step) {
      try await pool.transaction(deadline: .after(.seconds(600))) { tx in
        try await tx.query("set local session_replication_role = replica")
        try await tx.query("set local statement_timeout = 0")
        try await tx.query(
          """
          with moment as (
            select n, timestamptz '2016-01-01' + n * interval '30 seconds' as at
              from generate_series($1::bigint, $2 - 1) n
          ), new_run as (
            insert into jobs.run
                   (job, due_at, business_date, trigger, state, revision, idempotent, lock, fence,
                    attempt, ready_at, created_at, claimed_at, started_at, finished_at)
            select j.name, m.at, m.at::date, 'schedule', 'succeeded', j.revision, true,
                   'lock-' || (1 + n % $3), n, 1, m.at, m.at, m.at, m.at, m.at
              from moment m, jobs.job j
            returning id, job, due_at, fence, revision
          ), tried as (
            insert into jobs.attempt
                   (run_id, fence, number, holder, claimed_at, started_at, finished_at, outcome)
            select id, fence, 1, 'bench', due_at, due_at, due_at, 'succeeded' from new_run
          ), found as (
            insert into jobs.result (run_id, kind, verdict) select id, 'empty', 'ok' from new_run
          )
          insert into jobs.slot (job, due_at, decision, reason, business_date, local_label,
                                 lateness, revision, decided_by)
          select job, due_at, 'run', 'due', due_at::date, due_at::text, interval '0', revision,
                 'bench' from new_run
          """, start, min(size, start + step), Int64(Self.batch), deadline: .after(.seconds(300)))
      }
    }
    for table in ["run", "attempt", "result", "slot"] {
      try await pool.execute(script: "vacuum analyze jobs.\(table)")
    }
    try await pool.execute(script: "checkpoint")
  }

  private struct Found {
    var claims: Sample
    var settlements: Sample
    var commits: Sample
    var ratios: Sample
  }

  private func measure(_ store: JobStore, _ pool: Pool, _ job: Job) async throws -> Found {
    var claims: [Double] = []
    var settlements: [Double] = []
    var commits: [Double] = []
    for _ in 0..<Self.rounds {
      try await pool.query(
        """
        insert into jobs.run (job, business_date, trigger, state, revision, idempotent, lock,
                              ready_at)
        select j.name, current_date, 'manual', 'ready', j.revision, true, 'lock-' || n,
               clock_timestamp() - interval '1 second'
          from generate_series(1, $1) n, jobs.job j
        """, Self.batch)
      let began = SystemClock.sinceBoot()
      let claimed = try await store.claim(upTo: Self.batch, of: [job.name])
      let between = SystemClock.sinceBoot()
      let ending = Ending.succeeded(RunResult(kind: "empty"))
      let settled = try await store.settle(
        claimed.map { claim in
          SettledAttempt(
            claim: claim, ending: ending,
            settlement: .following(
              ending, of: .init(attempt: 1, isIdempotent: true, retry: job.retry),
              now: claim.readyAt, chance: 0), output: "", outputBytes: 0)
        })
      claims.append((between - began) / .seconds(1))
      let after = SystemClock.sinceBoot()
      settlements.append((after - between) / .seconds(1))
      try await pool.query("insert into one_commit default values")
      commits.append((SystemClock.sinceBoot() - after) / .seconds(1))
      precondition(
        claimed.count == Self.batch && settled.count == Self.batch,
        "\(claimed.count) claimed, \(settled.count) settled")
    }
    let ratios = zip(zip(claims, settlements), commits).map { ($0.0 + $0.1) / $1 }
    return Found(
      claims: Sample(claims), settlements: Sample(settlements), commits: Sample(commits),
      ratios: Sample(ratios))
  }
}
