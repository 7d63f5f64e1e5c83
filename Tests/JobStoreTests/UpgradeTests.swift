import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `A database of v01` {
  @Test func `keeps its record, its definitions and its unknown outcomes`() async throws {
    let pool = try TestDatabase.current.pool(size: 4)
    let first = Migrator(schema: JobMigrations.schema, migrations: [JobMigrations.all[0]])
    try await first.migrate(pool)
    try await pool.execute(
      script: """
        insert into jobs.audit (actor, action, before) values
          ('asha', 'pause', null), ('ravi', 'resume', '{"by": "asha"}');
        insert into jobs.job (name, definition, revision, loaded_by)
        values ('sync', '{}', 'r1', 'desk-1');
        insert into jobs.job_revision (job, revision, definition, loaded_by, loaded_at)
        values ('sync', 'r1', '{}', 'desk-1', '2026-07-01T04:00:00Z');
        insert into jobs.lock (name) values ('sync');
        insert into jobs.run (job, item, business_date, trigger, state, revision, idempotent, lock,
                              ready_at, finished_at)
        values ('sync', 'asha', '2026-07-09', 'manual', 'unknown', 'r1', false, 'sync', now(), now()),
               ('sync', 'asha', '2026-07-09', 'manual', 'succeeded', 'r1', false, 'sync', now(), now()),
               ('sync', 'ravi', '2026-07-09', 'manual', 'unknown', 'r1', false, 'sync', now(), now())
        """)
    try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all).migrate(pool)
    let store = JobStore(pool: pool, holder: "desk-1")
    try await pool.transaction { try await store.note(actor: "asha", action: "after", on: $0) }
    let check = try await store.checkRecord()
    #expect(check.isWhole && check.rows == 3, "\(check)")
    #expect(try await store.audit().map(\.actor) == ["asha", "ravi", "asha"])
    let waiting = try await pool.query(
      "select item from jobs.run where state = 'unknown' and acknowledged_at is null"
    ).map { try $0.decode("item", as: String.self) }
    #expect(waiting == ["ravi"], "asha's was cleared by the success after it")
    let since: Timestamp = try await pool.query(
      "select since from jobs.in_force where job = 'sync' and revision = 'r1'"
    ).one["since"]
    #expect(
      Instant(microseconds: since.microsecondsSinceEpoch)
        == Instant(rfc3339: "2026-07-01T04:00:00Z"))
  }
}
