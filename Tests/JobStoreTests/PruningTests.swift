import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
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
    var (runs, slots, place) = (Int64(0), Int64(0), Int64?(0))
    while let from = place {
      let batch = try await desk.one.pruneRuns(
        olderThan: .seconds(3 * 86_400 + 3_600), from: from, limit: limit, on: desk.pool)
      runs += batch.removed
      slots += batch.slots
      place = batch.next
    }
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

  @Test func `takes an answered slot with its run, and leaves one that waits for a person`()
    async throws
  {
    let desk = try await desk(
      "succeeded", "failed", "failed", "failed", "failed", "failed", "failed", "succeeded")
    // Of two held slots one was approved and ran; the other's run never came to be.
    try await desk.pool.query("update jobs.slot set decision = 'held'")
    try await desk.pool.query(
      "delete from jobs.run where id = (select id from jobs.run order by id offset 1 limit 1)")
    let pruned = try await prune(desk, limit: 2)
    #expect(pruned == (3, 3))
    #expect(
      try await desk.count(
        """
        select count(*) from jobs.slot s where not exists (select from jobs.run r where r.due_at = s.due_at)
        """) == 1, "an answered slot would be offered to `approve` again")
  }

  @Test func `nothing before it is given a run any more`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync", every: .seconds(3600)))
    try await desk.one.markPruned(olderThan: .seconds(3 * 86_400), on: desk.pool)
    let until = "2026-07-06T12:00:00+00:00"
    var request = BackfillRequest(
      job: "sync", from: thursday.adding(days: -3), to: thursday, actor: "asha")
    for isDryRun in [true, false] {
      await #expect {
        try await desk.one.backfill(
          request, isDryRun: isDryRun, in: desk.almanac, workshop: desk.workshop)
      } throws: {
        "\($0)"
          == "the history of 'sync' up to \(until) is pruned, so nobody can tell what ran; begin "
          + "with --from 2026-07-07, or run single dates by hand: muhurat run sync --date D"
      }
    }
    request.from = thursday.adding(days: -2)
    _ = try await desk.one.backfill(
      request, isDryRun: true, in: desk.almanac, workshop: desk.workshop)
    let pruned = noon - .seconds(3 * 86_400)
    await #expect {
      try await desk.one.checkSlotMayRun(pruned, of: "sync", in: desk.almanac)
    } throws: {
      "\($0)"
        == "the history of 'sync' up to \(until) is pruned, so nobody can tell whether sync "
        + "\(until) ran; to run it all the same: muhurat run sync --date D"
    }
    #expect(
      try await desk.one.why(job: "sync", at: pruned, almanac: desk.almanac).sentence
        == "what became of sync 2026-07-06 12:00 UTC is no longer known: history up to "
        + "2026-07-06 12:00 UTC is pruned.")
    try await desk.one.markPruned(olderThan: .seconds(9 * 86_400), on: desk.pool)
    #expect(
      try await desk.texts("select (pruned_through at time zone 'UTC')::text from jobs.watermark")
        == ["2026-07-06 12:00:00"], "the mark never goes back")
  }

  @Test func `takes alarms that cleared, what was said, outages and clock events`() async throws {
    let desk = try await TestDesk()
    try await desk.pool.query(
      """
      with ages (at) as (
        select clock_timestamp() - make_interval(days => n) from unnest(array[1, 9]) n
      ), alarms as (
        insert into jobs.alarm (cause, kind, severity, stage, scope, sentence, next_step, since,
                                judged_at, cleared_at)
        select kind || at, 'x', 'notice', 1, '', 's', 'n', at, at, case kind when 'cleared' then at end
          from ages, unnest(array['cleared', 'standing']) kind
      ), messages as (
        insert into jobs.alarm_message (cause, what, channel, message, created_at, sent_at)
        select 'c', 'raised', 'email', '{}', at, case sent when 'sent' then at end
          from ages, unnest(array['sent', 'waiting']) sent
      ), outages as (
        insert into jobs.outage select 'h', at, at, 'r' from ages
      )
      insert into jobs.clock_event select 'h', at, 'host-step', 1, 's' from ages
      """)
    let removed = try await desk.one.pruneAlarms(olderThan: .seconds(5 * 86_400), on: desk.pool)
    #expect(removed == 4)
    #expect(
      try await desk.texts(
        """
        select (select count(*) from jobs.alarm) || ' ' || (select count(*) from jobs.alarm_message)
               || ' ' || (select count(*) from jobs.outage)
               || ' ' || (select count(*) from jobs.clock_event)
        """) == ["3 3 1 1"])
  }
}
