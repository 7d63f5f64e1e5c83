import JobStore
import Jobs
import Logging
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

let engineTemplate = FreshDatabase.template(named: "engine") { try await prepareForEngine($0) }

func prepareForEngine(_ connection: Connection) async throws {
  _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
    .migrate(connection)
  try await connection.execute(
    script: "create table written (run bigint, fence bigint, what text)")
}

/// A unit that does what the test says.
struct ScriptedUnit: WorkUnit {
  var mostlyWaits = false
  let script: @Sendable (Attempt) async throws -> RunResult

  func run(_ attempt: Attempt) async throws -> RunResult { try await script(attempt) }
}

/// Runners in one process on one database, with units, items and gates of the test's own.
struct EngineBench: Sendable {
  let settings: ConnectionSettings
  /// The test's own connections, apart from any runner's.
  let pool: Pool
  let store: JobStore
  var workshop = Workshop()
  var almanac = Almanac(zones: [:], calendars: [:], homeZone: .utc)
  let log = RecordedLog()
  /// Loops that look often, and no pause before rescuing; leases are ended by hand.
  var runnerSettings = RunnerSettings()

  init(_ settings: ConnectionSettings? = nil) throws {
    self.settings = try settings ?? TestDatabase.current.settings()
    pool = Pool(self.settings, size: 4)
    store = JobStore(pool: pool, holder: "test")
    runnerSettings.renewEvery = .milliseconds(100)
    runnerSettings.sweepEvery = .milliseconds(50)
    runnerSettings.rescuePause = .zero
    runnerSettings.longestNap = .milliseconds(100)
    runnerSettings.conditionPause = .milliseconds(30)
    runnerSettings.lastWait = .seconds(30)
  }

  mutating func unit(
    _ name: String = "scripted", mostlyWaits: Bool = false,
    _ script: @escaping @Sendable (Attempt) async throws -> RunResult
  ) {
    workshop.add(
      ScriptedUnit(mostlyWaits: mostlyWaits, script: script),
      as: UnitDescription(name: name, summary: "", isIdempotent: true, resultKind: "scripted"))
  }

  func runner(_ name: String = "one", _ change: (inout RunnerSettings) -> Void = { _ in }) -> Runner
  {
    var chosen = runnerSettings
    change(&chosen)
    return Runner(
      settings: chosen, control: JobStore(pool: Pool(settings, size: 4), holder: name),
      work: JobStore(pool: Pool(settings, size: 8), holder: name), workshop: workshop,
      almanac: almanac, log: log.logger)
  }

  /// Runs the engines while `body` works; whatever is then still under way is told to stop.
  func with<Answer: Sendable>(
    _ runners: Runner..., body: @Sendable () async throws -> Answer
  ) async throws -> Answer {
    let engines = runners.map { runner in Task { await runner.run() } }
    do {
      let answer = try await body()
      await end(runners, engines)
      return answer
    } catch {
      await end(runners, engines)
      throw error
    }
  }

  private func end(_ runners: [Runner], _ engines: [Task<Void, Never>]) async {
    for runner in runners { runner.interrupt() }
    for engine in engines { engine.cancel() }
    for engine in engines { await engine.value }
    for runner in runners {
      await runner.control.pool.close()
      await runner.work.pool.close()
    }
  }

  // MARK: Jobs and runs

  static func job(
    _ name: String = "sync", idempotent: Bool = true, timeout: Duration = .seconds(60),
    _ change: (inout Job) -> Void = { _ in }
  ) -> Job {
    var job = Job(
      name: name, work: .unit("scripted"), timeout: timeout, idempotent: idempotent)
    change(&job)
    return job
  }

  func load(_ jobs: Job...) async throws {
    _ = try await store.load(jobs, retiringAbsent: false, in: almanac)
  }

  /// A loaded job's ready run, without a slot.
  func enqueue(_ job: Job, item: String? = nil) async throws -> Int64 {
    try await store.enqueue(try await request(job, item: item))
  }

  func request(_ job: Job, item: String? = nil) async throws -> RunRequest {
    let revision = try #require(try await store.definition(of: job.name)).revision
    return RunRequest(
      job: job, revision: revision, item: item, businessDate: CivilDate(daysSinceEpoch: 20_643),
      actor: "asha")
  }

  /// A loaded job's ready run of a slot, which conditions bind.
  func scheduled(_ job: Job, expiresAfter seconds: Double? = nil) async throws -> Int64 {
    let revision = try #require(try await store.definition(of: job.name)).revision
    return try await pool.query(
      """
      with new_lock as (insert into jobs.lock (name) values ($1) on conflict do nothing)
      insert into jobs.run (job, due_at, business_date, trigger, state, revision, idempotent, lock,
                            ready_at, expires_at)
      values ($1, jobs.job_time(), '2026-07-09', 'schedule', 'ready', $2, $3, $1,
              jobs.job_time(), jobs.job_time() + make_interval(secs => $4))
      returning id
      """, job.name, revision, job.idempotent, seconds
    ).one["id"]
  }

  /// As if this process had died a while ago; the leases of others stand.
  func endLeases(of holder: String) async throws {
    try await pool.query(
      """
      update jobs.run set lease_ends_at = clock_timestamp() - interval '1 second'
       where lease_ends_at is not null and holder = $1
      """, holder)
  }

  // MARK: What the tables say

  func untilEnded(
    _ run: Int64, as wanted: String, _ comment: Comment? = nil,
    at place: SourceLocation = #_sourceLocation
  ) async throws {
    try await eventually("run \(run) ends", within: .seconds(50)) {
      try await store.end(of: run) != nil
    }
    let state = try await state(run)
    #expect(state == wanted, comment, sourceLocation: place)
  }

  func until(_ run: Int64, is wanted: String) async throws {
    try await eventually("run \(run) is \(wanted)") { try await state(run) == wanted }
  }

  func state(_ run: Int64) async throws -> String {
    try await pool.query("select state from jobs.run where id = $1", run).one["state"]
  }

  func reason(_ run: Int64) async throws -> String? {
    try await pool.query("select reason from jobs.run where id = $1", run).one["reason"]
  }

  /// `number outcome`, oldest first.
  func attempts(_ run: Int64) async throws -> [String] {
    try await texts(
      """
      select number || ' ' || coalesce(outcome, 'under way') from jobs.attempt
       where run_id = $1 order by fence
      """, run)
  }

  func texts(_ sql: String, _ parameters: (any PostgresEncodable)...) async throws -> [String] {
    try await pool.run(Statement(sql, parameters: parameters), deadline: nil)
      .map { $0.text(0) ?? "null" }
  }

  func count(_ sql: String) async throws -> Int {
    Int(
      try await pool.query("select count(*) as n from (\(sql)) x").one.decode("n", as: Int64.self))
  }
}

extension RunResult {
  static let fine = RunResult(kind: "scripted")
}

/// What was logged, and nothing on the terminal.
final class RecordedLog: Sendable {
  private let said = Locked([(level: Logger.Level, text: String)]())

  var logger: Logger { Logger(label: "engine") { _ in Handler(log: self) } }

  /// From `notice` on.
  var lines: [String] { lines(from: .notice) }
  var errors: [String] { lines(from: .error) }

  private func lines(from level: Logger.Level) -> [String] {
    said.withLock { said in said.filter { $0.level >= level }.map(\.text) }
  }

  private struct Handler: LogHandler {
    let log: RecordedLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.said.withLock { $0.append((event.level, "\(event.message)")) }
    }
  }
}
