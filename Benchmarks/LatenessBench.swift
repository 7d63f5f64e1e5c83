import JobStore
import Jobs
import Logging
import Postgres
import Runner
import Threads
import TradingTime

#if canImport(Glibc)
  import Glibc
#endif

/// From due to started, for schedules of one second, beside the time of one commit on the same server at the same time.
struct LatenessBench {
  let cluster: BenchCluster
  let jobs: Int
  /// Further jobs that are not due meanwhile.
  let others: Int

  func report(seconds: Int) async throws {
    let pool = try await cluster.freshDatabase("bench_lateness")
    _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
      .migrate(pool)
    try await pool.execute(
      script: "create table one_commit (n bigserial primary key, at timestamptz)")
    let control = JobStore(pool: pool, holder: "bench")
    var workshop = Workshop()
    workshop.add(
      EmptyUnit(),
      as: UnitDescription(
        name: "empty", summary: "does nothing", isIdempotent: true, resultKind: "empty"))
    _ = try await control.load(
      definitions, retiringAbsent: true,
      in: Almanac(zones: [:], calendars: [:], homeZone: .utc))
    var log = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    let runner = Runner(
      settings: RunnerSettings(), control: control, work: control, workshop: workshop,
      almanac: Almanac(zones: [:], calendars: [:], homeZone: .utc), log: log)
    let engine = Task { await runner.run() }
    // Loading is not what is measured.
    try await SystemClock.sleep(for: .seconds(others > 0 ? 10 : 0))
    let since: Timestamp = try await pool.query("select clock_timestamp() as at").one["at"]
    let usedBefore = processorSeconds
    let commits = try await commitTimes(seconds: seconds)
    let used = (processorSeconds - usedBefore) / Double(seconds)
    _ = await runner.drain()
    engine.cancel()
    await engine.value
    let lateness = Sample(
      try await pool.query(
        """
        select (extract(epoch from a.started_at - r.due_at) * 1000)::float8 as late
          from jobs.attempt a join jobs.run r on r.id = a.run_id where a.started_at is not null
           and r.due_at > $1
        """, since
      ).map { try $0.decode("late") })
    tell(lateness, Sample(commits), seconds)
    print("  processor of runner and commits together: \(round(used * 100)) % of a core")
    await pool.close()
  }

  private var definitions: [Job] {
    (0..<jobs).map { definition("tick-\($0)", every: .seconds(1)) }
      + (0..<others).map { definition("other-\($0)", every: .seconds(86_400)) }
  }

  private func definition(_ name: String, every interval: Duration) -> Job {
    var job = Job(name: name, work: .unit("empty"), timeout: .seconds(1), idempotent: true)
    job.schedule = Schedule(timing: .every(Spelled(wrappedValue: interval)))
    job.expiresAfter = .seconds(1)
    return job
  }

  private var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// One row, one commit, ten times a second, off the full second so that it meets the slots by chance only.
  private func commitTimes(seconds: Int) async throws -> [Double] {
    let pool = try cluster.pool("bench_lateness", size: 1)
    var times: [Double] = []
    let end = Deadline.after(.seconds(seconds))
    while !end.hasPassed {
      let began = SystemClock.sinceBoot()
      try await pool.query("insert into one_commit (at) values (clock_timestamp())")
      times.append((SystemClock.sinceBoot() - began) / .milliseconds(1))
      try await SystemClock.sleep(for: .milliseconds(97))
    }
    await pool.close()
    return times
  }

  private func tell(_ lateness: Sample, _ commit: Sample, _ seconds: Int) {
    print(
      "due to started, \(jobs) jobs every 1s among \(jobs + others) for \(seconds)s: "
        + "\(lateness.count) starts")
    print(
      "  lateness p50 \(round(lateness.median)) ms, p99 \(round(lateness.quantile(0.99))) ms")
    print(
      "  commit   p50 \(round(commit.median)) ms, p99 \(round(commit.quantile(0.99))) ms (\(commit.count) commits)"
    )
    print(
      "  p99 of lateness less p99 of one commit: "
        + "\(round(lateness.quantile(0.99) - commit.quantile(0.99))) ms; "
        + "medians' ratio \(round(lateness.median / commit.median))")
  }
}
