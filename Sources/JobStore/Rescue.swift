package import Jobs
import Postgres
import Threads
import TradingTime

/// Promise 4: the work of a dead runner is taken over by whoever is alive. There is no leader.
extension JobStore {
  /// Settles runs whose lease has ended as abandoned, and raises their locks' fences at once: the
  /// old holder is dead from the moment we say so, not from the next claim.
  ///
  /// Both rows are locked, `skip locked`: a lock row that a guarded transaction holds would hold up
  /// the sweep.
  package func rescue(limit: Int = 100, chance: Double) async throws -> [RescuedRun] {
    try await brief(within: .seconds(5)) { tx in
      let rows = try await tx.query(
        """
        select r.id, r.job, r.item, r.fence, r.lock, r.attempt, r.idempotent, r.state, r.holder,
               r.expires_at, r.lease_ends_at, r.dry_run, r.started_at is not null as started,
               jobs.job_time() as now, d.definition
          from jobs.run r
          join jobs.lock l on l.name = r.lock
          join jobs.job_revision d on d.job = r.job and d.revision = r.revision
         where r.state in ('running', 'cancelling')
           and r.lease_ends_at < (select clock_timestamp())
         order by r.lease_ends_at
         limit $1
           for no key update of r, l skip locked
        """, limit)
      let rescued = try rows.map { try RescuedRun(row: $0, chance: chance) }
      guard !rescued.isEmpty else { return [] }
      try await write(rescued, on: tx)
      return rescued
    }
  }

  package struct RescuedRun: Sendable, Hashable {
    package var run: Int64
    package var job: String
    package var item: String?
    package var lostBy: String
    package var settlement: Settlement
    var error: String

    init(row: Row, chance: Double) throws {
      run = try row["id"]
      job = try row["job"]
      item = try row["item"]
      lostBy = try row["holder"]
      // One that a newer muhurat wrote and this one cannot read must not keep every run from rescue.
      let definition: Job? = try? row.decode("definition", as: JSONText.self).decoded()
      let hasStarted: Bool = try row["started"]
      let end = try row.instant("lease_ends_at")
      error = "the runner \(lostBy) stopped renewing its lease; it ended at \(end)"
      settlement = Settlement.following(
        Ending(.abandoned, error: error),
        of: .init(
          attempt: Int(try row.decode("attempt", as: Int32.self)),
          isIdempotent: try row["idempotent"], retry: definition?.retry ?? RetryPolicy(),
          isCancelling: try row.decode("state", as: String.self) == "cancelling",
          hasStarted: hasStarted, expiresAt: try row.instantIfAny("expires_at"),
          isDryRun: try row["dry_run"]),
        now: try row.instant("now"), chance: chance)
    }
  }

  private func write(_ rescued: [RescuedRun], on tx: any Queryable) async throws {
    try await tx.query(
      """
      with lost as materialized (
        select id, state, ready_at, charged, reason, error
          from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[],
                      $6::text[])
            as l(id, state, ready_at, charged, reason, error)
      ), attempt as (
        update jobs.attempt a
           set outcome = 'abandoned', error = l.error, finished_at = clock_timestamp()
          from lost l join jobs.run r on r.id = l.id
         where a.run_id = r.id and a.fence = r.fence
      ), freed as (
        update jobs.lock k set fence = k.fence + 1, run = null, holder = null
          from lost l join jobs.run r on r.id = l.id where k.name = r.lock
      )
      update jobs.run r
         set state = l.state, ready_at = coalesce(l.ready_at, r.ready_at), reason = l.reason,
             attempt = r.attempt - case when l.charged then 0 else 1 end,
             lease_ends_at = null, holder = null,
             started_at = case when l.state = 'ready' then null else r.started_at end,
             finished_at = case when l.state <> 'ready' then clock_timestamp() end
        from lost l
       where r.id = l.id
      """,
      rescued.map(\.run), rescued.map(\.settlement.state.rawValue),
      rescued.map { $0.settlement.readyAt.map(Timestamp.init) },
      rescued.map(\.settlement.chargesAttempt), rescued.map(\.settlement.reason),
      rescued.map(\.error))
  }

  /// Ends ready runs that may not start any more: `expired`, or `gated` if a condition was what
  /// they waited for. A row somebody has in hand is left to the next sweep.
  @discardableResult
  package func expire(limit: Int = 1000) async throws -> [Int64] {
    try await pool.query(
      """
      with stale as materialized (
        select id from jobs.run
         where state = 'ready' and expires_at is not null
           and expires_at <= (select jobs.job_time())
         order by expires_at
         limit $1
           for no key update skip locked
      )
      update jobs.run r
         set state = case when waiting_for is null then 'expired' else 'gated' end,
             finished_at = clock_timestamp(),
             reason = case when waiting_for is null
               then coalesce(reason || '; ', '') || 'could not start before it expired at '
                    || to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
               else 'waited until it expired: ' || waiting_for end
        from stale where r.id = stale.id
      returning r.id
      """, limit, deadline: .after(.seconds(5))
    ).map { try $0.decode("id") }
  }

  /// What a sweep would find, asked in one statement, because mostly it finds nothing.
  ///
  /// `min`, not `exists`: it can only be had from the index, whereas for `exists` the planner may
  /// read the whole history in the hope of an early find. A difference of times has days in it from
  /// the first day on, and a day is no fixed span; seconds are.
  package func sweepNeeds() async throws -> SweepNeeds {
    let askedAt = SystemClock.sinceBoot()
    let row = try await pool.query(
      """
      select \(Self.clocks),
             make_interval(secs => extract(
               epoch from clock_timestamp() - pg_postmaster_start_time())::float8) as up,
             coalesce((select min(lease_ends_at) from jobs.run
                        where state in ('running', 'cancelling'))
                      < clock_timestamp(), false) as abandoned,
             coalesce((select min(expires_at) from jobs.run
                        where state = 'ready' and expires_at is not null)
                      <= jobs.job_time(), false) as expired
      """, deadline: .after(.seconds(2))
    ).one
    return SweepNeeds(
      clocks: try clocks(from: row), askedAt: askedAt, serverUptime: try row["up"],
      hasAbandoned: try row["abandoned"], hasExpired: try row["expired"])
  }

  package struct SweepNeeds: Sendable {
    package var clocks: Clocks
    /// The boot clock before asking.
    package var askedAt: Duration
    /// Right after its start all leases look dead, and their holders deserve one renewal.
    package var serverUptime: Duration
    package var hasAbandoned: Bool
    package var hasExpired: Bool
  }
}
