package import Jobs
import Postgres
import Threads

/// Definitions by revision. A revision never changes its meaning, so nothing here can go stale, and
/// the second-by-second work reads no JSON.
final class DefinitionCache: Sendable {
  private let known = Locked([Revision: Job]())

  struct Revision: Hashable, Sendable {
    let name: String
    let revision: String
  }

  func job(_ revision: Revision) -> Job? { known.withLock { $0[revision] } }

  func keep(_ job: Job, as revision: Revision) {
    known.withLock { known in
      // Reloads leave old revisions behind; a desk has a handful, so starting over is enough.
      if known.count > 50_000 { known.removeAll() }
      known[revision] = job
    }
  }
}

extension JobStore {
  /// The definitions of these revisions, in the order asked.
  func jobs(
    _ wanted: [(name: String, revision: String)], on database: any Queryable
  ) async throws -> [Job] {
    let keys = wanted.map { DefinitionCache.Revision(name: $0.name, revision: $0.revision) }
    let defects = try await learn(keys, on: database)
    return try keys.map { key in
      if let job = cache.job(key) { return job }
      throw defects[key]
        ?? PostgresError.decoding("jobs.job_revision lacks \(key.name) \(key.revision)")
    }
  }

  /// Reads what is not known yet into the cache.
  ///
  /// - Returns: why definitions among them cannot be read.
  func learn(
    _ keys: [DefinitionCache.Revision], on database: any Queryable
  ) async throws -> [DefinitionCache.Revision: any Error] {
    let missing = keys.filter { cache.job($0) == nil }
    guard !missing.isEmpty else { return [:] }
    let rows = try await database.query(
      """
      select d.job, d.revision, d.definition
        from jobs.job_revision d
        join unnest($1::text[], $2::text[]) as w(job, revision) using (job, revision)
      """, missing.map(\.name), missing.map(\.revision))
    var defects: [DefinitionCache.Revision: any Error] = [:]
    for row in rows {
      let key = DefinitionCache.Revision(name: try row["job"], revision: try row["revision"])
      do {
        cache.keep(try row.decode("definition", as: JSONText.self).decoded(), as: key)
      } catch {
        defects[key] = error
      }
    }
    return defects
  }

  /// The definition a claim is to be run by: the one in force when its run was made.
  package func job(of claim: Claim) async throws -> Job {
    try await jobs([(claim.job, claim.revision)], on: pool)[0]
  }

  /// The same without asking anybody: nil until it was read once.
  package func knownJob(of claim: Claim) -> Job? {
    cache.job(DefinitionCache.Revision(name: claim.job, revision: claim.revision))
  }
}
