package import Jobs
import Postgres
import TradingTime

/// What is on record of the slots of the past: decisions, and the facts by which they may still get
/// their runs.
extension JobStore {
  /// Every definition a job ever had, for whoever makes the almanac that they are read by.
  package func definitionsEver(of job: String) async throws -> [Job] {
    try await pool.query(
      "select definition from jobs.job_revision where job = $1 order by loaded_at", job
    ).map { try $0.decode("definition", as: JSONText.self).decoded() }
  }

  /// A row of `jobs.slot`, as far as its slots may get runs.
  struct DecidedRow: Sendable {
    var dueAt: Instant
    var through: Instant
    var count: Int64
    var decision: Decision
    var reason: String
    var businessDate: CivilDate
    var label: String
    var revision: String
  }

  /// The rows that stand for any of a stretch of time, oldest first: one that begins before it may
  /// reach into it.
  func decidedRows(
    of job: String, from: Instant, through: Instant, decision: Decision? = nil,
    on tx: any Queryable
  ) async throws -> [DecidedRow] {
    try await tx.query(
      """
      select due_at, coalesce(through, due_at) as through, slots, decision, reason, business_date,
             local_label, revision
        from jobs.slot
       where job = $1 and due_at <= $3
         and due_at >= coalesce(
               (select max(due_at) from jobs.slot where job = $1 and due_at <= $2), $2)
         and ($4::text is null or decision = $4)
         and coalesce(through, due_at) >= $2
       order by due_at
      """, job, Timestamp(from), Timestamp(through), decision?.rawValue
    ).map { row in
      DecidedRow(
        dueAt: try row.instant("due_at"), through: try row.instant("through"),
        count: try row["slots"], decision: try row.word("decision"), reason: try row["reason"],
        businessDate: try row.date("business_date"), label: try row["local_label"],
        revision: try row["revision"])
    }
  }

  /// The slots that rows stand for, each to run by the definition under which it was decided.
  func pastSlots(
    _ rows: [DecidedRow], of job: String, in almanac: Almanac, on tx: any Queryable
  ) async throws -> [PastSlot] {
    let definitions = try await jobs(rows.map { (name: job, revision: $0.revision) }, on: tx)
    var slots: [PastSlot] = []
    for (row, definition) in zip(rows, definitions) {
      if row.count == 1 {
        slots.append(
          PastSlot(
            dueAt: row.dueAt, businessDate: row.businessDate, label: row.label, job: definition,
            revision: row.revision, decision: row.decision, reason: row.reason))
        continue
      }
      let span = PastSlots(
        of: definition, revision: row.revision, after: row.dueAt - .microseconds(1),
        through: row.through, in: almanac, most: Self.largestBatch)
      if let holds = span.holds {
        throw OperatorRefusal("the slots of '\(job)' cannot be told: \(holds)")
      }
      slots += span.slots.filter { $0.obstacle == nil }.map { slot in
        var slot = slot
        slot.decision = row.decision
        slot.reason = row.reason
        return slot
      }
      guard slots.count <= Self.largestBatch else {
        throw OperatorRefusal(
          "those are more than \(Self.largestBatch) slots; take fewer with: muhurat backfill \(job)"
        )
      }
    }
    return slots
  }

  func catchUpFacts(
    for slots: [PastSlot], of job: String, only item: String? = nil, decidedThrough: Instant,
    workshop: Workshop, on tx: any Queryable
  ) async throws -> CatchingUp.Facts {
    var facts = CatchingUp.Facts(decidedThrough: decidedThrough)
    facts.only = item
    for name in Set(slots.compactMap(\.job.forEach)) {
      guard let source = workshop.source(named: name) else {
        throw OperatorRefusal("this muhurat cannot list '\(name)'; use one that can")
      }
      facts.items[name] = try await source.list(tx)
    }
    let times = slots.compactMap(\.dueAt)
    if let first = times.min(), let last = times.max() {
      facts.runs = try await runs(of: job, from: first, through: last, on: tx)
    }
    let dates = slots.map(\.businessDate)
    guard let first = dates.min(), let last = dates.max() else { return facts }
    if slots.contains(where: \.job.oncePerBusinessDate) {
      facts.usedDates = try await usedDates(of: job, from: first, to: last, on: tx)
    }
    if slots.contains(where: { $0.dueAt == nil }) {
      facts.doneDates = try await doneDates(of: job, from: first, to: last, on: tx)
    }
    return facts
  }

  private func runs(
    of job: String, from: Instant, through: Instant, on tx: any Queryable
  ) async throws -> [CatchingUp.ItemOfSlot: CatchingUp.KnownRun] {
    try await tx.query(
      """
      select id, item, due_at, state from jobs.run
       where job = $1 and due_at >= $2 and due_at <= $3
      """, job, Timestamp(from), Timestamp(through)
    ).reduce(into: [:]) { runs, row in
      runs[.init(dueAt: try row.instant("due_at"), item: try row["item"])] = .init(
        id: try row["id"], state: try row.word("state"))
    }
  }

  private func usedDates(
    of job: String, from: CivilDate, to: CivilDate, on tx: any Queryable
  ) async throws -> [CatchingUp.ItemOfDate: Int64] {
    try await tx.query(
      """
      select id, item, business_date from jobs.run
       where job = $1 and business_date >= $2 and business_date <= $3
         and once_per_date and trigger <> 'manual'
         and state not in ('failed', 'cancelled', 'expired', 'gated', 'superseded', 'skipped')
      """, job, Day(from), Day(to)
    ).reduce(into: [:]) { used, row in
      used[.init(date: try row.date("business_date"), item: try row["item"])] = try row["id"]
    }
  }

  private func doneDates(
    of job: String, from: CivilDate, to: CivilDate, on tx: any Queryable
  ) async throws -> [CatchingUp.ItemOfDate: CatchingUp.KnownRun] {
    try await tx.query(
      """
      select id, item, business_date, state from jobs.run
       where job = $1 and business_date >= $2 and business_date <= $3
         and state in ('succeeded', 'ready', 'running', 'cancelling')
       order by id
      """, job, Day(from), Day(to)
    ).reduce(into: [:]) { done, row in
      done[.init(date: try row.date("business_date"), item: try row["item"])] = .init(
        id: try row["id"], state: try row.word("state"))
    }
  }
}
