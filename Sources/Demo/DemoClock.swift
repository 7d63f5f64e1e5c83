package import JobStore
import Postgres
package import TradingTime

/// The job's clock and the broker's, moved together: they must agree, or prices would be stale and
/// tokens expired.
package struct DemoClock: Sendable {
  let store: JobStore
  let simulator: SimulatorProgram
  /// The job's seconds in each real one.
  let speed: DemoSpeed

  package init(_ store: JobStore, _ simulator: SimulatorProgram, speed: DemoSpeed) {
    self.store = store
    self.simulator = simulator
    self.speed = speed
  }

  /// Sets both and lets them stand.
  package func stand(at instant: Instant) async throws {
    let row = try await store.pool.query(
      """
      insert into jobs.clock (origin, started_at, speed, not_after)
      values ($1, clock_timestamp(), $2::float8::numeric, $1)
          on conflict (one) do update
         set origin = excluded.origin, started_at = excluded.started_at, speed = excluded.speed,
             not_after = excluded.not_after
      returning origin, started_at, not_after
      """, Timestamp(instant), pace
    ).one
    try await follow(row)
  }

  /// Lets both go from where they stand, without an end.
  package func goFreely() async throws {
    let row = try await store.pool.query(
      """
      update jobs.clock
         set origin = jobs.job_time(), started_at = clock_timestamp(), not_after = null
      returning origin, started_at, not_after
      """
    ).one
    try await follow(row)
  }

  func hold() async throws {
    let row = try await store.pool.query(
      """
      update jobs.clock
         set not_after = jobs.job_time()
      returning origin, started_at, not_after
      """
    ).one
    try await follow(row)
  }

  /// Moves on from `now`, which the job's clock showed at the server's `real`. Without a limit of
  /// speed it is there at once.
  ///
  /// The simulator first: what runs at `until` then finds it there. The job's clock never goes
  /// back, also if it went on since it was read.
  func go(from now: Instant, at real: Instant, until: Instant) async throws {
    let start = speed == .max ? until : now
    try await simulator.setClock(now: start, at: real, speed: pace, notAfter: until)
    try await store.pool.query(
      """
      update jobs.clock
         set origin = $1, started_at = $2, not_after = greatest($3, jobs.job_time())
      """, Timestamp(start), Timestamp(real), Timestamp(until))
  }

  /// In the tables and for the simulator. Nothing passes at speed max: the clock is set each time,
  /// and whoever maps a moment of work to the job's clock finds it at the slot it belonged to.
  private var pace: Double { speed == .max ? 0 : speed.factor }

  private func follow(_ row: Row) async throws {
    try await simulator.setClock(
      now: try row.instant("origin"), at: try row.instant("started_at"), speed: pace,
      notAfter: try row.instantIfAny("not_after"))
  }
}

extension Timestamp {
  init(_ instant: Instant) { self.init(microsecondsSinceEpoch: instant.microseconds) }
}

extension Instant {
  init(_ timestamp: Timestamp) { self.init(microseconds: timestamp.microsecondsSinceEpoch) }
}

extension Day {
  init(_ date: CivilDate) { self.init(daysSinceEpoch: date.daysSinceEpoch) }
}
