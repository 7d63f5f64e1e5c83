import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads

/// The job's clock runs an hour a second, so that slots are due between any two statements.
@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A load while slots come due` {
  private func desk() async throws -> TestDesk {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync", every: .seconds(1)))
    try await desk.pool.query(
      "update jobs.clock set speed = 3600, started_at = clock_timestamp()")
    return desk
  }

  /// How many seconds the clock passed while versions were in force, and how many slots of them the
  /// ledger has up to there.
  private func seconds(_ desk: TestDesk) async throws -> (passed: Int64, told: Int64) {
    let row = try await desk.pool.query(
      """
      with span as (
        select revision, floor(extract(epoch from since))::bigint as since,
               floor(extract(epoch from lead(since) over (order by since)))::bigint as until
          from jobs.in_force
      )
      select (select sum(until - since) from span where revision is not null)::bigint as passed,
             (select sum(slots) from jobs.slot
               where due_at <= (select max(since) from jobs.in_force))::bigint as told
      """
    ).one
    return (try row["passed"], try row["told"])
  }

  @Test(arguments: 1...5) func `that takes a job away leaves no slot untold`(_: Int) async throws {
    let desk = try await desk()
    try await desk.load(retiringAbsent: true)
    try await desk.load(TestDesk.job("sync", every: .seconds(1)))
    try await desk.load(retiringAbsent: true)
    let seconds = try await seconds(desk)
    #expect(seconds.told == seconds.passed)
  }

  @Test func `is not overlooked by who waited behind it to decide`() async throws {
    let desk = try await desk()
    let holder = try await TestDatabase.current.connection()
    try await holder.execute(script: "begin; select from jobs.watermark for update")
    let loading = Task { [desk] in try await desk.load(TestDesk.job("sync", every: .seconds(2))) }
    try await eventually("the load waits") { try await waiting(desk) == 1 }
    let deciding = Task { [desk] in try await desk.decide("sync", by: desk.two) }
    try await eventually("the decider waits behind it") { try await waiting(desk) == 2 }
    try await holder.execute(script: "commit")
    try await loading.value
    _ = try await deciding.value
    let strange = try await desk.count(
      """
      select count(*) from jobs.slot s
       where s.revision <> (select f.revision from jobs.in_force f
                             where f.job = s.job and f.since < s.due_at
                             order by f.since desc limit 1)
      """)
    #expect(strange == 0, "slots decided by a definition that was not in force when they were due")
  }

  private func waiting(_ desk: TestDesk) async throws -> Int {
    try await desk.count(
      """
      select count(*) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'
      """)
  }
}
