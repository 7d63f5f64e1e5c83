package import Jobs
import Postgres
import TradingTime

extension JobStore {
  /// Gives the slots or business dates of a span their runs, those that have none.
  ///
  /// Each runs by the definition that was in force then: under the row that decided it, else under
  /// what was loaded at its time. Nothing beyond the watermark is touched, since that is the
  /// scheduler's, and the watermark is locked so that it stays where it is. Runs of one lock go one
  /// at a time like all runs, behind the schedule's own.
  package func backfill(
    _ request: BackfillRequest, isDryRun: Bool, in almanac: Almanac, workshop: Workshop
  ) async throws -> Backfill {
    try await brief(within: .seconds(60), pause: .seconds(20)) { tx in
      var span = try await backfillSpan(request, isDryRun: isDryRun, in: almanac, on: tx)
      let slots =
        span.answer.by == .slots
        ? try await slotsToBackfill(&span, in: almanac, on: tx)
        : datesToBackfill(&span, in: almanac)
      let facts = try await catchUpFacts(
        for: slots, of: request.job, only: request.item, decidedThrough: span.decidedThrough,
        workshop: workshop, on: tx)
      span.answer.runs = CatchingUp.plan(slots, facts)
      try refuseTooMany(span.answer.runs)
      guard !isDryRun else { return span.answer }
      let batch = BatchRequest(
        trigger: .backfill, job: request.job, actor: request.actor, reason: request.reason,
        asked: request.record(span.answer.by))
      span.answer.batch = try await write(batch, span.answer.runs, on: tx)
      if span.answer.batch != nil {
        try await note(batch, action: "backfill", batch: span.answer.batch, before: nil, on: tx)
      }
      return span.answer
    }
  }

  /// One definition and the time it was in force.
  fileprivate struct InForce: Sendable {
    var since: Instant
    var until: Instant
    /// Nil while the job was retired.
    var definition: (job: Job, revision: String)?
  }

  fileprivate struct Span: Sendable {
    var request: BackfillRequest
    var zone: ZoneRules
    var now: Instant
    var decidedThrough: Instant
    var current: (job: Job, revision: String)
    var inForce: [InForce]
    var answer: Backfill
  }

  private func backfillSpan(
    _ request: BackfillRequest, isDryRun: Bool, in almanac: Almanac, on tx: any Queryable
  ) async throws -> Span {
    if !isDryRun {
      try await tx.query("select from jobs.watermark where job = $1 for update", request.job)
    }
    let row = try await tx.query(
      """
      select j.revision, j.retired_at, w.decided_through, jobs.job_time() as now
        from jobs.job j join jobs.watermark w on w.job = j.name where j.name = $1
      """, request.job
    ).first
    guard let row else { throw NoSuchJob(name: request.job, known: []) }
    guard try row.instantIfAny("retired_at") == nil else {
      throw OperatorRefusal(
        "job '\(request.job)' is retired; put its file back and load it before a backfill")
    }
    let revision: String = try row["revision"]
    let job = try await jobs([(name: request.job, revision: revision)], on: tx)[0]
    let zone = almanac.zone(of: job.schedule)
    let now = try row.instant("now")
    try check(request, today: zone.local(now).date)
    try check(request, prunedThrough: try await prunedThrough(of: request.job, on: tx), zone)
    let by = request.by ?? (job.schedule == nil ? .dates : .slots)
    return Span(
      request: request, zone: zone, now: now, decidedThrough: try row.instant("decided_through"),
      current: (job, revision),
      inForce: request.usesCurrent
        ? [InForce(since: .distantPast, until: .distantFuture, definition: (job, revision))]
        : try await inForce(request.job, on: tx),
      answer: Backfill(by: by))
  }

  private func check(_ request: BackfillRequest, today: CivilDate) throws {
    guard request.from <= request.to else {
      throw OperatorRefusal("--from \(request.from) is after --to \(request.to)")
    }
    guard request.to <= today else {
      throw OperatorRefusal(
        "--to \(request.to) lies ahead, today is \(today); what is coming shows: muhurat next")
    }
  }

  /// Whether a slot had its run is told from the history alone.
  private func check(
    _ request: BackfillRequest, prunedThrough: Instant?, _ zone: ZoneRules
  ) throws {
    guard let pruned = prunedThrough, zone.resolve(request.from, .midnight).earliest <= pruned
    else { return }
    throw OperatorRefusal(
      "the history of '\(request.job)' up to \(pruned.rfc3339(in: zone)) is pruned, so nobody can "
        + "tell what ran; begin with --from \(zone.local(pruned).date.adding(days: 1)), or run "
        + "single dates by hand: muhurat run \(request.job) --date D")
  }

