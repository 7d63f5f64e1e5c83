package import Jobs
package import Postgres
package import TradingTime

/// One row of `jobs.audit`: what an operator did.
package struct AuditView: Codable, Hashable, Sendable {
  package var id: Int64
  package var at: Instant
  package var actor: String
  package var action: String
  package var job: String?
  package var runID: Int64?
  package var reason: String?
  package var before: JSONValue?
  package var after: JSONValue?
  /// The chain: of the row before, and of this one.
  package var previous: String
  package var hash: String

  enum CodingKeys: String, CodingKey {
    case id, at, actor, action, job
    case runID = "run_id"
    case reason, before, after, previous, hash
  }
}

/// A span in which a runner could not reach this database.
package struct OutageView: Codable, Hashable, Sendable {
  package var holder: String
  package var lostAt: Instant
  package var foundAt: Instant
  package var reason: String

  enum CodingKeys: String, CodingKey {
    case holder
    case lostAt = "lost_at"
    case foundAt = "found_at"
    case reason
  }
}

/// A process that runs jobs, by what it last said of itself.
package struct RunnerView: Codable, Hashable, Sendable {
  package var identity: String
  package var kind: String
  package var startedAt: Instant
  package var seenAt: Instant
  /// By the server's clock.
  package var seenSecondsAgo: Double

  /// Lives as far as the tables can tell: seen within a lease.
  package var isAlive: Bool { seenSecondsAgo <= 12 }

  enum CodingKeys: String, CodingKey {
    case identity, kind
    case startedAt = "started_at"
    case seenAt = "seen_at"
    case seenSecondsAgo = "seen_seconds_ago"
  }
}

extension JobStore {
  /// Newest first.
  package func audit(of job: String? = nil, limit: Int = 50) async throws -> [AuditView] {
    try await pool.query(
      """
      select id, at, actor, action, job, run_id, reason, before, after, previous, hash
        from jobs.audit
       where $1::text is null or job = $1
       order by id desc limit $2
      """, job, limit
    ).map { try AuditView($0) }
  }

  /// Oldest first.
  func audit(ofRun run: Int64, job: String, on database: any Queryable) async throws -> [AuditView]
  {
    try await database.query(
      """
      select id, at, actor, action, job, run_id, reason, before, after, previous, hash
        from jobs.audit
       where run_id = $1 and job = $2
       order by id
      """, run, job
    ).map { try AuditView($0) }
  }

  /// Newest first.
  package func outages(limit: Int = 50) async throws -> [OutageView] {
    try await pool.query(
      """
      select holder, lost_at, found_at, reason from jobs.outage order by lost_at desc limit $1
      """, limit
    ).map {
      OutageView(
        holder: try $0["holder"], lostAt: try $0.instant("lost_at"),
        foundAt: try $0.instant("found_at"), reason: try $0["reason"])
    }
  }

  /// Last seen first.
  package func runnersSeen() async throws -> [RunnerView] {
    try await pool.query(
      """
      select identity, kind, started_at, seen_at,
             extract(epoch from clock_timestamp() - seen_at)::float8 as ago
        from jobs.runner order by seen_at desc
      """
    ).map {
      RunnerView(
        identity: try $0["identity"], kind: try $0["kind"],
        startedAt: try $0.instant("started_at"), seenAt: try $0.instant("seen_at"),
        seenSecondsAgo: try $0["ago"])
    }
  }
}

extension AuditView {
  init(_ row: Row) throws {
    id = try row["id"]
    at = try row.instant("at")
    actor = try row["actor"]
    action = try row["action"]
    job = try row["job"]
    runID = try row["run_id"]
    reason = try row["reason"]
    before = try row.jsonIfAny("before")
    after = try row.jsonIfAny("after")
    previous = try row["previous"]
    hash = try row["hash"]
  }
}

extension JobStore {
  /// Puts on record what an operator did outside schema `jobs`, in the transaction in which he did
  /// it.
  package func note(
    actor: String, action: String, reason: String? = nil, before: JSONValue? = nil,
    after: JSONValue? = nil, on database: any Queryable
  ) async throws {
    try await database.query(
      "insert into jobs.audit (actor, action, reason, before, after) values ($1, $2, $3, $4, $5)",
      actor, action, reason, try before.map { try JSONText(encoding: $0) },
      try after.map { try JSONText(encoding: $0) })
  }
}
