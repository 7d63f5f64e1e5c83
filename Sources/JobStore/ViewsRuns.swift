package import Jobs
import Postgres
package import TradingTime

/// One row of `jobs.run` with what it found, as listings show it.
package struct RunView: Codable, Hashable, Sendable {
  package var id: Int64
  package var job: String
  package var item: String?
  package var dueAt: Instant?
  package var businessDate: CivilDate
  package var trigger: Trigger
  package var state: RunState
  package var reason: String?
  package var waitingFor: String?
  package var kind: String?
  package var verdict: RunResult.Verdict?
  package var attempt: Int
  package var revision: String
  package var requestedBy: String?
  package var requestReason: String?
  package var lock: String
  package var fence: Int64?
  package var holder: String?
  package var readyAt: Instant
  package var expiresAt: Instant?
  package var latenessSeconds: Double?
  package var createdAt: Instant
  package var claimedAt: Instant?
  package var startedAt: Instant?
  package var finishedAt: Instant?
  /// Of a run that has not ended: how long it has been going.
  package var durationSeconds: Double?
  /// The batch it is one of; see `jobs.batch`.
  package var batch: Int64?
  package var acknowledgedAt: Instant?
  package var acknowledgedBy: String?
  package var acknowledgedReason: String?

  enum CodingKeys: String, CodingKey {
    case id, job, item
    case dueAt = "due_at"
    case businessDate = "business_date"
    case trigger, state, reason
    case waitingFor = "waiting_for"
    case kind, verdict, attempt, revision
    case requestedBy = "requested_by"
    case requestReason = "request_reason"
    case lock, fence, holder
    case readyAt = "ready_at"
    case expiresAt = "expires_at"
    case latenessSeconds = "lateness_seconds"
    case createdAt = "created_at"
    case claimedAt = "claimed_at"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case durationSeconds = "duration_seconds"
    case batch
    case acknowledgedAt = "acknowledged_at"
    case acknowledgedBy = "acknowledged_by"
    case acknowledgedReason = "acknowledged_reason"
  }
}

/// Which runs a listing shows; nil means any.
package struct RunFilter: Sendable, Hashable {
  package var job: String?
  package var states: [RunState]?
  package var item: String?
  package var businessDate: CivilDate?
  /// Only runs older than this one: the next page.
  package var before: Int64?
  package var limit: Int
  /// Exactly these.
  package var ids: [Int64]?
  /// Only of this batch.
  package var batch: Int64?

  package init(
    job: String? = nil, states: [RunState]? = nil, item: String? = nil,
    businessDate: CivilDate? = nil, before: Int64? = nil, limit: Int = 50
  ) {
    self.job = job
    self.states = states
    self.item = item
    self.businessDate = businessDate
    self.before = before
    self.limit = limit
  }
}

extension JobStore {
  /// Newest first. A job's runs, those that have not ended, and all runs are three statements,
  /// because each has an index of its own that a condition with "or is null" would not use.
  package func runs(_ filter: RunFilter = RunFilter()) async throws -> [RunView] {
    if filter.ids != nil || filter.batch != nil { return try await chosenRuns(filter) }
    let ids: Rows
    if let states = filter.states, states.allSatisfy({ !$0.isEnded }) {
      ids = try await unfinishedIDs(filter, states)
    } else if let job = filter.job {
      ids = try await jobsIDs(job, filter)
    } else {
      ids = try await newestIDs(filter)
    }
    return try await runs(withIDs: try ids.map { try $0.decode("id") }, on: pool)
  }

  /// By number or by batch, each of which has an index.
  private func chosenRuns(_ filter: RunFilter) async throws -> [RunView] {
    let rows = try await pool.query(
      """
      select id from jobs.run
       where ($1::bigint[] is not null and id = any($1) or $2::bigint is not null and batch = $2)
         and ($3::text[] is null or state = any($3)) and ($4::bigint is null or id < $4)
       order by id desc limit $5
      """, filter.ids, filter.batch, filter.states?.map(\.rawValue), filter.before, filter.limit)
    return try await runs(withIDs: try rows.map { try $0.decode("id") }, on: pool)
  }

