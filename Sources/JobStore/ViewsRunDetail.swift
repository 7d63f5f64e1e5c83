package import Jobs
import Postgres
import Threads
package import TradingTime

/// All there is about one run: `muhurat show`.
package struct RunDetail: Codable, Hashable, Sendable {
  package var run: RunView
  package var parameters: [String: JSONValue]
  package var leaseEndsAt: Instant?
  package var attempts: [AttemptView]
  package var result: RunResult?
  package var heldLock: LockView?
  package var audit: [AuditView]

  enum CodingKeys: String, CodingKey {
    case run, parameters
    case leaseEndsAt = "lease_ends_at"
    case attempts, result
    case heldLock = "lock"
    case audit
  }
}

/// One row of `jobs.attempt`, without what it wrote.
package struct AttemptView: Codable, Hashable, Sendable {
  package var number: Int
  package var fence: Int64
  package var holder: String
  package var outcome: Outcome?
  package var error: String?
  package var errorClass: String?
  package var claimedAt: Instant
  package var startedAt: Instant?
  package var finishedAt: Instant?
  package var outputBytes: Int64?

  enum CodingKeys: String, CodingKey {
    case number, fence, holder, outcome, error
    case errorClass = "error_class"
    case claimedAt = "claimed_at"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case outputBytes = "output_bytes"
  }
}

/// One row of `jobs.lock`, which may be in other hands than the run that was asked about.
package struct LockView: Codable, Hashable, Sendable {
  package var name: String
  package var fence: Int64
  package var run: Int64?
  package var holder: String?
  package var takenAt: Instant?

  enum CodingKeys: String, CodingKey {
    case name, fence, run, holder
    case takenAt = "taken_at"
  }
}

/// What one attempt wrote: `muhurat logs`.
package struct Output: Codable, Hashable, Sendable {
  package var number: Int
  package var fence: Int64
  package var outcome: Outcome?
  /// The end of it, up to the job's `output_limit`.
  package var output: String?
  package var outputBytes: Int64?

  enum CodingKeys: String, CodingKey {
    case number, fence, outcome, output
    case outputBytes = "output_bytes"
  }
}

extension JobStore {
  package func runDetail(_ id: Int64) async throws -> RunDetail? {
    try await pool.transaction(.repeatableRead, deadline: .after(.seconds(10))) { tx in
      guard let run = try await runs(withIDs: [id], on: tx).first else { return nil }
      let answers = try await tx.pipeline([
        Statement("select parameters, lease_ends_at from jobs.run where id = $1", id),
        Statement(
          """
          select number, fence, holder, outcome, error, error_class, claimed_at, started_at,
                 finished_at, output_bytes
            from jobs.attempt where run_id = $1 order by fence
          """, id),
        Statement("select kind, verdict, figures, rows from jobs.result where run_id = $1", id),
        Statement(
          "select name, fence, run, holder, taken_at from jobs.lock where name = $1", run.lock),
      ])
      let facts = try answers[0].one
      return RunDetail(
        run: run, parameters: try facts.decode("parameters", as: JSONText.self).decoded(),
        leaseEndsAt: try facts.instantIfAny("lease_ends_at"),
        attempts: try answers[1].map { try AttemptView($0) },
        result: try answers[2].first.map(result), heldLock: try answers[3].first.map(lock),
        audit: try await audit(ofRun: id, job: run.job, on: tx))
    }
  }

  /// Of every attempt at a run, oldest first; nil if there is no such run.
  package func output(ofRun id: Int64) async throws -> [Output]? {
    let rows = try await pool.query(
      """
      select a.number, a.fence, a.outcome, a.output, a.output_bytes
        from jobs.run r left join jobs.attempt a on a.run_id = r.id
       where r.id = $1
       order by a.fence
      """, id)
    guard !rows.isEmpty else { return nil }
    return try rows.compactMap { row in
      guard let number = try row.decode("number", as: Int32?.self) else { return nil }
      return Output(
        number: Int(number), fence: try row["fence"], outcome: try row.wordIfAny("outcome"),
        output: try row["output"], outputBytes: try row["output_bytes"])
    }
  }

  private func result(_ row: Row) throws -> RunResult {
    RunResult(
      kind: try row["kind"], verdict: try row.word("verdict"),
      figures: try row.decode("figures", as: JSONText.self).decoded(),
      rows: try row.decode("rows", as: JSONText.self).decoded())
  }

  private func lock(_ row: Row) throws -> LockView {
    LockView(
      name: try row["name"], fence: try row["fence"], run: try row["run"],
      holder: try row["holder"], takenAt: try row.instantIfAny("taken_at"))
  }
}

extension AttemptView {
  init(_ row: Row) throws {
    number = Int(try row.decode("number", as: Int32.self))
    fence = try row["fence"]
    holder = try row["holder"]
    outcome = try row.wordIfAny("outcome")
    error = try row["error"]
    errorClass = try row["error_class"]
    claimedAt = try row.instant("claimed_at")
    startedAt = try row.instantIfAny("started_at")
    finishedAt = try row.instantIfAny("finished_at")
    outputBytes = try row["output_bytes"]
  }
}
