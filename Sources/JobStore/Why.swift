package import Jobs
import Postgres
import Threads
package import TradingTime

/// A name that is no job's, with the names that are.
package struct NoSuchJob: Error, Hashable, Sendable, CustomStringConvertible {
  package var name: String
  package var known: [String]

  package init(name: String, known: [String]) {
    self.name = name
    self.known = known
  }

  package var description: String {
    known.isEmpty
      ? "no job named '\(name)'; no jobs are loaded"
      : "no job named '\(name)'; jobs are: \(known.joined(separator: ", "))"
  }
}

extension JobStore {
  /// Why a job ran, did not run, or is not running: read from the tables alone, in one snapshot, so
  /// the answer is the same while no runner lives.
  ///
  /// - Parameters:
  ///   - asked: a time on the job's clock; nil: now.
  ///   - suspectClock: why the asking process distrusts clocks, if it does.
  package func why(
    job name: String, at asked: Instant? = nil, almanac: Almanac, suspectClock: String? = nil
  ) async throws -> Explanation {
    Explanation(
      of: try await whyFacts(name, asked, almanac: almanac, suspectClock: suspectClock))
  }

  func whyFacts(
    _ name: String, _ asked: Instant?, almanac: Almanac, suspectClock: String?
  ) async throws -> ExplanationFacts {
    try await pool.transaction(.repeatableRead, deadline: .after(.seconds(10))) { tx in
      guard let definition = try await definition(of: name, on: tx) else {
        throw NoSuchJob(name: name, known: try await jobNames(on: tx))
      }
      let clock = try Self.viewClock(from: try await tx.run(Self.clockStatement, deadline: nil).one)
      var facts = ExplanationFacts(
        job: definition.job, almanac: almanac, now: clock.jobTime, serverNow: clock.asOf,
        asked: asked, watermark: definition.watermark, pause: definition.pause,
        retiredAt: definition.retiredAt, suspectClock: suspectClock)
      facts.prunedThrough = try await prunedThrough(of: name, on: tx)
      facts.slot = try await whySlot(name, asked ?? clock.jobTime, on: tx)
      facts.runs = try await whyRuns(
        name, slot: facts.slot?.dueAt, asked: asked, isNow: asked == nil, on: tx)
      facts.daemonSeenAt = try await tx.query(
        "select max(seen_at) as at from jobs.runner where kind = 'serve'"
      ).one.instantIfAny("at")
      return facts
    }
  }

  private func definition(of job: String, on tx: any Queryable) async throws -> Definition? {
    guard
      let row = try await tx.query(
        """
        select j.name, j.revision, j.retired_at, w.decided_through, d.definition,
               j.paused_at, j.paused_until, j.paused_by, j.paused_reason
          from jobs.job j
          join jobs.watermark w on w.job = j.name
          join jobs.job_revision d on d.job = j.name and d.revision = j.revision
         where j.name = $1
        """, job
      ).first
    else { return nil }
    return try definition(row.decode("definition", as: JSONText.self).decoded(), from: row)
  }

  private func jobNames(on tx: any Queryable) async throws -> [String] {
    try await tx.query("select name from jobs.job where retired_at is null order by name")
      .map { try $0.decode("name") }
  }

  private func whySlot(
    _ job: String, _ moment: Instant, on tx: any Queryable
  ) async throws -> ExplanationFacts.Slot? {
    try await tx.query(
      """
      select due_at, through, slots, decision, reason,
             extract(epoch from lateness)::float8 as lateness
        from jobs.slot
       where job = $1 and due_at <= $2
       order by due_at desc limit 1
      """, job, Timestamp(moment)
    ).first.map { row in
      ExplanationFacts.Slot(
        dueAt: try row.instant("due_at"), through: try row.instantIfAny("through"),
        count: try row.count("slots"), decision: try row.word("decision"),
        reason: try row["reason"], lateness: .seconds(try row.decode("lateness", as: Double.self)))
    }
  }
}
