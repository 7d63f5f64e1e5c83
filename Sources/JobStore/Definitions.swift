package import Jobs
import Postgres
package import TradingTime

/// Whose definition counts: the one in `jobs.job`. It is written only here.
extension JobStore {
  package struct Definition: Sendable {
    package var job: Job
    package var revision: String
    package var pause: Pause?
    package var watermark: Instant
    package var retiredAt: Instant?
  }

  /// What a load changed, by job name.
  package struct LoadReport: Sendable, Hashable {
    package var added: [String] = []
    package var changed: [String] = []
    package var retired: [String] = []
    package init() {}
  }

  /// Puts definitions in force.
  ///
  /// A job's first load sets its watermark to the job's clock: nothing before it was ever promised. An edited
  /// job's new revision governs what has not been decided. Only a whole load (`serve`) retires what is absent.
  package func load(_ jobs: [Job], retiringAbsent: Bool) async throws -> LoadReport {
    let names = jobs.map(\.name)
    let definitions = try jobs.map { try JSONText(encoding: $0) }
    return try await pool.transaction { tx in
      // Two loaders would otherwise each retire what the other has just added.
      try await tx.query("select pg_advisory_xact_lock(hashtext('muhurat load'))")
      let before = try await knownRevisions(on: tx)
      let rows = try await tx.query(
        """
        with loaded as (
          select name, definition, substr(encode(sha256(convert_to(definition::text, 'utf8')), 'hex'), 1, 12) as revision
            from unnest($1::text[], $2::jsonb[]) as given(name, definition)
        ), job as (
          insert into jobs.job as j (name, definition, revision, loaded_by)
          select name, definition, revision, $3 from loaded
              on conflict (name) do update
             set definition = excluded.definition, revision = excluded.revision, retired_at = null,
                 loaded_at = clock_timestamp(), loaded_by = excluded.loaded_by
           where j.revision <> excluded.revision or j.retired_at is not null
          returning name, revision
        ), revision as (
          insert into jobs.job_revision (job, revision, definition, loaded_by)
          select name, revision, definition, $3 from loaded
              on conflict do nothing
        ), watermark as (
          insert into jobs.watermark (job, decided_through)
          select name, jobs.job_time() from loaded
              on conflict do nothing
        )
        select name, revision from job
        """, names, definitions, holder)
      var report = LoadReport()
      for row in rows {
        let name: String = try row["name"]
        if before[name] == nil { report.added.append(name) } else { report.changed.append(name) }
      }
      if retiringAbsent {
        report.retired = try await retireAbsent(names, on: tx)
      }
      if report != LoadReport() { try await hint("load", on: tx) }
      return report
    }
  }

  private func knownRevisions(on tx: any Queryable) async throws -> [String: String] {
    let rows = try await tx.query("select name, revision from jobs.job where retired_at is null")
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try $0.decode("name"), try $0.decode("revision")) })
  }

  private func retireAbsent(_ names: [String], on tx: any Queryable) async throws -> [String] {
    try await tx.query(
      """
      update jobs.job set retired_at = clock_timestamp()
       where retired_at is null and name <> all($1)
      returning name
      """, names
    ).map { try $0.decode("name") }
  }

  package func definitions(includingRetired: Bool = false) async throws -> [Definition] {
    try await pool.query(
      """
      select j.name, j.definition, j.revision, j.retired_at, w.decided_through,
             j.paused_at, j.paused_until, j.paused_by, j.paused_reason
        from jobs.job j join jobs.watermark w on w.job = j.name
       where $1 or j.retired_at is null
       order by j.name
      """, includingRetired
    ).map(definitionWithText)
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

  /// The revision a set of definitions would have, to compare files with what is in force.
  package func revision(of job: Job) async throws -> String {
    try await pool.query(
      "select substr(encode(sha256(convert_to(($1::jsonb)::text, 'utf8')), 'hex'), 1, 12) as revision",
      try JSONText(encoding: job)
    ).one["revision"]
  }
}
