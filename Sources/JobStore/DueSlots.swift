package import Jobs
import Postgres
package import TradingTime

/// What came of asking for a job's slots.
package struct Decided: Sendable {
  package var job: String
  package var slots = 0
  package var watermark: Instant
  /// The job's clock under which it was decided.
  package var now: Instant
  /// Why the job's later slots cannot be told.
  package var holds: String?
}

/// Decides what has come due: promise 1, a slot is decided exactly once, whoever asks.
extension JobStore {
  /// Decides all undecided slots of these jobs up to the job's clock, in one transaction for all.
  ///
  /// The watermarks' rows are locked first, so the facts cannot change under the decision. `skip
  /// locked`, because whoever holds a row is deciding the same slots; waiting is for those who need
  /// the answer (`run --due`). Slots, runs and watermarks are then one statement: a crash leaves
  /// all or none. If two deciders ever met all the same, `a_slot_is_decided_once` swallows the
  /// second's slot and, with it, its runs.
  ///
  /// - Returns: one answer for each job that was not busy.
  package func decide(
    _ jobs: [String], in almanac: Almanac, workshop: Workshop, suspectClock: String? = nil,
    waiting: Bool = false
  ) async throws -> [Decided] {
    // After a long absence there is much to think about between reading and writing.
    try await brief(within: .seconds(40), pause: .seconds(15)) { tx in
      try await decideDue(
        jobs, in: almanac, workshop: workshop, suspectClock: suspectClock, waiting: waiting, on: tx)
    }
  }

  /// The same within a transaction that does more under the watermarks' locks.
  func decideDue(
    _ jobs: [String], in almanac: Almanac, workshop: Workshop, suspectClock: String? = nil,
    waiting: Bool, on tx: any Queryable
  ) async throws -> [Decided] {
    let current = try await lockWatermarks(of: jobs, waiting: waiting, on: tx)
    let names = current.map(\.definition.job.name)
    guard !names.isEmpty else { return [] }
    let unfinished = try await unfinishedRuns(of: names, on: tx)
    let used = try await usedDates(
      of: current.map(\.definition.job).filter(\.oncePerBusinessDate).map(\.name), on: tx)
    var answers: [Decided] = []
    var plans: [DecidedPlan] = []
    for (definition, now) in current {
      let job = definition.job
      var facts = DecidingFacts(
        now: now, watermark: definition.watermark, pause: definition.pause,
        unfinished: unfinished[job.name] ?? [], usedDates: used[job.name] ?? [],
        suspectClock: suspectClock)
      if let name = job.forEach {
        // A process that cannot list a job's items cannot decide for them; another will.
        guard let source = workshop.source(named: name) else { continue }
        facts.items = try await source.list(tx)
      }
      let plan = Deciding.plan(for: job, in: almanac, facts)
      answers.append(
        Decided(
          job: job.name, slots: plan.slots.count, watermark: plan.watermark, now: now,
          holds: plan.holds))
      guard plan.watermark > facts.watermark || !plan.isEmpty else { continue }
      plans.append(
        DecidedPlan(
          definition: definition, plan: plan,
          calendarRevision: almanac.calendar(of: job.schedule)?.revision))
    }
    if !plans.isEmpty { try await write(plans, on: tx) }
    return answers
  }

  /// The definitions are read in a statement of their own, behind the lock: a statement that has
  /// waited for a load's locks would still join what it saw before that load.
  private func lockWatermarks(
    of jobs: [String], waiting: Bool, on tx: any Queryable
  ) async throws -> [(definition: Definition, now: Instant)] {
    let lock = Statement(
      waiting
        ? "select job from jobs.watermark where job = any($1) order by job for update"
        : "select job from jobs.watermark where job = any($1) order by job for update skip locked",
      jobs)
    let read = Statement(
      """
      select j.name, j.revision, j.retired_at, w.decided_through, jobs.job_time() as now,
             j.paused_at, j.paused_until, j.paused_by, j.paused_reason
        from jobs.watermark w join jobs.job j on j.name = w.job
       where w.job = any($1) and j.retired_at is null
       order by j.name
      """, jobs)
    let answers = try await tx.pipeline([lock, read])
    let locked = Set(try answers[0].map { try $0.decode("job", as: String.self) })
    let rows = try answers[1].filter { locked.contains(try $0["name"]) }
    let known = try await self.jobs(
      rows.map { (name: try $0["name"], revision: try $0["revision"]) }, on: tx)
    return try zip(rows, known).map { (try definition($1, from: $0), try $0.instant("now")) }
  }

  /// Runs that yield are left out: a slot of the past that somebody has run again is no older slot
  /// that would still be in the way of today's. Today's waits for its lock alone.
  private func unfinishedRuns(
    of jobs: [String], on tx: any Queryable
  ) async throws -> [String: [UnfinishedRun]] {
    let rows = try await tx.query(
      """
      select job, id, item, due_at, state, trigger, coalesce(due_at, ready_at) as since
        from jobs.run
       where job = any($1) and state in ('ready', 'running', 'cancelling') and not yields
       order by id
      """, jobs)
    return try rows.reduce(into: [:]) { found, row in
      let run = UnfinishedRun(
        id: try row["id"], item: try row["item"], dueAt: try row.instantIfAny("due_at"),
        state: try row.word("state"), trigger: try row.word("trigger"),
        since: try row.instant("since"))
      found[try row["job"], default: []].append(run)
    }
  }

  private func usedDates(
    of jobs: [String], on tx: any Queryable
  ) async throws -> [String: [UsedDate]] {
    guard !jobs.isEmpty else { return [:] }
    let rows = try await tx.query(
      """
      select job, id, item, business_date
        from jobs.run
       where job = any($1) and once_per_date and trigger <> 'manual'
         and state not in ('failed', 'cancelled', 'expired', 'gated', 'superseded', 'skipped')
         and business_date > (jobs.job_time() - interval '400 days')::date
      """, jobs)
    return try rows.reduce(into: [:]) { found, row in
      let used = UsedDate(
        item: try row["item"], date: try row.date("business_date"), run: try row["id"])
      found[try row["job"], default: []].append(used)
    }
  }
}
