import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(2)))
struct `Pruning history` {
  /// Runs a day apart, the oldest first, in the given states.
  private func desk(_ states: String...) async throws -> TestDesk {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    for (age, state) in states.reversed().enumerated().reversed() {
      try await desk.pool.query(
        """
        with l as (insert into jobs.lock (name) values ('l' || $1) on conflict do nothing)
        insert into jobs.run (job, due_at, business_date, trigger, state, revision, idempotent, lock,
                              ready_at, created_at, finished_at, lease_ends_at, fence, holder)
        select 'sync', jobs.job_time() - make_interval(days => $1), '2026-07-09', 'schedule', $2,
               revision, true, 'l' || $1, clock_timestamp(),
               clock_timestamp() - make_interval(days => $1),
               case when $2 not in ('ready', 'running') then clock_timestamp() end,
               case when $2 = 'running' then clock_timestamp() end,
               case when $2 = 'running' then 1 end, case when $2 = 'running' then 'x' end
          from jobs.job
        """, Int32(age), state)
    }
    try await desk.pool.query(
      """
      insert into jobs.slot (job, due_at, decision, reason, business_date, local_label, lateness,
                             revision, decided_by)
      select job, due_at, 'run', 'due', business_date, 'x', interval '0', revision, 'x'
        from jobs.run
      """)
    return desk
  }

  private func prune(_ desk: TestDesk, limit: Int) async throws -> (runs: Int64, slots: Int64) {
    var (runs, place) = (Int64(0), Int64?(0))
    while let from = place {
      let batch = try await desk.one.pruneRuns(
        olderThan: .seconds(3 * 86_400 + 3_600), from: from, limit: limit, on: desk.pool)
      runs += batch.removed
      place = batch.next
    }
    var slots: Int64 = 0
    while true {
      let removed = try await desk.one.pruneSlots(
        of: "sync", olderThan: .seconds(3 * 86_400 + 3_600), limit: limit, on: desk.pool)
      slots += removed
      if removed == 0 { break }
    }
    return (runs, slots)
  }

  @Test(arguments: [1, 2, 100])
  func `takes what ended long ago, in batches of any size, with its slots`(limit: Int) async throws
  {
    let desk = try await desk(
      "succeeded", "failed", "succeeded", "expired", "succeeded", "failed", "succeeded")
    let pruned = try await prune(desk, limit: limit)
    #expect(pruned == (3, 3))
    #expect(try await desk.states("sync") == ["expired", "succeeded", "failed", "succeeded"])
  }

  @Test func `leaves the last success, what is unknown, and what has not ended`() async throws {
    let desk = try await desk(
      "succeeded", "succeeded", "unknown", "ready", "running", "failed", "failed", "failed",
      "failed", "failed")
    let pruned = try await prune(desk, limit: 2)
    #expect(pruned == (2, 2))
    #expect(
      try await desk.states("sync")
        == ["succeeded", "unknown", "ready", "running", "failed", "failed", "failed", "failed"])
    #expect(
      try await desk.count(
        "select count(*) from jobs.slot s where not exists (select from jobs.run r where r.due_at = s.due_at)"
      ) == 0, "a slot without its run is left")
  }
}
