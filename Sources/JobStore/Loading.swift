package import Jobs
import Postgres
import TradingTime

/// What a load changed, by job name.
extension JobStore {
  package struct LoadReport: Sendable, Hashable {
    package var added: [String] = []
    package var changed: [String] = []
    package var retired: [String] = []
    /// Retired jobs whose definition came back under another name, and that name.
    package var renamed: [String: String] = [:]
    /// Jobs of which it could not be told what their old schedule still owed, and why.
    package var untold: [String: String] = [:]
    package init() {}
  }

  /// Puts definitions in force.
  ///
  /// A job's first load sets its watermark to the job's clock: nothing before it was ever promised.
  /// Where a schedule changes or a job leaves, the slots that the old one still owes are closed as
  /// `superseded`, so that none is forgotten and the new schedule fires nothing of the past. A job
  /// that comes back owes nothing for the time it was away. Any other change governs whatever is
  /// not yet decided. Only a whole load (`serve`) retires what is absent.
  ///
  /// A job that was renamed is one that left and one that came: its history stays under the name it
  /// had, and the old name says where it went.
  ///
  /// - Parameter almanac: for telling what the old schedules owe.
  package func load(
    _ jobs: [Job], retiringAbsent: Bool, in almanac: Almanac
  ) async throws -> LoadReport {
    let texts = try jobs.map { try JSONText(encoding: $0) }
    return try await brief(within: .seconds(30)) { tx in
      // Two loaders would otherwise each retire what the other has just added.
      try await tx.query("select pg_advisory_xact_lock(hashtext('muhurat load'))")
      let before = try await knownJobs(on: tx)
      let after = try await revisions(of: texts, on: tx)
      let owed = jobs.compactMap { job in
        before[job.name].flatMap { closing($0, for: job, after[job.name] ?? "?", almanac) }
      }
      if !owed.isEmpty { try await write(owed, on: tx) }
      var report = LoadReport()
      for plan in owed { report.untold[plan.definition.job.name] = plan.plan.holds }
      for name in try await put(jobs.map(\.name), texts, on: tx) {
        let isNew = before[name].map { $0.definition.retiredAt != nil } ?? true
        if isNew { report.added.append(name) } else { report.changed.append(name) }
      }
      if retiringAbsent {
        let leaving = before.values
          .filter { known in
            known.definition.retiredAt == nil && !jobs.contains { $0.name == known.name }
          }
          .sorted { $0.name < $1.name }
        report.renamed = renamed(leaving, to: jobs.filter { report.added.contains($0.name) })
        try await retire(leaving, &report, almanac, on: tx)
      }
      if report != LoadReport() { try await hint("load", on: tx) }
      return report
    }
  }

  private struct KnownJob: Sendable {
    var definition: Definition
    var now: Instant
    var name: String { definition.job.name }
  }

  /// What is in force, with the watermarks locked: nobody decides by the old definition meanwhile.
  private func knownJobs(on tx: any Queryable) async throws -> [String: KnownJob] {
    let rows = try await tx.query(
      """
      select j.name, j.revision, j.definition, j.retired_at, w.decided_through,
             jobs.job_time() as now, j.paused_at, j.paused_until, j.paused_by, j.paused_reason
        from jobs.job j join jobs.watermark w on w.job = j.name
       order by j.name
         for update of w
      """)
    return try rows.reduce(into: [:]) { known, row in
      let name: String = try row["name"]
      // What a newer muhurat wrote and this one cannot read has nothing this one could close.
      let job =
        (try? row.decode("definition", as: JSONText.self).decoded(as: Job.self))
        ?? Job(name: name, work: .command([]), timeout: .seconds(1))
      known[name] = KnownJob(
        definition: try definition(job, from: row), now: try row.instant("now"))
    }
  }

  private func revisions(
    of texts: [JSONText], on tx: any Queryable
  ) async throws -> [String: String] {
    let rows = try await tx.query(
      """
      select d ->> 'name' as name,
             substr(encode(sha256(convert_to(d::text, 'utf8')), 'hex'), 1, 12) as revision
        from unnest($1::jsonb[]) as d
      """, texts)
    return try rows.reduce(into: [:]) { $0[try $1.decode("name")] = try $1.decode("revision") }
  }

