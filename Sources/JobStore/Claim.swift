package import Jobs
import Postgres
import Threads
package import TradingTime

/// A runner's right to one attempt, until its lease ends.
///
/// Whatever is written with it shows `run` and `fence`; a holder that was rescued, frozen or cut
/// off shows a fence that is no longer the lock's.
package struct Claim: Sendable, Hashable {
  package var run: Int64
  package var job: String
  package var revision: String
  package var item: String?
  package var dueAt: Instant?
  package var businessDate: CivilDate
  package var trigger: Trigger
  package var attempt: Int
  package var lock: String
  package var fence: Int64
  package var parameters: [String: JSONValue]
  package var isIdempotent: Bool
  package var expiresAt: Instant?
  package var readyAt: Instant
  package var lateness: Duration?
  /// What it last waited for before this claim.
  package var waitedFor: String? = nil
  /// Whatever it writes is taken back.
  package var isDryRun = false
}

/// Whose runs a process claims. Ten thousand names sent with each claim would cost more than all
/// else in it, so who works for all jobs names the few that are not its own.
package enum JobChoice: Hashable, Sendable, ExpressibleByArrayLiteral {
  case only([String])
  case allBut([String])

  package init(arrayLiteral names: String...) { self = .only(names) }

  var names: [String] {
    switch self {
    case .only(let names), .allBut(let names): names
    }
  }

  var isExcept: Bool {
    if case .allBut = self { true } else { false }
  }
}

extension JobStore {
  /// Claims ready runs, oldest first, at most one for each lock.
  ///
  /// `skip locked`, not a wait: a locked row has a live owner, and waiting would hold up every run
  /// behind it. Both rows are locked, so two claimers cannot both find the lock free; of a lock's
  /// runs only the oldest is looked at, so nobody overtakes inside a lock. The fence is raised in
  /// the same statement that takes the lock. `no key update`, because a new run's reference to its
  /// lock should neither wait for a claim nor make one pass the lock by.
  ///
  /// The locks that runs wait for are found by jumping from one to the next in the index. Walking
  /// the runs by age instead reads all ten thousand of a backfill behind one held lock, each time.
  ///
  /// Runs of the past that an operator asked for (`yields`) let the schedule's own go first, so that
  /// a long backfill costs a coming slot the length of one run and no more.
  ///
  /// Of a pool's jobs the oldest heads take its free places. Two claimers may see the same place
  /// free; the second finds it taken at its commit and claims anew.
  ///
  /// A run that is safe to repeat gets its start mark here; whether it started makes no difference
  /// to what follows.
  ///
  /// - Parameters:
  ///   - jobs: whose units this process knows. A claim of another, which was loaded a moment ago,
  ///     must be handed back.
  ///   - only: these runs alone (`run --due`); nil for any.
  package func claim(
    upTo limit: Int, of jobs: JobChoice, only: [Int64]? = nil
  ) async throws -> [Claim] {
    for _ in 0..<3 {
      do {
        return try await claimOnce(upTo: limit, of: jobs, only: only)
      } catch let error as PostgresError where error.isTakenPlace {}
    }
    return []
  }