  private func unfinishedIDs(_ filter: RunFilter, _ states: [RunState]) async throws -> Rows {
    try await pool.query(
      """
      select id from (
        select id, job, item, business_date, state from jobs.run where state = 'ready'
        union all
        select id, job, item, business_date, state from jobs.run
         where state in ('running', 'cancelling')) as r
       where state = any($1) and ($2::text is null or job = $2) and ($3::text is null or item = $3)
         and ($4::date is null or business_date = $4) and ($5::bigint is null or id < $5)
       order by id desc limit $6
      """, states.map(\.rawValue), filter.job, filter.item, filter.businessDate.map { Day($0) },
      filter.before, filter.limit)
  }

  private func jobsIDs(_ job: String, _ filter: RunFilter) async throws -> Rows {
    try await pool.query(
      """
      select id from jobs.run
       where job = $1 and ($2::text[] is null or state = any($2))
         and ($3::text is null or item = $3)
         and ($4::date is null or business_date = $4) and ($5::bigint is null or id < $5)
       order by id desc limit $6
      """, job, filter.states?.map(\.rawValue), filter.item,
      filter.businessDate.map { Day($0) }, filter.before, filter.limit)
  }

  private func newestIDs(_ filter: RunFilter) async throws -> Rows {
    try await pool.query(
      """
      select id from jobs.run
       where ($1::text[] is null or state = any($1)) and ($2::text is null or item = $2)
         and ($3::date is null or business_date = $3) and ($4::bigint is null or id < $4)
       order by id desc limit $5
      """, filter.states?.map(\.rawValue), filter.item, filter.businessDate.map { Day($0) },
      filter.before, filter.limit)
  }

  func runs(withIDs ids: [Int64], on database: any Queryable) async throws -> [RunView] {
    try await database.query(
      """
      select r.id, r.job, r.item, r.due_at, r.business_date, r.trigger, r.state, r.reason,
             r.waiting_for, res.kind, res.verdict, r.attempt, r.revision, r.requested_by,
             r.request_reason, r.lock, r.fence, r.holder, r.ready_at, r.expires_at,
             extract(epoch from r.lateness)::float8 as lateness,
             r.created_at, r.claimed_at, r.started_at, r.finished_at, r.batch, r.acknowledged_at,
             r.acknowledged_by, r.acknowledged_reason,
             extract(epoch from
               case when r.state <> 'ready' then coalesce(r.finished_at, clock_timestamp()) end
                 - coalesce(r.started_at, r.claimed_at))::float8 as duration
        from jobs.run r left join jobs.result res on res.run_id = r.id
       where r.id = any($1)
       order by r.id desc
      """, ids
    ).map { try RunView($0) }
  }
}

extension RunView {
  init(_ row: Row) throws {
    id = try row["id"]
    job = try row["job"]
    item = try row["item"]
    dueAt = try row.instantIfAny("due_at")
    businessDate = try row.date("business_date")
    trigger = try row.word("trigger")
    state = try row.word("state")
    reason = try row["reason"]
    waitingFor = try row["waiting_for"]
    kind = try row["kind"]
    verdict = try row.wordIfAny("verdict")
    attempt = Int(try row.decode("attempt", as: Int32.self))
    revision = try row["revision"]
    requestedBy = try row["requested_by"]
    requestReason = try row["request_reason"]
    lock = try row["lock"]
    fence = try row["fence"]
    holder = try row["holder"]
    readyAt = try row.instant("ready_at")
    expiresAt = try row.instantIfAny("expires_at")
    latenessSeconds = try row.secondsIfAny("lateness")
    createdAt = try row.instant("created_at")
    claimedAt = try row.instantIfAny("claimed_at")
    startedAt = try row.instantIfAny("started_at")
    finishedAt = try row.instantIfAny("finished_at")
    durationSeconds = try row.secondsIfAny("duration")
    batch = try row["batch"]
    acknowledgedAt = try row.instantIfAny("acknowledged_at")
    acknowledgedBy = try row["acknowledged_by"]
    acknowledgedReason = try row["acknowledged_reason"]
  }
}
