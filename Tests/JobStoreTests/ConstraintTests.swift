import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

/// What `psql` is told when it tries what the runner promises not to do.
@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `The tables refuse` {
  @Test(arguments: [
    (
      "a_slot_is_decided_once",
      """
      insert into jobs.slot select (s).* from (select s from jobs.slot s limit 1) x
      """
    ),
    (
      "decisions_are_known",
      "update jobs.slot set decision = 'maybe'"
    ),
    (
      "only_slots_not_run_form_spans",
      "update jobs.slot set slots = 3, through = due_at + interval '1 minute'"
    ),
    (
      "one_run_per_slot_and_item",
      """
      insert into jobs.run (job, due_at, business_date, trigger, state, revision, idempotent, lock,
                            ready_at)
      select job, due_at, business_date, 'slot', 'ready', revision, true, lock, ready_at
        from jobs.run where due_at is not null limit 1
      """
    ),
    (
      "one_active_run_per_lock",
      """
      update jobs.run set state = 'running', fence = 9, holder = 'psql',
                          lease_ends_at = clock_timestamp()
       where state = 'ready'
      """
    ),
    (
      "one_run_per_business_date",
      """
      insert into jobs.run (job, due_at, business_date, trigger, state, revision, idempotent, lock,
                            ready_at, once_per_date)
      select job, due_at + n * interval '1 second', business_date, 'schedule', 'ready', revision,
             true, lock, ready_at, true
        from jobs.run, generate_series(1, 2) n where due_at is not null
      """
    ),
    ("ended_runs_have_an_end", "update jobs.run set state = 'failed' where state = 'ready'"),
    (
      "ended_runs_have_an_end",
      "update jobs.run set finished_at = clock_timestamp() where state = 'ready'"
    ),
    (
      "active_runs_hold_a_lease", "update jobs.run set lease_ends_at = null where state = 'running'"
    ),
    (
      "active_runs_have_fence_and_holder",
      "update jobs.run set fence = null where state = 'running'"
    ),
    ("slots_have_a_due_time", "update jobs.run set trigger = 'manual' where due_at is not null"),
    (
      "run_states_are_known",
      "update jobs.run set state = 'done', finished_at = clock_timestamp(), lease_ends_at = null"
    ),
    ("triggers_are_known", "update jobs.run set trigger = 'cron'"),
    (
      "outcomes_are_known",
      "update jobs.attempt set outcome = 'ok', finished_at = clock_timestamp()"
    ),
    ("ended_attempts_have_an_outcome", "update jobs.attempt set outcome = 'succeeded'"),
    ("one_attempt_per_fence", "insert into jobs.attempt select (a).* from jobs.attempt a"),
    (
      "verdicts_are_known",
      "insert into jobs.result (run_id, kind, verdict) select id, 'x', 'good' from jobs.run"
    ),
    ("a_held_lock_names_its_run", "update jobs.lock set holder = null where run is not null"),
    ("job_names_are_file_stems", "update jobs.job set name = 'Sync Positions'"),
    ("pauses_have_end_person_and_reason", "update jobs.job set paused_at = clock_timestamp()"),
    (
      "only_unknown_runs_are_acknowledged",
      """
      update jobs.run set acknowledged_at = clock_timestamp(), acknowledged_by = 'psql',
                          acknowledged_reason = 'x' where state = 'ready'
      """
    ),
    (
      "acknowledged_runs_name_who_and_why",
      """
      update jobs.run set state = 'unknown', finished_at = clock_timestamp(),
                          acknowledged_at = clock_timestamp() where state = 'ready'
      """
    ),
    (
      "batch_kinds_are_known",
      "insert into jobs.batch (kind, job, requested_by, asked, runs) values ('x', 'sync', 'a', '{}', 1)"
    ),
    (
      "cancelled_batches_name_who",
      """
      insert into jobs.batch (kind, job, requested_by, asked, runs, cancelled_at)
      values ('resume', 'sync', 'a', '{}', 1, clock_timestamp())
      """
    ),
    ("one_clock_row", "update jobs.clock set one = false"),
    ("clocks_go_forward", "update jobs.clock set speed = -1"),
    ("run_lock_fkey", "delete from jobs.lock"),
  ])
  func `what would break a promise, by name`(_ name: String, _ sql: String) async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    _ = try await desk.one.claim(upTo: 1, of: ["sync"])
    try await desk.ready(TestDesk.job("sync"))
    let refusal = await #expect(throws: PostgresError.self, "\(sql)") {
      try await desk.pool.execute(script: sql)
    }
    #expect(refusal?.server?.constraint == name, "\(refusal.map { "\($0)" } ?? "it was accepted")")
  }

  @Test(arguments: ["update jobs.audit set actor = 'nobody'", "delete from jobs.audit"])
  func `to change the operators' record`(_ sql: String) async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    _ = try await desk.one.cancel(run: claim.run, actor: "asha", reason: nil)
    let refusal = await #expect(throws: PostgresError.self) {
      try await desk.pool.execute(script: sql)
    }
    #expect(refusal?.server?.message == "jobs.audit only grows")
    #expect(try await desk.texts("select actor from jobs.audit") == ["asha"])
  }

  @Test func `to empty the operators' record`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    _ = try await desk.one.cancel(run: claim.run, actor: "asha", reason: nil)
    await #expect(throws: PostgresError.self) {
      try await desk.pool.execute(script: "truncate jobs.audit")
    }
    #expect(try await desk.texts("select actor from jobs.audit") == ["asha"])
  }
}
