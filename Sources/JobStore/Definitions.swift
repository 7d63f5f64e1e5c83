package import Jobs
import Postgres
import Threads
package import TradingTime

/// Whose definition counts: the one in `jobs.job`. It is written only by a load.
extension JobStore {
  package struct Definition: Sendable {
    package var job: Job
    package var revision: String
    package var pause: Pause?
    package var watermark: Instant
    package var retiredAt: Instant?
  }

  package func definitions(includingRetired: Bool = false) async throws -> [Definition] {
    let rows = try await definitionRows(includingRetired: includingRetired)
    let jobs = try await jobs(rows.map { ($0.name, $0.revision) }, on: pool)
    return try zip(jobs, rows).map { try definition($0, from: $1.row) }
  }

  /// The same for a runner, which must not stop everything because a newer muhurat has loaded one
  /// job that this one cannot read.
  package func readableDefinitions(
    includingRetired: Bool = false
  ) async throws -> (definitions: [Definition], unreadable: [String]) {
    let rows = try await definitionRows(includingRetired: includingRetired)
    let keys = rows.map { DefinitionCache.Revision(name: $0.name, revision: $0.revision) }
    _ = try await learn(keys, on: pool)
    var readable: [Definition] = []
    var unreadable: [String] = []
    for (key, row) in zip(keys, rows) {
      if let job = cache.job(key) {
        readable.append(try definition(job, from: row.row))
      } else {
        unreadable.append(row.name)
      }
    }
    return (readable, unreadable)
  }

  /// Without what they say, which the cache has: read every few seconds, ten thousand of them would
  /// keep a core busy.
  private func definitionRows(
    includingRetired: Bool
  ) async throws -> [(name: String, revision: String, row: Row)] {
    try await pool.query(
      """
      select j.name, j.revision, j.retired_at, w.decided_through,
             j.paused_at, j.paused_until, j.paused_by, j.paused_reason
        from jobs.job j join jobs.watermark w on w.job = j.name
       where $1 or j.retired_at is null
       order by j.name
      """, includingRetired, deadline: .after(.seconds(5))
    ).map { (try $0["name"], try $0["revision"], $0) }
  }

  package func definition(of job: String) async throws -> Definition? {
    try await pool.query(
      """
      select j.name, j.definition, j.revision, j.retired_at, w.decided_through,
             j.paused_at, j.paused_until, j.paused_by, j.paused_reason
        from jobs.job j join jobs.watermark w on w.job = j.name
       where j.name = $1
      """, job
    ).first.map(definitionWithText)
  }

  private func definitionWithText(from row: Row) throws -> Definition {
    try definition(row.decode("definition", as: JSONText.self).decoded(), from: row)
  }

  func definition(_ job: Job, from row: Row) throws -> Definition {
    Definition(
      job: job,
      revision: try row["revision"],
      pause: try pause(from: row),
      watermark: try row.instant("decided_through"),
      retiredAt: try row.instantIfAny("retired_at"))
  }

  func pause(from row: Row) throws -> Pause? {
    guard let since = try row.instantIfAny("paused_at"),
      let until = try row.instantIfAny("paused_until")
    else { return nil }
    return Pause(
      since: since, until: until, by: try row["paused_by"], reason: try row["paused_reason"])
  }

  /// Names under which a job went before, the last first.
  package func formerNames(of job: String) async throws -> [String] {
    try await pool.query(
      """
      select name from jobs.job where renamed_to = $1 order by retired_at desc
      """, job
    ).map { try $0.decode("name") }
  }

  /// The revision a definition would have, to compare files with what is in force.
  package func revision(of job: Job) async throws -> String {
    try await pool.query(
      """
      select substr(encode(sha256(convert_to(($1::jsonb)::text, 'utf8')), 'hex'), 1, 12)
          as revision
      """, try JSONText(encoding: job)
    ).one["revision"]
  }
}
