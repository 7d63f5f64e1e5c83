package import Postgres

/// What one batch took away, and where the next begins; nil when nothing older is left.
package struct PrunedBatch: Hashable, Sendable {
  package var removed: Int64
  package var next: Int64?

  package init(removed: Int64, next: Int64?) {
    self.removed = removed
    self.next = next
  }
}

/// Old history, in batches small enough that nobody waits for one of them.
///
/// Never pruned: what operators did (`jobs.audit`), definitions, outcomes that are `unknown`, and the
/// last success of each job, which its health is told from.
extension JobStore {
  /// Runs of longer ago, with their attempts and results.
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
        returning r.id
      )
      select (select count(*) from gone) as removed,
             (select max(id) from old having count(*) = $3) as next
      """, age, place, limit
    ).one
    return PrunedBatch(removed: try row["removed"], next: try row["next"])
  }

  /// Slots due longer ago, and their decisions, except where a run of theirs is kept.
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
           and s.due_at < (select at from moment)
           and not exists (select from jobs.run r where r.job = s.job and r.due_at = s.due_at)
         order by s.due_at limit $3
      ), gone as (
        delete from jobs.slot s using old o where s.job = o.job and s.due_at = o.due_at
        returning 1
      )
      select count(*) as removed from gone
      """, job, age, limit
    ).one["removed"]
  }

  package func allJobNames(on database: any Queryable) async throws -> [String] {
    try await database.query("select name from jobs.job order by name").map { try $0["name"] }
  }
}
