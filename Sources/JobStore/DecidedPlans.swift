import Jobs
import Postgres
import TradingTime

/// A plan with what its rows need besides.
struct DecidedPlan {
  var definition: JobStore.Definition
  var plan: DecidingPlan
  var calendarRevision: String?
}

extension JobStore {
  /// Slots, runs, what they supersede or cancel, and the watermarks: one statement for all jobs.
  ///
  /// Runs are fed by the slots that were really inserted here: a slot that somebody else decided
  /// has his runs. Locks are made and older runs taken in order, so that two who write about the
  /// same ones wait for each other instead of deadlocking.
  func write(_ plans: [DecidedPlan], on tx: any Queryable) async throws {
    let slots = plans.flatMap { plan in plan.plan.slots.map { (plan, $0) } }
    let runs = plans.flatMap { plan in plan.plan.runs.map { (plan, $0) } }
    let superseded = plans.flatMap { plan in
      plan.plan.superseded.map { older in
        let newer = plan.plan.slots.first { $0.dueAt == older.by }
        return (run: older.run, label: newer?.label ?? "\(older.by)")
      }
    }
    try await tx.query(
      """
      with slot as (
        insert into jobs.slot
               (job, due_at, through, slots, decision, reason, business_date, local_label, lateness,
                revision, calendar_revision, decided_by)
        select job, due_at, through, slots, decision, reason, business_date, local_label, lateness,
               revision, calendar_revision, $1
          from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::text[],
                      $7::text[], $8::date[], $9::text[], $10::interval[], $11::text[], $12::text[])
            as s(job, due_at, through, slots, decision, reason, business_date, local_label,
                 lateness, revision, calendar_revision)
            on conflict do nothing
        returning job, due_at
      ), new_lock as (
        insert into jobs.lock (name) select distinct unnest($21::text[]) as name order by name
            on conflict do nothing
      ), older as materialized (
        select id from jobs.run
         where id = any($24::bigint[] || $26::bigint[]) and state in ('ready', 'running')
         order by id
           for no key update
      ), superseded as (
        update jobs.run r
           set state = 'superseded', finished_at = clock_timestamp(),
               reason = format('a newer slot, %s, took its place', s.label)
          from older o join unnest($24::bigint[], $25::text[]) as s(id, label) on s.id = o.id
         where r.id = o.id and r.state = 'ready'
      ), cancelled as (
        update jobs.run r
           set state = 'cancelling', reason = 'a newer slot came due; overlap cancel-old'
          from older o
         where r.id = o.id and r.state = 'running' and r.id = any($26)
      ), new_run as (
        insert into jobs.run
               (job, item, due_at, business_date, trigger, state, reason, lock, ready_at,
                expires_at, revision, idempotent, once_per_date, finished_at)
        select r.job, r.item, r.due_at, r.business_date, r.trigger, r.state, r.reason, r.lock,
               r.ready_at, r.expires_at, r.revision, r.idempotent, r.once_per_date,
               case when r.state <> 'ready' then clock_timestamp() end
          from unnest($13::text[], $14::text[], $15::timestamptz[], $16::date[], $17::text[],
                      $18::text[], $19::text[], $21::text[], $22::timestamptz[],
                      $23::timestamptz[], $20::text[], $27::boolean[], $28::boolean[])
            as r(job, item, due_at, business_date, trigger, state, reason, lock, ready_at,
                 expires_at, revision, idempotent, once_per_date)
          join slot s on s.job = r.job and s.due_at = r.due_at
            on conflict do nothing
      )
      update jobs.watermark w set decided_through = m.through
        from unnest($29::text[], $30::timestamptz[]) as m(job, through)
       where w.job = m.job and w.decided_through < m.through
      """,
      holder,
      slots.map(\.0.definition.job.name), slots.map { Timestamp($1.dueAt) },
      slots.map { $1.through.map(Timestamp.init) }, slots.map { Int64($1.count) },
      slots.map(\.1.decision.rawValue), slots.map(\.1.reason),
      slots.map { Day($1.businessDate) }, slots.map(\.1.label), slots.map(\.1.lateness),
      slots.map(\.0.definition.revision), slots.map(\.0.calendarRevision),
      runs.map(\.0.definition.job.name), runs.map(\.1.item), runs.map { Timestamp($1.dueAt) },
      runs.map { Day($1.businessDate) }, runs.map(\.1.trigger.rawValue),
      runs.map(\.1.state.rawValue), runs.map(\.1.reason), runs.map(\.0.definition.revision),
      runs.map(\.1.lock), runs.map { Timestamp($1.readyAt) },
      runs.map { $1.expiresAt.map(Timestamp.init) },
      superseded.map(\.run), superseded.map(\.label), plans.flatMap(\.plan.cancelled),
      runs.map(\.0.definition.job.idempotent), runs.map(\.0.definition.job.oncePerBusinessDate),
      plans.map(\.definition.job.name), plans.map { Timestamp($0.plan.watermark) })
  }
}
