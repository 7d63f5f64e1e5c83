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
      let (before, now) = try await knownJobs(on: tx)
      let after = try await revisions(of: texts, on: tx)
      let owed = jobs.compactMap { job in
        before[job.name].flatMap { closing($0, for: job, after[job.name] ?? "?", now, almanac) }
      }
      if !owed.isEmpty { try await write(owed, on: tx) }
      var report = LoadReport()
      for plan in owed { report.untold[plan.definition.job.name] = plan.plan.holds }
      for name in try await put(jobs.map(\.name), texts, now, on: tx) {
        let isNew = before[name].map { $0.retiredAt != nil } ?? true
        if isNew { report.added.append(name) } else { report.changed.append(name) }
      }
      if retiringAbsent {
        let leaving = before.values
          .filter { known in
            known.retiredAt == nil && !jobs.contains { $0.name == known.job.name }
          }
          .sorted { $0.job.name < $1.job.name }
        report.renamed = renamed(leaving, to: jobs.filter { report.added.contains($0.name) })
        try await retire(leaving, &report, now, almanac, on: tx)
      }
      if report != LoadReport() { try await hint("load", on: tx) }
      return report
    }
  }

  /// What is in force, behind the locks of all watermarks: nobody decides by the old definition
  /// meanwhile. And the one instant of all that this load says, because a slot that is due between two
  /// readings of the clock would belong neither to the old definition nor to the new one.
  private func knownJobs(
    on tx: any Queryable
  ) async throws -> (definitions: [String: Definition], now: Instant) {
    let answers = try await tx.pipeline([
      Statement("select from jobs.watermark order by job for update"),
      Statement(
        """
        select j.name, j.revision, j.definition, j.retired_at, w.decided_through,
               j.paused_at, j.paused_until, j.paused_by, j.paused_reason
          from jobs.job j join jobs.watermark w on w.job = j.name
        """),
      Statement("select jobs.job_time() as now"),
    ])
    let definitions = try answers[1].reduce(into: [String: Definition]()) { known, row in
      let name: String = try row["name"]
      // What a newer muhurat wrote and this one cannot read has nothing this one could close.
      let job =
        (try? row.decode("definition", as: JSONText.self).decoded(as: Job.self))
        ?? Job(name: name, work: .command([]), timeout: .seconds(1))
      known[name] = try definition(job, from: row)
    }
    return (definitions, try answers[2].one.instant("now"))
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
    _ old: Definition, for job: Job, _ revision: String, _ now: Instant, _ almanac: Almanac
  ) -> DecidedPlan? {
    if old.retiredAt != nil {
      let plan = DecidingPlan(watermark: max(old.watermark, now))
      return DecidedPlan(definition: old, plan: plan, calendarRevision: nil)
    }
    guard old.job.schedule != job.schedule else { return nil }
    return superseding(
      old, now, almanac, because: "the schedule changed: \(old.revision) gave way to \(revision)")
  }

  private func superseding(
    _ old: Definition, _ now: Instant, _ almanac: Almanac, because reason: String
  ) -> DecidedPlan {
    let facts = DecidingFacts(
      now: now, watermark: old.watermark, pause: old.pause, unfinished: [])
    return DecidedPlan(
      definition: old, plan: Deciding.superseding(old.job, in: almanac, facts, because: reason),
      calendarRevision: almanac.calendar(of: old.job.schedule)?.revision)
  }

  /// Those of the leaving that came back in everything but their name.
  private func renamed(_ leaving: [Definition], to added: [Job]) -> [String: String] {
    var left = added
    return leaving.reduce(into: [:]) { renamed, known in
      guard let place = left.firstIndex(where: { known.job.isSame(as: $0) }) else {
        return
      }
      renamed[known.job.name] = left.remove(at: place).name
    }
  }

  /// - Returns: the jobs that are new or changed.
  private func put(
    _ names: [String], _ texts: [JSONText], _ now: Instant, on tx: any Queryable
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
        select name, $4, revision, $3 from job
            on conflict (job, since) do update
           set revision = excluded.revision, loaded_by = excluded.loaded_by
      ), watermark as (
        insert into jobs.watermark (job, decided_through)
        select name, $4 from loaded
            on conflict do nothing
      )
      select name from job order by name
      """, names, texts, holder, Timestamp(now))
    return try rows.map { try $0.decode("name") }
  }

  private func retire(
    _ leaving: [Definition], _ report: inout LoadReport, _ now: Instant, _ almanac: Almanac,
    on tx: any Queryable
  ) async throws {
    guard !leaving.isEmpty else { return }
    let owed = leaving.map { known in
      let went = report.renamed[known.job.name].map { "the job was renamed to \($0)" }
      return superseding(known, now, almanac, because: went ?? "the job was retired")
    }
    try await write(owed, on: tx)
    for plan in owed { report.untold[plan.definition.job.name] = plan.plan.holds }
    report.retired = leaving.map(\.job.name)
    try await tx.query(
      """
      with retired as (
        update jobs.job j set retired_at = clock_timestamp(), renamed_to = r.renamed_to
          from unnest($1::text[], $2::text[]) as r(name, renamed_to)
         where j.name = r.name
        returning j.name
      )
      insert into jobs.in_force (job, since, revision, loaded_by)
      select name, $4, null, $3 from retired
          on conflict (job, since) do update
         set revision = null, loaded_by = excluded.loaded_by
      """, report.retired, report.retired.map { report.renamed[$0] }, holder, Timestamp(now))
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
