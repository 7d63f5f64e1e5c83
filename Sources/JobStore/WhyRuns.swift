import Jobs
import Postgres
import TradingTime

/// The runs an explanation speaks of, oldest first, with their attempts and whoever holds their
/// locks.
extension JobStore {
  /// Asked about now: besides the slot's runs every run of the job that has not ended, and where no
  /// slot was ever decided the newest run.
  func whyRuns(
    _ job: String, slot: Instant?, asked: Instant?, isNow: Bool, on tx: any Queryable
  ) async throws -> [ExplanationFacts.Run] {
    let rows = try await tx.query(
      """
      with wanted as (
        select id from jobs.run where job = $1 and due_at = $2
        union
        select id from jobs.run where job = $1 and due_at = $4
        union
        select id from jobs.run where $3 and job = $1 and state = 'ready'
        union
        select id from jobs.run where $3 and job = $1 and state in ('running', 'cancelling')
        union
        (select id from jobs.run where $3 and $2 is null and job = $1 order by id desc limit 1)
      )
      select r.id, r.item, r.due_at, r.trigger, r.state, r.reason, r.waiting_for, r.requested_by,
             r.request_reason, r.lock, r.attempt, r.ready_at, r.expires_at,
             extract(epoch from r.lateness)::float8 as lateness, r.holder, r.claimed_at,
             r.started_at, r.finished_at, res.verdict, h.id as holder_run, h.job as holder_job,
             h.item as holder_item, l.taken_at as holder_since,
             case when r.state = 'ready' and l.run is null and j.pool is not null
                   and (select count(*) from jobs.run a
                         where a.pool = j.pool and a.state in ('running', 'cancelling'))
                       >= j.pool_max
                  then format('pool ''%s'' has all its %s places taken', j.pool, j.pool_max)
              end as pool_full
        from wanted w
        join jobs.run r on r.id = w.id
        join jobs.job j on j.name = r.job
        left join jobs.result res on res.run_id = r.id
        left join jobs.lock l on r.state = 'ready' and l.name = r.lock and l.run is not null
        left join jobs.run h on h.id = l.run
       order by r.id
      """, job, slot.map(Timestamp.init), isNow, asked.map(Timestamp.init))
    let runs = try rows.map { try run($0) }
    let attempts = try await whyAttempts(of: runs.map(\.id), on: tx)
    return runs.map { run in
      var run = run
      run.attempts = attempts[run.id] ?? []
      return run
    }
  }

  private func run(_ row: Row) throws -> ExplanationFacts.Run {
    var run = ExplanationFacts.Run(
      id: try row["id"], item: try row["item"], dueAt: try row.instantIfAny("due_at"),
      trigger: try row.word("trigger"), state: try row.word("state"), reason: try row["reason"],
      lock: try row["lock"], readyAt: try row.instant("ready_at"))
    run.waitingFor = try row["waiting_for"] ?? row["pool_full"]
    run.requestedBy = try row["requested_by"]
    run.requestReason = try row["request_reason"]
    run.attempt = Int(try row.decode("attempt", as: Int32.self))
    run.expiresAt = try row.instantIfAny("expires_at")
    run.lateness = try row.secondsIfAny("lateness").map { .seconds($0) }
    run.holder = try row["holder"]
    run.claimedAt = try row.instantIfAny("claimed_at")
    run.startedAt = try row.instantIfAny("started_at")
    run.finishedAt = try row.instantIfAny("finished_at")
    run.verdict = try row.wordIfAny("verdict")
    if let holder = try row.decode("holder_run", as: Int64?.self),
      let since = try row.instantIfAny("holder_since")
    {
      run.lockedBy = ExplanationFacts.LockHolder(
        run: holder, job: try row["holder_job"], item: try row["holder_item"], since: since)
    }
    return run
  }

  private func whyAttempts(
    of runs: [Int64], on tx: any Queryable
  ) async throws -> [Int64: [ExplanationFacts.Attempt]] {
    try await tx.query(
      """
      select run_id, number, outcome, error, holder, claimed_at, finished_at
        from jobs.attempt
       where run_id = any($1)
       order by run_id, fence
      """, runs
    ).reduce(into: [:]) { attempts, row in
      attempts[try row.decode("run_id"), default: []].append(
        ExplanationFacts.Attempt(
          number: Int(try row.decode("number", as: Int32.self)),
          outcome: try row.wordIfAny("outcome"), error: try row["error"],
          holder: try row["holder"], claimedAt: try row.instant("claimed_at"),
          finishedAt: try row.instantIfAny("finished_at")))
    }
  }
}
