package import Postgres
import TradingTime

/// What one batch took away, and where the next begins; nil when nothing older is left.
package struct PrunedBatch: Hashable, Sendable {
  package var removed: Int64
  /// Slots that went with their last run.
  package var slots: Int64 = 0
  package var next: Int64?

  package init(removed: Int64, slots: Int64 = 0, next: Int64?) {
    self.removed = removed
    self.slots = slots
    self.next = next
  }
}

/// Old history, in batches small enough that nobody waits for one of them.
///
/// Never pruned: what operators did (`jobs.audit`), definitions, outcomes that are `unknown`, and the
/// last success of each job, which its health is told from.
extension JobStore {
  /// Says first how far history may be gone, so that nobody gives a slot a second run because the
  /// first is no longer on record. Waits for a backfill under way, whose runs are young.
  package func markPruned(olderThan age: Duration, on database: any Queryable) async throws {
    try await database.query(
      """
      update jobs.watermark
         set pruned_through = jobs.job_time() - $1::interval
       where pruned_through is null or pruned_through < jobs.job_time() - $1::interval
      """, age)
  }

  /// Runs of longer ago, with their attempts and results, and each slot with the last of its runs: a
  /// held slot left without its run would wait for a person again.
  ///
  /// Numbers grow with time, so the walk goes up from `place` and ends at the first younger run:
  /// it costs what there is to prune, not what there is.
  package func pruneRuns(
    olderThan age: Duration, from place: Int64 = 0, limit: Int = 1000,
    on database: any Queryable
  ) async throws -> PrunedBatch {
    let row = try await database.query(
      """
      with looked_at as materialized (
        select id, job, state, created_at from jobs.run where id > $2 order by id limit $3
      ), old as materialized (
        select * from looked_at where created_at < clock_timestamp() - $1::interval
      ), gone as (
        delete from jobs.run r
         using old o
         where r.id = o.id and o.state not in ('ready', 'running', 'cancelling', 'unknown')
           and (o.state <> 'succeeded' or exists (
             select from jobs.run n where n.job = o.job and n.id > o.id and n.state = 'succeeded'))
        returning r.id, r.job, r.due_at
      ), emptied as (
        delete from jobs.slot s
         where (s.job, s.due_at) in (select job, due_at from gone)
           and s.through is null
           and not exists (
             select from jobs.run r
              where r.job = s.job and r.due_at = s.due_at and r.id not in (select id from gone))
        returning 1
      )
      select (select count(*) from gone) as removed,
             (select count(*) from emptied) as slots,
             (select max(id) from old having count(*) = $3) as next
      """, age, place, limit
    ).one
    return PrunedBatch(removed: try row["removed"], slots: try row["slots"], next: try row["next"])
  }

  /// Slots due longer ago, and their decisions, except where a run of theirs is kept and where one
  /// still waits for a person.
  package func pruneSlots(
    of job: String, olderThan age: Duration, limit: Int = 1000, on database: any Queryable
  ) async throws -> Int64 {
    try await database.query(
      """
      with moment as materialized (
        select jobs.job_time() - $2::interval as at
      ), old as materialized (
        select s.job, s.due_at from jobs.slot s
         where s.job = $1 and coalesce(s.through, s.due_at) < (select at from moment)
           and s.due_at < (select at from moment) and s.decision <> 'held'
           and not exists (
             select from jobs.run r
              where r.job = s.job and r.due_at between s.due_at and coalesce(s.through, s.due_at))
         order by s.due_at limit $3
      ), gone as (
        delete from jobs.slot s using old o where s.job = o.job and s.due_at = o.due_at
        returning 1
      )
      select count(*) as removed from gone
      """, job, age, limit
    ).one["removed"]
  }

  /// Alarms that cleared, what was said of them, outages and clock events of longer ago.
  package func pruneAlarms(
    olderThan age: Duration, limit: Int = 1000, on database: any Queryable
  ) async throws -> Int64 {
    try await database.query(
      """
      with moment as materialized (
        select clock_timestamp() - $1::interval as at
      ), said as (
        delete from jobs.alarm_message where id in (
          select id from jobs.alarm_message
           where (sent_at is not null or given_up_at is not null)
             and created_at < (select at from moment) order by id limit $2)
        returning 1
      ), cleared as (
        delete from jobs.alarm where cause in (
          select cause from jobs.alarm where cleared_at < (select at from moment) limit $2)
        returning 1
      ), outages as (
        delete from jobs.outage where (holder, lost_at) in (
          select holder, lost_at from jobs.outage
           where found_at < (select at from moment) limit $2)
        returning 1
      ), events as (
        delete from jobs.clock_event where (holder, at, kind) in (
          select holder, at, kind from jobs.clock_event
           where at < (select at from moment) limit $2)
        returning 1
      )
      select count(*) as removed
        from (select from said union all select from cleared
              union all select from outages union all select from events) gone
      """, age, limit
    ).one["removed"]
  }

  /// Up to when nobody can tell any more what ran; nil: of always.
  func prunedThrough(of job: String, on database: any Queryable) async throws -> Instant? {
    try await database.query("select pruned_through from jobs.watermark where job = $1", job)
      .first?.instantIfAny("pruned_through")
  }

  package func allJobNames(on database: any Queryable) async throws -> [String] {
    try await database.query("select name from jobs.job order by name").map { try $0["name"] }
  }
}