  private func inForce(_ job: String, on tx: any Queryable) async throws -> [InForce] {
    let rows = try await tx.query(
      """
      select since, revision, lead(since) over (order by since) as until
        from jobs.in_force where job = $1 order by since
      """, job)
    let revisions = try rows.map { try $0.decode("revision", as: String?.self) }
    let known = revisions.compactMap { $0 }
    let definitions = Dictionary(
      zip(known, try await jobs(known.map { (name: job, revision: $0) }, on: tx)),
      uniquingKeysWith: { first, _ in first })
    return try zip(rows, revisions).map { row, revision in
      InForce(
        since: try row.instant("since"),
        until: try row.instantIfAny("until") ?? .distantFuture,
        definition: revision.flatMap { name in definitions[name].map { ($0, name) } })
    }
  }

  // MARK: Slots

  private func slotsToBackfill(
    _ span: inout Span, in almanac: Almanac, on tx: any Queryable
  ) async throws -> [PastSlot] {
    let from = span.start(of: span.request.from)
    let through = min(span.start(of: span.request.to.adding(days: 1)) - .microseconds(1), span.now)
    var slots: [PastSlot] = []
    // Everything up to here is told; a definition governs the slots after its load.
    var toldTo = from - .microseconds(1)
    for stretch in span.inForce where stretch.until > toldTo && stretch.since < through {
      if stretch.since > toldTo { span.noteNothing(from: max(toldTo, from), to: stretch.since) }
      let after = max(toldTo, stretch.since)
      toldTo = min(through, stretch.until)
      guard let (job, revision) = stretch.definition else {
        span.noteNothing(from: max(after, from), to: toldTo)
        continue
      }
      let told = PastSlots(
        of: job, revision: revision, after: after, through: toldTo, in: almanac,
        most: Self.largestBatch - slots.count)
      slots += told.slots
      if let holds = told.holds { span.answer.notes.append("later slots cannot be told: \(holds)") }
      guard slots.count <= Self.largestBatch else {
        throw OperatorRefusal(
          "those are more than \(Self.largestBatch) slots; take a shorter span of dates")
      }
    }
    if toldTo < through { span.noteNothing(from: max(toldTo, from), to: through) }
    let rows = try await decidedRows(
      of: span.request.job, from: from, through: through, on: tx)
    return try await joined(slots, rows, span, on: tx)
  }

  /// Both are in order, so each slot's row is found by walking along.
  private func joined(
    _ slots: [PastSlot], _ rows: [DecidedRow], _ span: Span, on tx: any Queryable
  ) async throws -> [PastSlot] {
    let job = span.request.job
    let revisions = Array(Set(rows.map(\.revision)))
    let definitions = Dictionary(
      zip(revisions, try await jobs(revisions.map { (name: job, revision: $0) }, on: tx)),
      uniquingKeysWith: { first, _ in first })
    var rest = rows[...]
    return slots.map { slot in
      guard let dueAt = slot.dueAt else { return slot }
      while let row = rest.first, row.through < dueAt { rest = rest.dropFirst() }
      guard let row = rest.first, row.dueAt <= dueAt else { return slot }
      var slot = slot
      slot.decision = row.decision
      slot.reason = row.reason
      if !span.request.usesCurrent, let definition = definitions[row.revision] {
        slot.job = definition
        slot.revision = row.revision
      }
      return slot
    }
  }

  // MARK: Business dates

  private func datesToBackfill(_ span: inout Span, in almanac: Almanac) -> [PastSlot] {
    var slots: [PastSlot] = []
    var date = span.request.from
    while date <= span.request.to {
      let end = min(span.start(of: date.adding(days: 1)) - .microseconds(1), span.now)
      let then = span.inForce.last { $0.since <= end }?.definition
      let (job, revision) = then ?? span.current
      var found = PastSlots.dates(of: job, revision: revision, from: date, to: date, in: almanac)
      if then == nil {
        found = found.map { slot in
          var slot = slot
          slot.obstacle = "no definition was in force then; --current runs it by today's"
          return slot
        }
      }
      slots += found
      date = date.adding(days: 1)
    }
    return slots
  }
}

extension JobStore.Span {
  fileprivate func start(of date: CivilDate) -> Instant { zone.resolve(date, .midnight).earliest }

  fileprivate mutating func noteNothing(from: Instant, to: Instant) {
    guard from < to else { return }
    answer.notes.append(
      "no definition of '\(request.job)' was in force from \(from.rfc3339(in: zone)) to "
        + "\(to.rfc3339(in: zone)); --current backfills that time by today's")
  }
}

extension Instant {
  fileprivate static let distantPast = Instant(microseconds: .min / 2)
  fileprivate static let distantFuture = Instant(microseconds: .max / 2)
}