  /// A planner that last counted while nothing was ready takes every index of ready runs for empty;
  /// one that is read anew for each of a thousand locks costs half a second. So no condition here is
  /// served by two: `wanted` and `head` ask for what waits in the words of `ready_runs_of_a_lock`
  /// (neither held nor ended, which the table's constraints make the same as ready), and in `pick`,
  /// where each head is found by its number, `coalesce` hides the state from all of them.
  private func claimOnce(
    upTo limit: Int, of jobs: JobChoice, only: [Int64]?
  ) async throws -> [Claim] {
    try await pool.query(
      """
      with recursive clock as materialized (
        select jobs.job_time() as now
      ), wanted (lock) as (
        (select lock from jobs.run
          where lease_ends_at is null and finished_at is null
          order by lock limit 1)
         union all
        select (select r.lock from jobs.run r
                 where r.lease_ends_at is null and r.finished_at is null and r.lock > w.lock
                 order by r.lock limit 1)
          from wanted w where w.lock is not null
      ), head as materialized (
        select r.id, r.job, r.yields, r.ready_at
          from wanted w
          join jobs.lock l on l.name = w.lock and l.run is null
         cross join lateral (
           select e.id, e.job, e.yields, e.ready_at
             from jobs.run e
            where e.lock = w.lock and e.lease_ends_at is null and e.finished_at is null
              and e.ready_at <= (select now from clock)
              and (e.expires_at is null or e.expires_at > (select now from clock))
            order by e.yields, e.ready_at, e.id
            limit 1) r
         where (r.job = any($2)) <> $6 and ($3::bigint[] is null or r.id = any($3))
      ), pooled as materialized (
        select h.id, j.pool, j.pool_max,
               row_number() over (
                 partition by j.pool order by h.yields, h.ready_at, h.id) as nth
          from head h join jobs.job j on j.name = h.job
         where j.pool is not null
      ), seated as materialized (
        select h.id, null::text as pool, null::int as place
          from head h join jobs.job j on j.name = h.job
         where j.pool is null
         union all
        select p.id, p.pool, f.place
          from pooled p
         cross join lateral (
           select n as place, row_number() over (order by n) as nth
             from generate_series(1, p.pool_max) n
            where not exists (
              select from jobs.run a
               where a.pool = p.pool and a.pool_place = n
                 and a.state in ('running', 'cancelling'))) f
         where f.nth = p.nth
      ), pick as materialized (
        select r.id, r.lock, r.waiting_for, h.pool, h.place
          from seated h join jobs.run r on r.id = h.id join jobs.lock l on l.name = r.lock
         where coalesce(r.state = 'ready', false) and r.ready_at <= (select now from clock)
           and l.run is null
         order by r.yields, r.ready_at, r.id
         limit $1
           for no key update of r, l skip locked
      ), taken as (
        update jobs.lock l
           set fence = l.fence + 1, run = p.id, holder = $4, taken_at = clock_timestamp()
          from pick p
         where l.name = p.lock
        returning l.run, l.fence, p.waiting_for, p.pool, p.place
      ), claimed as (
        update jobs.run r
           set state = 'running', fence = t.fence, holder = $4, attempt = r.attempt + 1,
               waiting_for = null, pool = t.pool, pool_place = t.place,
               claimed_at = clock_timestamp(),
               lease_ends_at = clock_timestamp() + $5::interval,
               started_at = case when r.idempotent then clock_timestamp() end,
               lateness = coalesce(r.lateness, make_interval(secs =>
                 extract(epoch from (select now from clock) - r.due_at)::float8))
          from taken t
         where r.id = t.run
        returning r.id, r.job, r.revision, r.item, r.due_at, r.business_date, r.trigger, r.attempt,
                  r.lock, r.fence, r.parameters, r.idempotent, r.expires_at, r.ready_at,
                  r.lateness, r.started_at, r.dry_run, t.waiting_for as waited_for
      ), tried as (
        insert into jobs.attempt (run_id, fence, number, holder, started_at)
        select id, fence, attempt, $4, started_at from claimed
      )
      select id, job, revision, item, due_at, business_date, trigger, attempt, lock, fence,
             parameters, idempotent, expires_at, ready_at, lateness, dry_run, waited_for
        from claimed
       order by ready_at, id
      """, limit, jobs.names, only, holder, Self.lease, jobs.isExcept, deadline: .after(.seconds(2))
    ).map(claim)
  }

  /// Claims that this process holds and does not know of: the answer to claiming them was lost.
  ///
  /// By process identity, never by name, and none whose unit may have begun without being safe to
  /// repeat. Only the one loop that claims may ask, or it would find what it is just being told.
  package func unknownClaims(besides known: [Int64]) async throws -> [Claim] {
    try await pool.query(
      """
      select id, job, revision, item, due_at, business_date, trigger, attempt, lock, fence,
             parameters, idempotent, expires_at, ready_at, lateness, dry_run,
             waiting_for as waited_for
        from jobs.run
       where state in ('running', 'cancelling') and holder = $1 and id <> all($2)
         and (idempotent or started_at is null)
         and lease_ends_at > clock_timestamp() + interval '5 seconds'
       order by ready_at, id
      """, holder, known, deadline: .after(.seconds(2))
    ).map(claim)
  }

  func claim(from row: Row) throws -> Claim {
    Claim(
      run: try row["id"], job: try row["job"], revision: try row["revision"], item: try row["item"],
      dueAt: try row.instantIfAny("due_at"), businessDate: try row.date("business_date"),
      trigger: try row.word("trigger"), attempt: Int(try row.decode("attempt", as: Int32.self)),
      lock: try row["lock"], fence: try row["fence"],
      parameters: try row.decode("parameters", as: JSONText.self).decoded(),
      isIdempotent: try row["idempotent"], expiresAt: try row.instantIfAny("expires_at"),
      readyAt: try row.instant("ready_at"), lateness: try row["lateness"],
      waitedFor: try row["waited_for"], isDryRun: try row["dry_run"])
  }

  /// When the next waiting run may be claimed, on the job's clock; nil if none waits.
  package func nextReadyAt(of jobs: JobChoice) async throws -> Instant? {
    try await pool.query(
      """
      select min(ready_at) as at
        from jobs.run
       where state = 'ready' and (job = any($1)) <> $2
         and ready_at > (select jobs.job_time())
      """, jobs.names, jobs.isExcept, deadline: .after(.seconds(2))
    ).one.instantIfAny("at")
  }

  /// Whether a run still waits to be claimed.
  package func isReady(_ run: Int64) async throws -> Bool {
    try await pool.query(
      "select exists (select from jobs.run where id = $1 and state = 'ready') as ready", run
    ).one["ready"]
  }
}

extension PostgresError {
  /// Another claim took the place of the pool first.
  var isTakenPlace: Bool { server?.constraint == "one_active_run_per_place_of_a_pool" }
}
