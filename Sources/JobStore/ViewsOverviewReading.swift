package import Jobs
import Postgres
import Threads
import TradingTime

extension JobStore {
  /// How every job is doing, in a handful of statements whatever the number of jobs, all of one
  /// snapshot.
  ///
  /// - Parameters:
  ///   - of: these jobs alone, retired ones too; nil for all in force.
  ///   - memory: handed in by whoever asks again and again; without one everything is read.
  package func overview(
    of names: [String]? = nil, almanac: Almanac, memory: OverviewMemory? = nil
  ) async throws -> Overview {
    let (clock, looks) = try await looks(of: names, almanac: almanac, memory: memory)
    return Overview(clock: clock, jobs: looks.map(\.overview))
  }

  /// A job's overview with what it was judged by.
  struct JobLook {
    var job: Job
    var overview: JobOverview
    var facts: Health.Facts
    /// In force or not.
    var pause: Pause?
  }

  func looks(
    of names: [String]?, almanac: Almanac, memory: OverviewMemory?
  ) async throws -> (clock: ViewClock, jobs: [JobLook]) {
    // With a memory a success beyond the look back is still known; without one it has to be found.
    let lookingBack: Int64? = memory == nil ? nil : 20_000
    let memory = memory ?? OverviewMemory()
    let facts = try await pool.transaction(.repeatableRead, deadline: .after(.seconds(10))) { tx in
      var facts = try await OverviewFacts.read(
        names, includingRetired: names != nil, lookingBack: lookingBack, store: self, on: tx)
      if lookingBack != nil { try await lookFurther(&facts, memory, on: tx) }
      try await learnDefinitions(of: facts.jobs, into: memory, on: tx)
      return facts
    }
    var openings = Openings(almanac: almanac, now: facts.clock.jobTime)
    let jobs = facts.jobs.compactMap { row -> JobLook? in
      guard let job = memory.job(row.name, revision: row.revision) else { return nil }
      return look(row, job, facts, memory: memory, openings: &openings)
    }
    return (facts.clock, jobs)
  }

  package func overview(
    ofJob name: String, almanac: Almanac, memory: OverviewMemory? = nil
  ) async throws -> (clock: ViewClock, job: JobOverview)? {
    let overview = try await overview(of: [name], almanac: almanac, memory: memory)
    return overview.jobs.first.map { (overview.clock, $0) }
  }

  /// Jobs without a success in reach are read from their beginning, once.
  private func lookFurther(
    _ facts: inout OverviewFacts, _ memory: OverviewMemory, on tx: any Queryable
  ) async throws {
    let missing = facts.lastRuns.filter { $0.value.successAt == nil }.map(\.key)
      .filter(memory.shouldLookFurther)
    guard !missing.isEmpty else { return }
    let further = try await OverviewFacts.lastRuns(of: missing, on: tx)
    facts.lastRuns.merge(further) { _, new in new }
  }

  private func learnDefinitions(
    of rows: [OverviewFacts.JobRow], into memory: OverviewMemory, on tx: any Queryable
  ) async throws {
    let unknown = rows.filter { memory.job($0.name, revision: $0.revision) == nil }.map(\.name)
    guard !unknown.isEmpty else { return }
    for row in try await tx.query(
      "select definition, revision from jobs.job where name = any($1)", unknown)
    {
      memory.remember(
        try row.decode("definition", as: JSONText.self).decoded(), revision: try row["revision"])
    }
  }

  private func look(
    _ row: OverviewFacts.JobRow, _ job: Job, _ facts: OverviewFacts,
    memory: OverviewMemory, openings: inout Openings
  ) -> JobLook {
    let almanac = openings.almanac
    let last = facts.lastRuns[row.name]
    let queue = facts.queues[row.name]
    let isRetired = row.retiredAt != nil
    let upcoming =
      isRetired
      ? OverviewMemory.Upcoming()
      : memory.upcoming(
        of: job, revision: row.revision, watermark: row.watermark, now: facts.clock.jobTime,
        in: almanac)
    let pause = row.pause.flatMap { $0.until > facts.clock.jobTime ? $0 : nil }
    var overview = JobOverview(
      name: row.name, description: job.description, work: job.work.words,
      schedule: job.schedule?.words, forEach: job.forEach, tags: job.tags, revision: row.revision,
      retiredAt: row.retiredAt, health: Health(.idle, "retired: no longer among the job files"),
      pause: pause.map {
        .init(
          pausedAt: $0.since, pausedUntil: $0.until, pausedBy: $0.by, pausedReason: $0.reason)
      },
      lastRun: last?.run,
      lastSuccessAt: memory.lastSuccess(of: row.name, read: last?.successAt),
      lastSlot: row.lastSlot, nextSlot: upcoming.next, decidedThrough: row.watermark,
      undecidedSince: upcoming.undecidedSince, holds: upcoming.holds, heldSlots: row.held,
      activeRuns: queue?.active ?? 0, readyRuns: queue?.ready ?? 0,
      waitingFor: queue?.waitingFor, waitingSince: queue?.waitingSince,
      unknownRuns: row.unknown, skipsInARow: row.skips, promise: job.promise)
    let judged = overview.facts(
      job, clock: facts.clock, firstLoadedAt: facts.clock.onJobClock(row.firstLoadedAt),
      openings: &openings)
    if !isRetired { overview.health = Health.judge(judged) }
    return JobLook(job: job, overview: overview, facts: judged, pause: row.pause)
  }
}
