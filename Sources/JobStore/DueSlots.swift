package import Jobs
import Postgres
package import TradingTime

/// Decides what has come due: promise 1, a slot is decided exactly once, whoever asks.
extension JobStore {
  package struct Decided: Sendable {
    package var slots: Int = 0
    /// Ids of runs that may be claimed, oldest first.
    package var ready: [Int64] = []
    package var watermark: Instant
    /// Why the job's later slots cannot be told.
    package var holds: String?
    /// Somebody else is deciding this job at this moment.
    package var isBusy = false
  }

  /// Decides all undecided slots of a job up to the job's clock.
  ///
  /// The watermark's row is locked first, so the facts cannot change under the decision; `skip locked`, because whoever
  /// holds it is deciding the same slots. Slots, runs and watermark are then one statement: a crash leaves all or none.
  /// If two ever met all the same, `a_slot_is_decided_once` swallows the second.
  package func decide(
    _ job: String, in almanac: Almanac, workshop: Workshop, suspectClock: String? = nil,
    waiting: Bool = false
  ) async throws -> Decided? {
    try await pool.transaction { tx in
      guard let current = try await lockWatermark(of: job, waiting: waiting, on: tx) else {
        return nil
      }
      var facts = DecidingFacts(
        now: current.now, watermark: current.definition.watermark,
        pause: current.definition.pause, suspectClock: suspectClock)
      let job = current.definition.job
      if let name = job.forEach {
        guard let source = workshop.source(named: name) else { return nil }
        facts.items = try await source.list(tx)
      }
      facts.unfinished = try await unfinishedRuns(of: job.name, on: tx)
      if job.oncePerBusinessDate { facts.usedDates = try await usedDates(of: job.name, on: tx) }
      let plan = Deciding.plan(for: job, in: almanac, facts)
      var decided = Decided(watermark: plan.watermark, holds: plan.holds)
      decided.slots = plan.slots.count
      guard plan.watermark > facts.watermark || !plan.isEmpty else { return decided }
      decided.ready = try await write(plan, of: current.definition, almanac, on: tx)
      return decided
    }
  }

  private func lockWatermark(
    of job: String, waiting: Bool, on tx: any Queryable
  ) async throws -> (definition: Definition, now: Instant)? {
    let rows =
      waiting
      ? try await tx.query(
        """
        select j.name, j.definition, j.revision, j.retired_at, w.decided_through, jobs.job_time() as now,
               j.paused_at, j.paused_until, j.paused_by, j.paused_reason
          from jobs.watermark w join jobs.job j on j.name = w.job
         where w.job = $1 and j.retired_at is null
           for update of w
        """, job)
      : try await tx.query(
        """
        select j.name, j.definition, j.revision, j.retired_at, w.decided_through, jobs.job_time() as now,
               j.paused_at, j.paused_until, j.paused_by, j.paused_reason
          from jobs.watermark w join jobs.job j on j.name = w.job
         where w.job = $1 and j.retired_at is null
           for update of w skip locked
        """, job)
    return try rows.first.map { (try definition(from: $0), try $0.instant("now")) }
  }

  private func unfinishedRuns(of job: String, on tx: any Queryable) async throws -> [UnfinishedRun]
  {
    try await tx.query(
      """
      select id, item, due_at, state, trigger, coalesce(due_at, ready_at) as since
        from jobs.run
       where job = $1 and state in ('ready', 'running', 'cancelling')
       order by id
      """, job
    ).map { row in
      UnfinishedRun(
        id: try row["id"], item: try row["item"], dueAt: try row.instantIfAny("due_at"),
        state: try row.word("state"), trigger: try row.word("trigger"),
        since: try row.instant("since"))
    }
  }

  private func usedDates(of job: String, on tx: any Queryable) async throws -> [UsedDate] {
    try await tx.query(
      """
      select id, item, business_date
        from jobs.run
       where job = $1 and once_per_date and trigger <> 'manual'
         and state not in ('failed', 'cancelled', 'expired', 'gated', 'superseded', 'skipped')
         and business_date > (jobs.job_time() - interval '40 days')::date
      """, job
    ).map { row in
      UsedDate(item: try row["item"], date: try row.date("business_date"), run: try row["id"])
    }
  }

  private func write(
    _ plan: DecidingPlan, of definition: Definition, _ almanac: Almanac, on tx: any Queryable
  ) async throws -> [Int64] {
    let job = definition.job
    let slots = plan.slots
    let runs = plan.runs
    return try await tx.query(
      """
      with slot as (
        insert into jobs.slot (job, due_at, through, slots, decision, reason, business_date, local_label, lateness,
                               revision, calendar_revision, decided_by)
        select $1, due_at, through, slots, decision, reason, business_date, local_label, lateness, $2, $3, $4
          from unnest($5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::text[], $9::text[], $10::date[],
                      $11::text[], $12::interval[])
            as s(due_at, through, slots, decision, reason, business_date, local_label, lateness)
            on conflict do nothing
        returning due_at
      ), new_lock as (
        insert into jobs.lock (name) select distinct unnest($19::text[]) on conflict do nothing
      ), superseded as (
        update jobs.run r
           set state = 'superseded', finished_at = clock_timestamp(),
               reason = 'superseded by the slot of ' || to_char(s.by at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
          from unnest($22::bigint[], $23::timestamptz[]) as s(id, by)
         where r.id = s.id and r.state = 'ready'
      ), cancelled as (
        update jobs.run r set state = 'cancelling', reason = 'a newer slot came due; overlap cancel-old'
         where r.id = any($24) and r.state = 'running'
      ), new_run as (
        insert into jobs.run (job, item, due_at, business_date, trigger, state, reason, revision, idempotent,
                              once_per_date, lock, ready_at, expires_at, finished_at)
        select $1, r.item, r.due_at, r.business_date, r.trigger, r.state, r.reason, $2, $25, $26, r.lock, r.ready_at,
               r.expires_at, case when r.state <> 'ready' then clock_timestamp() end
          from unnest($13::text[], $14::timestamptz[], $15::date[], $16::text[], $17::text[], $18::text[], $19::text[],
                      $20::timestamptz[], $21::timestamptz[])
            as r(item, due_at, business_date, trigger, state, reason, lock, ready_at, expires_at)
          -- Fed by the slots that were really decided here: a slot that somebody else decided has his runs.
          join slot s on s.due_at = r.due_at
            on conflict do nothing
        returning id, state, due_at
      ), moved as (
        update jobs.watermark set decided_through = $27 where job = $1 and decided_through < $27
      )
      select id from new_run where state = 'ready' order by due_at, id
      """,
      job.name, definition.revision, almanac.calendar(of: job.schedule)?.revision, holder,
      slots.map { Timestamp($0.dueAt) }, slots.map { $0.through.map(Timestamp.init) },
      slots.map { Int64($0.count) }, slots.map(\.decision.rawValue), slots.map(\.reason),
      slots.map { Day($0.businessDate) }, slots.map(\.label), slots.map(\.lateness),
      runs.map(\.item), runs.map { Timestamp($0.dueAt) }, runs.map { Day($0.businessDate) },
      runs.map(\.trigger.rawValue), runs.map(\.state.rawValue), runs.map(\.reason),
      runs.map(\.lock), runs.map { Timestamp($0.readyAt) },
      runs.map { $0.expiresAt.map(Timestamp.init) },
      plan.superseded.map(\.run), plan.superseded.map { Timestamp($0.by) }, plan.cancelled,
      job.idempotent, job.oncePerBusinessDate, Timestamp(plan.watermark)
    ).map { try $0.decode("id") }
  }
}
