package import Jobs
package import Postgres
package import TradingTime

/// A slot was asked to run that has its run, or whose business date has.
package struct SlotHasRun: Error, CustomStringConvertible {
  package let run: Int64

  package init(run: Int64) { self.run = run }

  package var description: String {
    "that slot, or its business date, has run \(run) already; see: muhurat show \(run)"
  }
}

extension JobStore {
  package enum Started: Sendable {
    case claimed(Claim)
    /// The lock is held, or the pool is full, and by whom.
    case busy(LockHolder)
    /// The slot asked for, or its business date, has its run already.
    case slotHasRun(Int64)
  }

  /// Who is in the way: of a lock, or the first of a full pool.
  package struct LockHolder: Sendable, Hashable {
    /// `lock 'account/asha'`, `pool 'broker' (max 2)`.
    package var what: String
    package var run: Int64
    package var job: String
    package var holder: String
    package var since: Instant
  }

  /// Inserts a run that is claimed from its first moment: fence raised, lease taken, on the
  /// operator's record, in one transaction. There is no instant at which somebody else could claim
  /// it.
  package func start(_ request: RunRequest) async throws -> Started {
    while true {
      do {
        return try await startOnce(request)
      } catch let error as PostgresError where error.isTakenPlace {}
    }
  }

  private func startOnce(_ request: RunRequest) async throws -> Started {
    try await brief(within: .seconds(10)) { tx in
      if let run = try await runInTheWay(of: request, on: tx) { return .slotHasRun(run) }
      try await ensureLock(request.lock, on: tx)
      // A lock that is let go between the two looks is neither taken nor held; looking again will
      // do.
      for _ in 0..<10 {
        if let claim = try await insertClaimed(request, on: tx) { return .claimed(claim) }
        if let holder = try await lockHolder(request.lock, on: tx) { return .busy(holder) }
        if let holder = try await fullPool(of: request.job, on: tx) { return .busy(holder) }
      }
      throw PostgresError.misuse("lock '\(request.lock)' was neither free nor held")
    }
  }

  private func insertClaimed(
    _ request: RunRequest, on tx: any Queryable
  ) async throws -> Claim? {
    try await tx.query(
      """
      with place as materialized (
        select n from generate_series(1, $17::int) n
         where not exists (
           select from jobs.run a
            where a.pool = $16 and a.pool_place = n and a.state in ('running', 'cancelling'))
         order by n limit 1
      ), taken as (
        update jobs.lock
           set fence = fence + 1, run = nextval('jobs.run_id_seq'), holder = $1,
               taken_at = clock_timestamp()
         where name = $2 and run is null and ($16::text is null or exists (select from place))
        returning run, fence
      ), claimed as (
        insert into jobs.run
               (id, job, item, due_at, business_date, trigger, state, revision, parameters,
                requested_by, request_reason, idempotent, lock, fence, holder, attempt, ready_at,
                lease_ends_at, claimed_at, started_at, once_per_date, pool, pool_place, dry_run)
        select t.run, $3, $4, $5, $6, $7, 'running', $8, $9, $10, $11, $12, $2, t.fence, $1, 1,
               jobs.job_time(), clock_timestamp() + $13::interval, clock_timestamp(),
               case when $12 then clock_timestamp() end, $14, $16, (select n from place), $18
          from taken t
        returning id, job, revision, item, due_at, business_date, trigger, attempt, lock, fence,
                  parameters, idempotent, expires_at, ready_at, lateness, started_at, dry_run
      ), tried as (
        insert into jobs.attempt (run_id, fence, number, holder, started_at)
        select id, fence, attempt, $1, started_at from claimed
      ), noted as (
        insert into jobs.audit (actor, action, job, run_id, reason, after)
        select $10, 'run', job, id, $11, $15 from claimed
      )
      select id, job, revision, item, due_at, business_date, trigger, attempt, lock, fence,
             parameters, idempotent, expires_at, ready_at, lateness, dry_run,
             null::text as waited_for
        from claimed
      """, holder, request.lock, request.job.name, request.item,
      request.slot.map(Timestamp.init), Day(request.businessDate), request.trigger.rawValue,
      request.revision, try JSONText(encoding: request.parameters), request.actor,
      request.reason, request.job.idempotent, Self.lease, request.usesDate,
      try request.record(state: .running), request.job.pool?.name,
      request.job.pool.map { Int32($0.max) }, request.isDryRun
    ).first.map(claim)
  }

