import Jobs
import Postgres

extension JobStore {
  /// Who was first to take a place of the job's pool, if none is free.
  func fullPool(of job: Job, on database: any Queryable) async throws -> LockHolder? {
    guard let pool = job.pool else { return nil }
    let active = try await database.query(
      """
      select id, job, holder, claimed_at from jobs.run
       where pool = $1 and state in ('running', 'cancelling') order by claimed_at, id
      """, pool.name)
    guard active.count >= pool.max, let first = active.first else { return nil }
    return LockHolder(
      what: "pool '\(pool.name)' (max \(pool.max))", run: try first["id"],
      job: try first["job"], holder: try first["holder"], since: try first.instant("claimed_at"))
  }
}
