import Jobs
import Postgres
import TradingTime

/// What the tables say of every job, in four statements that a pipeline sends at once.
///
/// Each looks a job up by its indexes and stops after a bounded number of rows, so the cost goes
/// with the number of jobs and not with how many runs there ever were.
struct OverviewFacts {
  var clock: ViewClock
  var jobs: [JobRow]
  var lastRuns: [String: LastRow]
  var queues: [String: QueueRow]

  struct JobRow {
    var name: String
    var revision: String
    var firstLoadedAt: Instant
    var retiredAt: Instant?
    var pause: Pause?
    var watermark: Instant
    var lastSlot: JobOverview.LastSlot?
    var skips: Int
    var unknown: Int
    var held: Int
  }

  struct LastRow {
    var run: JobOverview.LastRun
    var successAt: Instant?
  }

  struct QueueRow {
    var active: Int
    var ready: Int
    var waitingFor: String?
    var waitingSince: Instant?
  }

  /// - Parameter names: nil for every job in force.
  static func read(
    _ names: [String]?, includingRetired: Bool, lookingBack: Int64?, store: JobStore,
    on database: any Queryable
  ) async throws -> OverviewFacts {
    // The plan is costed by the thousands of rows it never reads; compiling it takes longer than
    // running it.
    try await database.query("set local jit = off")
    let answers = try await database.pipeline([
      JobStore.clockStatement, jobStatement(names, includingRetired),
      lastRunStatement(names, includingRetired, lookingBack), queueStatement(names),
    ])
    return OverviewFacts(
      clock: try JobStore.viewClock(from: answers[0].one),
      jobs: try answers[1].map { try JobRow($0, pause: try store.pause(from: $0)) },
      lastRuns: try byJob(answers[2], LastRow.init),
      queues: try byJob(answers[3], QueueRow.init))
  }

  /// From their beginning.
  static func lastRuns(
    of names: [String], on database: any Queryable
  ) async throws -> [String: LastRow] {
    try byJob(
      try await database.run(lastRunStatement(names, true, nil), deadline: nil), LastRow.init)
  }

  private static func byJob<Value>(
    _ rows: Rows, _ value: (Row) throws -> Value
  ) throws -> [String: Value] {
    Dictionary(
      uniqueKeysWithValues: try rows.map {
        (try $0.decode("job", as: String.self), try value($0))
      })
  }

  private static func jobStatement(_ names: [String]?, _ includingRetired: Bool) -> Statement {
    Statement(
      """
      select j.name, j.revision, j.retired_at, j.paused_at, j.paused_until, j.paused_by,
             j.paused_reason, w.decided_through, s.due_at, s.decision, s.reason,
             (select min(v.loaded_at) from jobs.job_revision v
               where v.job = j.name) as first_loaded_at,
             coalesce(s.skips, 0)::bigint as skips,
             (select count(*) from jobs.run u
               where u.job = j.name and u.state = 'unknown'
                 and u.acknowledged_at is null) as unknown,
             (select count(*) from jobs.slot h
               where h.job = j.name and h.decision = 'held'
                 and not exists (select from jobs.run r
                                  where r.job = h.job and r.due_at = h.due_at)) as held
        from jobs.job j
        join jobs.watermark w on w.job = j.name
        left join lateral (
          select n.due_at, n.decision, n.reason,
                 sum(n.slots) filter (where n.decision = 'skipped'
                   and n.due_at > coalesce(n.other, '-infinity'))
                   over () as skips
            from (select due_at, decision, reason, slots,
                         max(due_at) filter (where decision <> 'skipped') over () as other
                    from (select due_at, decision, reason, slots
                            from jobs.slot where job = j.name
                           order by due_at desc limit 8) as newest) as n
           order by n.due_at desc limit 1) as s on true
       where ($1::text[] is null or j.name = any($1)) and ($2 or j.retired_at is null)
       order by j.name
      """, names, includingRetired)
  }