  /// What the old definition owes, closed; nil if the new one takes it over.
  private func closing(
    _ known: KnownJob, for job: Job, _ revision: String, _ almanac: Almanac
  ) -> DecidedPlan? {
    let old = known.definition
    if old.retiredAt != nil {
      let plan = DecidingPlan(watermark: max(old.watermark, known.now))
      return DecidedPlan(definition: old, plan: plan, calendarRevision: nil)
    }
    guard old.job.schedule != job.schedule else { return nil }
    return superseding(
      known, almanac, because: "the schedule changed: \(old.revision) gave way to \(revision)")
  }

  private func superseding(
    _ known: KnownJob, _ almanac: Almanac, because reason: String
  ) -> DecidedPlan {
    let old = known.definition
    let facts = DecidingFacts(
      now: known.now, watermark: old.watermark, pause: old.pause, unfinished: [])
    return DecidedPlan(
      definition: old, plan: Deciding.superseding(old.job, in: almanac, facts, because: reason),
      calendarRevision: almanac.calendar(of: old.job.schedule)?.revision)
  }

  /// Those of the leaving that came back in everything but their name.
  private func renamed(_ leaving: [KnownJob], to added: [Job]) -> [String: String] {
    var left = added
    return leaving.reduce(into: [:]) { renamed, known in
      guard let place = left.firstIndex(where: { known.definition.job.isSame(as: $0) }) else {
        return
      }
      renamed[known.name] = left.remove(at: place).name
    }
  }

  /// - Returns: the jobs that are new or changed.
  private func put(
    _ names: [String], _ texts: [JSONText], on tx: any Queryable
  ) async throws -> [String] {
    let rows = try await tx.query(
      """
      with loaded as (
        select name, definition,
               substr(encode(sha256(convert_to(definition::text, 'utf8')), 'hex'), 1, 12)
                 as revision
          from unnest($1::text[], $2::jsonb[]) as given(name, definition)
      ), job as (
        insert into jobs.job as j (name, definition, revision, loaded_by)
        select name, definition, revision, $3 from loaded
            on conflict (name) do update
           set definition = excluded.definition, revision = excluded.revision, retired_at = null,
               renamed_to = null, loaded_at = clock_timestamp(), loaded_by = excluded.loaded_by
         where j.revision <> excluded.revision or j.retired_at is not null
        returning name, revision
      ), revision as (
        insert into jobs.job_revision (job, revision, definition, loaded_by)
        select name, revision, definition, $3 from loaded
            on conflict do nothing
      ), in_force as (
        insert into jobs.in_force (job, since, revision, loaded_by)
        select name, jobs.job_time(), revision, $3 from job
            on conflict (job, since) do update
           set revision = excluded.revision, loaded_by = excluded.loaded_by
      ), watermark as (
        insert into jobs.watermark (job, decided_through)
        select name, jobs.job_time() from loaded
            on conflict do nothing
      )
      select name from job order by name
      """, names, texts, holder)
    return try rows.map { try $0.decode("name") }
  }

  private func retire(
    _ leaving: [KnownJob], _ report: inout LoadReport, _ almanac: Almanac, on tx: any Queryable
  ) async throws {
    guard !leaving.isEmpty else { return }
    let owed = leaving.map { known in
      let went = report.renamed[known.name].map { "the job was renamed to \($0)" }
      return superseding(known, almanac, because: went ?? "the job was retired")
    }
    try await write(owed, on: tx)
    for plan in owed { report.untold[plan.definition.job.name] = plan.plan.holds }
    report.retired = leaving.map(\.name)
    try await tx.query(
      """
      with retired as (
        update jobs.job j set retired_at = clock_timestamp(), renamed_to = r.renamed_to
          from unnest($1::text[], $2::text[]) as r(name, renamed_to)
         where j.name = r.name
        returning j.name
      )
      insert into jobs.in_force (job, since, revision, loaded_by)
      select name, jobs.job_time(), null, $3 from retired
          on conflict (job, since) do update
         set revision = null, loaded_by = excluded.loaded_by
      """, report.retired, report.retired.map { report.renamed[$0] }, holder)
  }
}

extension Job {
  /// The same in everything that does not follow from the name.
  fileprivate func isSame(as other: Job) -> Bool {
    var renamed = self
    renamed.name = other.name
    let standard = LockTemplate.standard(job: name, hasItems: forEach != nil)
    if lock == standard {
      renamed.lock = .standard(job: other.name, hasItems: other.forEach != nil)
    }
    return renamed == other
  }
}
