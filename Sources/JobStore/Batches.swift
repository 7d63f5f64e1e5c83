import Jobs
import Postgres
import Threads

/// Runs of the past that one act of an operator made, to be cancelled as one.
package struct Batch: Sendable, Hashable, Encodable {
  package var id: Int64
  package var runs: Int64
  package var firstRun: Int64
  package var lastRun: Int64

  enum CodingKeys: String, CodingKey {
    case id, runs
    case firstRun = "first_run"
    case lastRun = "last_run"
  }
}

/// Who asked for a batch, and for what.
struct BatchRequest: Sendable {
  /// `backfill`, `resume` or `approve`: what made it, and what its runs have as their trigger.
  var trigger: Trigger
  var job: String
  var actor: String
  var reason: String?
  var asked: [String: JSONValue]
  /// Whether `expires_after` counts from now, as for a slot that misfire admits. A backfill is in no
  /// hurry; cancelling it is how to be rid of it.
  var expires = false
  /// Ends the runs where they begin, with this as their reason.
  var declined: String?
}

extension JobStore {
  /// How many runs one act may make.
  package static let largestBatch = 100_000
  /// How many locks they may wait for. Each claim of any runner looks at every lock that is waited
  /// for: at ten thousand it takes half a second, at a hundred thousand longer than it may.
  package static let widestBatch = 5_000

  func refuseTooMany(_ runs: [PastRun], theyWait: Bool = true) throws {
    let runs = runs.filter(\.willRun)
    guard runs.count <= Self.largestBatch else {
      throw OperatorRefusal(
        "that would make \(runs.count) runs at once; \(Self.largestBatch) is the most: take a shorter span"
      )
    }
    let locks = Set(runs.map(\.lock)).count
    guard !theyWait || locks <= Self.widestBatch else {
      throw OperatorRefusal(
        "those runs would wait for \(locks) different locks at once, and every claim looks at each; "
          + "\(Self.widestBatch) is the most: take a shorter span, and the next when it is done")
    }
  }

  /// One statement: the batch, the locks and the runs, oldest first, which is the order of their
  /// numbers and so of their claims. Under the watermark's lock nobody else gives these slots runs.
  func write(
    _ request: BatchRequest, _ runs: [PastRun], on tx: any Queryable
  ) async throws -> Batch? {
    let runs = runs.filter(\.willRun)
    guard !runs.isEmpty else { return nil }
    try refuseTooMany(runs, theyWait: request.declined == nil)
    let row = try await tx.query(
      """
      with batch as (
        insert into jobs.batch (kind, job, requested_by, reason, asked, runs)
        values ($1, $2, $3, $4, $5, $6)
        returning id
      ), new_lock as (
        insert into jobs.lock (name) select distinct unnest($10::text[]) as name order by name
            on conflict do nothing
      ), clock as materialized (
        select jobs.job_time() as now
      ), new_run as (
        insert into jobs.run
               (job, item, due_at, business_date, trigger, state, reason, lock, ready_at,
                expires_at, revision, idempotent, once_per_date, requested_by, request_reason,
                batch, yields, finished_at)
        select $2, r.item, r.due_at, r.business_date, $1,
               case when $15::text is null then 'ready' else 'skipped' end, $15, r.lock, c.now,
               c.now + r.expires_after, r.revision, r.idempotent, r.once_per_date, $3, $4, b.id,
               true, case when $15::text is not null then clock_timestamp() end
          from unnest($7::text[], $8::timestamptz[], $9::date[], $10::text[], $11::interval[],
                      $12::text[], $13::boolean[], $14::boolean[]) with ordinality
            as r(item, due_at, business_date, lock, expires_after, revision, idempotent,
                 once_per_date, place)
         cross join batch b cross join clock c
         order by r.place
        returning id
      )
      select b.id, count(*) as runs, min(n.id) as first_run, max(n.id) as last_run
        from new_run n cross join batch b
       group by b.id
      """,
      request.trigger.rawValue, request.job, request.actor, request.reason,
      try JSONText(encoding: request.asked), Int64(runs.count),
      runs.map(\.item), runs.map { $0.slot.dueAt.map(Timestamp.init) },
      runs.map { Day($0.slot.businessDate) }, runs.map(\.lock),
      runs.map { request.expires ? $0.slot.job.expiresAfter : nil },
      runs.map(\.slot.revision), runs.map(\.slot.job.idempotent),
      runs.map(\.slot.job.oncePerBusinessDate), request.declined
    ).one
    try await hint("run", on: tx)
    return Batch(
      id: try row["id"], runs: try row["runs"], firstRun: try row["first_run"],
      lastRun: try row["last_run"])
  }