  /// The newest slot of which something ended, then the newest ended run of each of its items, a
  /// later run by hand included; of these the worst is the job's last run.
  ///
  /// `$3` bounds how far back, in run numbers, the success before a failure is looked for, because a
  /// job that fails for ever would otherwise be read from its beginning each time; null looks through
  /// everything.
  /// Backfills are of other dates and say nothing about now, and a dry run says nothing at all.
  private static func lastRunStatement(
    _ names: [String]?, _ includingRetired: Bool, _ lookingBack: Int64?
  ) -> Statement {
    Statement(
      """
      select distinct on (job) job, id, item, state, verdict, reason, trigger, due_at,
             business_date, attempt, started_at, finished_at, lateness, duration,
             count(*) over of_job as items,
             count(*) filter (where state = 'succeeded' and coalesce(verdict, 'ok') = 'ok')
               over of_job as items_well,
             case when bool_and(success_at is not null) over of_job
                  then min(success_at) over of_job end as success_at
        from (
          select j.name as job, r.id, r.item, r.state, res.verdict, r.reason, r.trigger, r.due_at,
                 r.business_date, r.attempt, r.started_at, r.finished_at,
                 extract(epoch from r.lateness)::float8 as lateness,
                 extract(epoch from r.finished_at
                           - coalesce(r.started_at, r.claimed_at))::float8 as duration,
                 case r.state when 'succeeded' then r.finished_at else ok.finished_at
                 end as success_at,
                 array_position(
                   array['succeeded', 'skipped', 'cancelled', 'gated', 'expired', 'failed',
                         'unknown'], r.state) as badness,
                 coalesce(array_position(
                   array['ok', 'no_data', 'warn', 'stale_input', 'breaks'],
                   res.verdict), 1) as worse
            from jobs.job j
            cross join lateral (
              select (select n.due_at
                        from (select due_at, state from jobs.run
                               where job = j.name and due_at is not null
                               order by due_at desc limit 1000) as n
                       where n.state not in ('ready', 'running', 'cancelling', 'superseded')
                       order by n.due_at desc limit 1) as due_at
               limit 1) as newest
            cross join lateral (
              select coalesce(
                       (select min(f.id) from jobs.run f
                         where f.job = j.name and f.due_at = newest.due_at),
                       (select m.id
                          from (select id, state from jobs.run
                                 where job = j.name and not dry_run
                                 order by id desc limit 1000) as m
                         where m.state not in ('ready', 'running', 'cancelling', 'superseded')
                         order by m.id desc limit 1)) as first_run) as since
            cross join lateral (
              select distinct on (coalesce(i.item, ''))
                     i.id, i.item, i.state, i.reason, i.trigger, i.due_at, i.business_date,
                     i.attempt, i.claimed_at, i.started_at, i.finished_at, i.lateness
                from jobs.run i
               where i.job = j.name and i.id >= since.first_run
                 and (i.due_at = newest.due_at or i.trigger = 'manual') and not i.dry_run
                 and i.state not in ('ready', 'running', 'cancelling', 'superseded')
               order by coalesce(i.item, ''), i.id desc) as r
            left join jobs.result res on res.run_id = r.id
            left join lateral (
              select h.id, h.finished_at
                from jobs.run h
               where r.state <> 'succeeded'
                 and h.job = j.name and h.state = 'succeeded' and h.item is not distinct from r.item
                 and h.id > coalesce(r.id - $3, 0)
               order by h.id desc limit 1) as ok on true
           where ($1::text[] is null or j.name = any($1)) and ($2 or j.retired_at is null)) as ended
      window of_job as (partition by job)
       order by job, badness desc, worse desc, id desc
      """, names, includingRetired, lookingBack)
  }

  private static func queueStatement(_ names: [String]?) -> Statement {
    Statement(
      """
      select job, count(*) filter (where state <> 'ready') as active,
             count(*) filter (where state = 'ready') as ready,
             (array_agg(waiting_for order by id)
               filter (where waiting_for is not null))[1] as waiting_for,
             min(unbegun) as waiting_since
        from (select id, job, state, waiting_for,
                     case when started_at is null and attempt = 0 then due_at end as unbegun
                from jobs.run where state = 'ready'
              union all
              select id, job, state, null, null from jobs.run
               where state in ('running', 'cancelling')) as unfinished
       where $1::text[] is null or job = any($1)
       group by job
      """, names)
  }
}

extension OverviewFacts.JobRow {
  fileprivate init(_ row: Row, pause: Pause?) throws {
    name = try row["name"]
    revision = try row["revision"]
    firstLoadedAt = try row.instant("first_loaded_at")
    retiredAt = try row.instantIfAny("retired_at")
    self.pause = pause
    watermark = try row.instant("decided_through")
    skips = try row.count("skips")
    unknown = try row.count("unknown")
    held = try row.count("held")
    lastSlot = try row.instantIfAny("due_at").map {
      .init(dueAt: $0, decision: try row.word("decision"), reason: try row["reason"])
    }
  }
}

extension OverviewFacts.LastRow {
  fileprivate init(_ row: Row) throws {
    run = .init(
      id: try row["id"], item: try row["item"], state: try row.word("state"),
      verdict: try row.wordIfAny("verdict"), reason: try row["reason"],
      trigger: try row.word("trigger"), dueAt: try row.instantIfAny("due_at"),
      businessDate: try row.date("business_date"),
      attempt: Int(try row.decode("attempt", as: Int32.self)),
      startedAt: try row.instantIfAny("started_at"),
      finishedAt: try row.instantIfAny("finished_at"),
      latenessSeconds: try row.secondsIfAny("lateness"),
      durationSeconds: try row.secondsIfAny("duration"),
      items: try row.count("items"), itemsWell: try row.count("items_well"))
    successAt = try row.instantIfAny("success_at")
  }
}

extension OverviewFacts.QueueRow {
  fileprivate init(_ row: Row) throws {
    active = try row.count("active")
    ready = try row.count("ready")
    waitingFor = try row["waiting_for"]
    waitingSince = try row.instantIfAny("waiting_since")
  }
}