  /// Leaves a run to whichever daemon claims it, and says its id.
  ///
  /// - Throws: `SlotHasRun`.
  package func enqueue(_ request: RunRequest) async throws -> Int64 {
    try await brief(within: .seconds(10)) { tx in
      if let run = try await runInTheWay(of: request, on: tx) { throw SlotHasRun(run: run) }
      try await ensureLock(request.lock, on: tx)
      let id: Int64 = try await tx.query(
        """
        with new_run as (
          insert into jobs.run
                 (job, item, due_at, business_date, trigger, state, revision, parameters,
                  requested_by, request_reason, idempotent, lock, ready_at, once_per_date)
          values ($1, $2, $3, $4, $5, 'ready', $6, $7, $8, $9, $10, $11, jobs.job_time(), $12)
          returning id
        ), noted as (
          insert into jobs.audit (actor, action, job, run_id, reason, after)
          select $8, 'enqueue', $1, id, $9, $13 from new_run
        )
        select id from new_run
        """, request.job.name, request.item, request.slot.map(Timestamp.init),
        Day(request.businessDate), request.trigger.rawValue, request.revision,
        try JSONText(encoding: request.parameters), request.actor, request.reason,
        request.job.idempotent, request.lock, request.usesDate,
        try request.record(state: .ready)
      ).one["id"]
      try await hint("run", on: tx)
      return id
    }
  }

  /// A slot that was decided not to run may get its run by hand; one that nobody promised, or that
  /// the market's hours closed, may not.
  ///
  /// - Throws: `OperatorRefusal`.
  package func checkSlotMayRun(
    _ slot: Instant, of job: String, in almanac: Almanac
  ) async throws {
    guard let definition = try await definition(of: job) else {
      throw NoSuchJob(name: job, known: [])
    }
    let zone = almanac.zone(of: definition.job.schedule)
    let name = "\(job) \(slot.rfc3339(in: zone))"
    if let pruned = try await prunedThrough(of: job, on: pool), slot <= pruned {
      throw OperatorRefusal(
        "the history of '\(job)' up to \(pruned.rfc3339(in: zone)) is pruned, so nobody can tell "
          + "whether \(name) ran; to run it all the same: muhurat run \(job) --date D")
    }
    guard let row = try await self.slot(of: job, at: slot) else {
      let next = definition.job.schedule?.next(
        after: slot - .microseconds(1), before: slot + .seconds(370 * 86_400), in: almanac)
      let isAhead = next == slot && slot > definition.watermark
      let coming = next.map { "; the next slot from there is \($0.rfc3339(in: zone))" } ?? ""
      throw OperatorRefusal(
        isAhead
          ? "\(name) is not decided yet; the scheduler decides it when it is due"
          : "\(name) is no slot on record\(coming)")
    }
    guard row.decision != .closed else {
      throw OperatorRefusal(
        "\(name) was decided closed: \(row.reason); to run it all the same: muhurat run \(job) --date "
          + "\(row.businessDate)")
    }
    guard row.dueAt != slot else { return }
    let then = try await jobs([(name: job, revision: row.revision)], on: pool)[0].schedule
    let due = then?.slots(after: slot - .microseconds(1), through: slot, in: almanac)
    guard due?.spans.isEmpty == false else {
      throw OperatorRefusal(
        "\(name) is no slot; it lies between two of: \(row.localLabel) and later")
    }
  }

  private func ensureLock(_ name: String, on tx: any Queryable) async throws {
    try await tx.query("insert into jobs.lock (name) values ($1) on conflict do nothing", name)
  }

  /// The run that a slot, or its business date, has already. Asked under the watermark's lock, so
  /// that nobody decides the slot meanwhile.
  private func runInTheWay(
    of request: RunRequest, on tx: any Queryable
  ) async throws -> Int64? {
    guard let slot = request.slot else { return nil }
    try await tx.query("select from jobs.watermark where job = $1 for update", request.job.name)
    return try await tx.query(
      """
      select id from jobs.run
       where job = $1 and due_at = $2 and coalesce(item, '') = coalesce($3, '')
      union all
      select id from jobs.run
       where $4 and job = $1 and business_date = $5 and coalesce(item, '') = coalesce($3, '')
         and once_per_date and trigger <> 'manual'
         and state not in ('failed', 'cancelled', 'expired', 'gated', 'superseded', 'skipped')
       limit 1
      """, request.job.name, Timestamp(slot), request.item, request.usesDate,
      Day(request.businessDate)
    ).first.map { try $0.decode("id") }
  }

  package func lockHolder(_ lock: String, on database: any Queryable) async throws -> LockHolder? {
    try await database.query(
      """
      select l.name, l.run, l.holder, l.taken_at, coalesce(r.job, '') as job
        from jobs.lock l left join jobs.run r on r.id = l.run
       where l.name = $1 and l.run is not null
      """, lock
    ).first.map { row in
      LockHolder(
        what: "lock '\(try row.decode("name", as: String.self))'", run: try row["run"],
        job: try row["job"], holder: try row["holder"],
        since: try row.instant("taken_at"))
    }
  }
}