  func note(
    _ request: BatchRequest, action: String, batch: Batch?, before: [String: JSONValue]?,
    on tx: any Queryable
  ) async throws {
    var after = request.asked
    if let batch {
      after["batch"] = .integer(batch.id)
      after["runs"] = .integer(batch.runs)
      after["first_run"] = .integer(batch.firstRun)
    }
    try await tx.query(
      """
      insert into jobs.audit (actor, action, job, reason, before, after)
      values ($1, $2, $3, $4, $5, $6)
      """, request.actor, action, request.job, request.reason,
      try before.map { try JSONText(encoding: $0) }, try JSONText(encoding: after))
  }

  package struct CancelledBatch: Sendable, Hashable, Encodable {
    package var batch: Int64
    package var job: String
    package var kind: String
    /// Runs that had not begun and never will.
    package var ended: Int64
    /// Runs whose runner has been told.
    package var asked: Int64
    /// Runs that had ended before.
    package var endedBefore: Int64

    enum CodingKeys: String, CodingKey {
      case batch, job, kind, ended, asked
      case endedBefore = "ended_before"
    }
  }

  /// Cancels what is left of the batch a run belongs to: one statement, one row on record, whether
  /// ten runs are left or ten thousand. Rows are taken in order, as by everybody who waits for more
  /// than one.
  ///
  /// - Returns: nil if there is no such run or it belongs to no batch.
  package func cancelBatch(
    ofRun run: Int64, actor: String, reason: String?
  ) async throws -> CancelledBatch? {
    try await pool.query(
      """
      with chosen as materialized (
        select id, job, kind, runs from jobs.batch
         where id = (select batch from jobs.run where id = $1)
           for no key update
      ), found as materialized (
        select r.id
          from jobs.run r join chosen c on r.batch = c.id
         where r.state in ('ready', 'running')
         order by r.id
           for no key update of r
      ), cancelled as (
        update jobs.run r
           set state = case r.state when 'ready' then 'cancelled' else 'cancelling' end,
               finished_at = case r.state when 'ready' then clock_timestamp() end,
               reason = 'cancelled by ' || $2 || ' with all of its batch' || coalesce(': ' || $3, '')
          from found f
         where r.id = f.id and r.state in ('ready', 'running')
        returning r.state
      ), counted as materialized (
        select count(*) filter (where state = 'cancelled') as ended,
               count(*) filter (where state = 'cancelling') as asked
          from cancelled
      ), marked as (
        update jobs.batch b
           set cancelled_at = clock_timestamp(), cancelled_by = $2, cancel_reason = $3
          from chosen c cross join counted n
         where b.id = c.id and n.ended + n.asked > 0
      ), noted as (
        insert into jobs.audit (actor, action, job, run_id, reason, before, after)
        select $2, 'cancel batch', c.job, $1, $3,
               jsonb_build_object('batch', c.id, 'ready', n.ended, 'running', n.asked),
               jsonb_build_object('batch', c.id, 'cancelled', n.ended, 'cancelling', n.asked)
          from chosen c cross join counted n
         where n.ended + n.asked > 0
      ), hinted as (
        select pg_notify('muhurat', 'cancel') from counted where asked > 0
      )
      select c.id, c.job, c.kind, n.ended, n.asked, c.runs - n.ended - n.asked as before,
             (select count(*) from hinted) as hints
        from chosen c cross join counted n
      """, run, actor, reason, deadline: .after(.seconds(60))
    ).first.map { row in
      CancelledBatch(
        batch: try row["id"], job: try row["job"], kind: try row["kind"],
        ended: try row["ended"], asked: try row["asked"], endedBefore: try row["before"])
    }
  }
}
