import JobStore
import Jobs
import Postgres
import TradingTime

/// Reads what a conductor must know.
struct ConductorScore {
  let store: JobStore
  let almanac: Almanac
  /// The run with which the day is over.
  let finale: DemoDay.Finale?
  private var schedules: [String: (revision: String, schedule: Schedule?)] = [:]
  private var next: [String: (after: Instant, dueAt: Instant?)] = [:]

  init(_ store: JobStore, _ almanac: Almanac, _ finale: DemoDay.Finale?) {
    self.store = store
    self.almanac = almanac
    self.finale = finale
  }

  /// - Returns: the facts, and the server's time of them.
  mutating func read() async throws -> (facts: Conductor.Facts, real: Instant) {
    let rows = try await rows()
    guard let first = rows.first else {
      throw DemoProblem(.unavailable, "jobs.clock has no row: somebody took it from the demo")
    }
    var facts = Conductor.Facts(
      now: try first.instant("now"), notAfter: try first.instantIfAny("not_after"),
      isBusy: try first["busy"], nextReadyAt: try first.instantIfAny("next_ready_at"))
    for row in rows {
      guard let job = try row.decode("job", as: String?.self) else { continue }
      let watermark = try row.instant("decided_through")
      if let due = try await nextDue(of: job, try row["revision"], after: watermark) {
        facts.nextDueAt = min(facts.nextDueAt ?? due, due)
      }
      if let finale, finale.job == job, watermark >= finale.dueAt {
        facts.isOver = try !first.decode("finale_is_open", as: Bool.self)
      }
    }
    return (facts, try first.instant("real"))
  }

  /// One statement, and so one snapshot: a slot decided between two would be neither owed nor run.
  private func rows() async throws -> Rows {
    try await store.pool.query(
      """
      with clock as materialized (
        select jobs.job_time() as now, clock_timestamp() as real, not_after from jobs.clock
      ), waiting as (
        select min(least(ready_at, expires_at)) as next_ready_at from jobs.run where state = 'ready'
      )
      select c.now, c.real, c.not_after, n.next_ready_at, w.job, j.revision, w.decided_through,
             coalesce(n.next_ready_at <= c.now, false)
               or exists (select from jobs.run where state in ('running', 'cancelling')) as busy,
             exists (select from jobs.run
                      where job = $1 and due_at = $2 and state in ('ready', 'running', 'cancelling'))
               as finale_is_open
        from clock c
       cross join waiting n
        left join (jobs.watermark w join jobs.job j on j.name = w.job and j.retired_at is null)
          on true
      """, finale?.job, finale.map { Timestamp($0.dueAt) })
  }

  private mutating func nextDue(
    of job: String, _ revision: String, after watermark: Instant
  ) async throws -> Instant? {
    if schedules[job]?.revision != revision {
      let schedule = try await store.definition(of: job)?.job.schedule
      schedules[job] = (revision, schedule)
      next[job] = nil
    }
    if let known = next[job], known.after == watermark { return known.dueAt }
    let dueAt = schedules[job]?.schedule?.nextDecision(after: watermark, in: almanac)
    next[job] = (watermark, dueAt)
    return dueAt
  }
}

extension Schedule {
  /// The next slot that is decided at its own time. Wall-clock slots all are, closed ones too; an
  /// interval's closed slots are decided with the next open one.
  func nextDecision(after watermark: Instant, in almanac: Almanac) -> Instant? {
    let horizon = watermark + .seconds(14 * 86_400)
    guard interval == nil else { return next(after: watermark, before: horizon, in: almanac) }
    return slots(after: watermark, through: horizon, in: almanac, limit: 1).spans.first?.first
  }
}

extension Row {
  func instant(_ column: String) throws -> Instant {
    Instant(try decode(column, as: Timestamp.self))
  }

  func instantIfAny(_ column: String) throws -> Instant? {
    try decode(column, as: Timestamp?.self).map(Instant.init)
  }
}
