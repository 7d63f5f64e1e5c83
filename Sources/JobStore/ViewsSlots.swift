package import Jobs
import Postgres
package import TradingTime

/// One row of `jobs.slot` with the runs it got; of a span, those of any of its slots.
package struct SlotView: Codable, Hashable, Sendable {
  package var job: String
  package var dueAt: Instant
  /// The last of a span that one row stands for.
  package var through: Instant?
  package var slots: Int64
  package var decision: Decision
  package var reason: String
  package var businessDate: CivilDate
  package var localLabel: String
  package var latenessSeconds: Double
  package var revision: String
  package var calendarRevision: String?
  package var decidedAt: Instant
  package var decidedBy: String
  package var runs: [SlotRun]

  package struct SlotRun: Codable, Hashable, Sendable {
    package var id: Int64
    package var item: String?
    package var state: RunState
    package var trigger: Trigger
  }

  enum CodingKeys: String, CodingKey {
    case job
    case dueAt = "due_at"
    case through, slots, decision, reason
    case businessDate = "business_date"
    case localLabel = "local_label"
    case latenessSeconds = "lateness_seconds"
    case revision
    case calendarRevision = "calendar_revision"
    case decidedAt = "decided_at"
    case decidedBy = "decided_by"
    case runs
  }
}

extension JobStore {
  /// Newest first. A span counts as due at its first slot.
  package func slots(
    of job: String, from: Instant? = nil, before: Instant? = nil, decision: Decision? = nil,
    limit: Int = 50
  ) async throws -> [SlotView] {
    try await pool.query(
      """
      select s.job, s.due_at, s.through, s.slots, s.decision, s.reason, s.business_date,
             s.local_label, extract(epoch from s.lateness)::float8 as lateness, s.revision,
             s.calendar_revision, s.decided_at, s.decided_by, coalesce(r.runs, '[]') as runs
        from (select job, due_at, through, slots, decision, reason, business_date, local_label,
                     lateness, revision, calendar_revision, decided_at, decided_by
                from jobs.slot
               where job = $1 and ($2::timestamptz is null or due_at >= $2)
                 and ($3::timestamptz is null or due_at < $3)
                 and ($4::text is null or decision = $4)
               order by due_at desc limit $5) as s
        left join lateral (
          select jsonb_agg(
                   jsonb_build_object('id', id, 'item', item, 'state', state, 'trigger', trigger)
                   order by item, id) as runs
            from jobs.run
           where job = s.job and due_at >= s.due_at
             and due_at <= coalesce(s.through, s.due_at)) as r on true
       order by s.due_at desc
      """, job, from.map(Timestamp.init), before.map(Timestamp.init), decision?.rawValue, limit
    ).map { try SlotView($0) }
  }

  /// The row that stands for one instant: the slot itself or the span it lies in.
  func slot(of job: String, at instant: Instant) async throws -> SlotView? {
    let newest = try await slots(of: job, before: instant + .microseconds(1), limit: 1).first
    guard let newest, newest.dueAt == instant || newest.through.map({ $0 >= instant }) ?? false
    else { return nil }
    return newest
  }
}

extension SlotView {
  init(_ row: Row) throws {
    job = try row["job"]
    dueAt = try row.instant("due_at")
    through = try row.instantIfAny("through")
    slots = try row["slots"]
    decision = try row.word("decision")
    reason = try row["reason"]
    businessDate = try row.date("business_date")
    localLabel = try row["local_label"]
    latenessSeconds = try row["lateness"]
    revision = try row["revision"]
    calendarRevision = try row["calendar_revision"]
    decidedAt = try row.instant("decided_at")
    decidedBy = try row["decided_by"]
    runs = try row.decode("runs", as: JSONText.self).decoded()
  }
}
