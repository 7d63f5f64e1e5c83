import JobStore
import Jobs
import Postgres
import Runner
import Support
import Testing

@Suite(.freshDatabase(scriptTemplate), .timeLimit(.minutes(10)))
struct `A script and its fence` {
  @Test func `one whose claim was taken over writes nothing`() async throws {
    let bench = try await ScriptBench("insert into note values ('x')")
    try await bench.pool.query("update jobs.lock set fence = fence + 1")
    await #expect(throws: ClaimLost.self) { try await bench.run() }
    #expect(try await bench.notes == [])
  }

  @Test func `while it runs nobody can take its lock over`() async throws {
    let other = try await TestDatabase.current.connection()
    try await other.query("select pg_advisory_lock(1)")
    let bench = try await ScriptBench(
      "insert into note values ('x'); select pg_advisory_xact_lock(1)")
    async let ending = bench.ending()
    try await eventually("the script is in its midst") {
      try await other.query("select from waiting").count == 1
    }
    #expect(try await other.query("select from jobs.lock for update skip locked").isEmpty)
    try await other.query("select pg_advisory_unlock(1)")
    #expect(await ending?.outcome == .succeeded)
    #expect(try await bench.notes == ["x"])
  }

  @Test func `one whose connection is cut in its midst writes nothing`() async throws {
    let other = try await TestDatabase.current.connection()
    try await other.query("select pg_advisory_lock(1)")
    let bench = try await ScriptBench(
      "insert into note values ('x'); select pg_advisory_xact_lock(1)")
    async let ending = bench.ending()
    try await eventually("the script is cut off") {
      try await other.query(
        "select pg_terminate_backend(pid) from waiting"
      ).count == 1
    }
    let found = await ending
    #expect(found?.errorClass == "transient", "\(found?.error ?? "it succeeded")")
    #expect(try await bench.notes == [])
  }

  @Test func `its commit settles its run, so that a runner that dies then repeats nothing`()
    async throws
  {
    let bench = try await ScriptBench("insert into note values ('x'); select 'warn' as verdict")
    _ = try await bench.run()
    #expect(try await bench.recorded == "succeeded, succeeded, warn, t")
    #expect(try await bench.notes == ["x"])
  }

  @Test func `a commit whose answer was lost is looked up, not repeated`() async throws {
    let folder = try ProgramFolder()
    let proxy = try ScriptProxy(
      in: folder.path, before: TestDatabase.current.cluster.folder, losingAnswersTo: "commit")
    let bench = try await ScriptBench(
      "insert into note values ('x'); select 'warn' as verdict", through: folder.path)
    #expect(await bench.ending() == .succeeded(RunResult(kind: "script", verdict: .warn)))
    #expect(try await bench.notes == ["x"])
    #expect(proxy.lostAnswers == 1)
  }

  @Test func `one that is cut off during its commit is known to have done nothing`() async throws {
    let bench = try await ScriptBench("insert into note values ('x')")
    try await bench.pool.execute(
      script: """
        create function cut() returns trigger language plpgsql as $$
        begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
        create constraint trigger cut after insert on note deferrable initially deferred
          for each row execute function cut();
        """)
    let ending = await bench.ending()
    #expect(ending?.outcome == .failed && ending?.errorClass == "transient", "\(ending as Any)")
    #expect(try await bench.notes == [])
  }

  @Test(arguments: [
    ("insert into note values ('x');\ncommit;", 2, "COMMIT"),
    ("rollback; begin;", 1, "ROLLBACK"),
    ("-- a script\n/* of\nlines */ BEGIN;", 3, "BEGIN"),
    ("select 1;\nEnd", 2, "END"),
    ("abort", 1, "ABORT"),
    ("start transaction", 1, "START"),
    ("prepare transaction 'x'", 1, "PREPARE TRANSACTION"),
    ("select $$ ; commit; $$;\n\n;; commit and chain", 3, "COMMIT"),
    ("select 'it''s; begin', E'\\'; rollback; ', \"end;\";commit", 1, "COMMIT"),
  ])
  func `one that would end its own transaction is refused before it runs`(
    _ text: String, _ line: Int, _ word: String
  ) async throws {
    let bench = try await ScriptBench(text)
    #expect(
      await bench.ending()
        == .failed(
          "jobs/roll-up.sql:\(line): \(word) would end the transaction whose commit decides; "
            + "the script is one transaction, remove it"))
    #expect(try await bench.notes == [])
  }

  @Test(arguments: [
    (
      "set search_path to x",
      "SET would stay on the connection, which others use next; write SET LOCAL"
    ),
    (
      "SET SESSION work_mem = '1GB'",
      "SET would stay on the connection, which others use next; write SET LOCAL"
    ),
    ("listen news", "LISTEN concerns the connection, which others use next; remove it"),
    ("discard all", "DISCARD concerns the connection, which others use next; remove it"),
    ("prepare x as select 1", "PREPARE concerns the connection, which others use next; remove it"),
    ("\\set x 1", "commands with a backslash are psql's own; write SQL"),
  ])
  func `one that would leave something on the connection is refused`(
    _ text: String, _ problem: String
  ) async throws {
    #expect(try await ScriptBench(text).ending() == .failed("jobs/roll-up.sql:1: \(problem)"))
  }

  @Test(arguments: [
    "savepoint a; insert into note values ('y'); rollback to a; release savepoint a",
    "savepoint a; rollback to savepoint a; rollback work to savepoint a",
    "set local work_mem = '4MB'; set constraints all deferred; set transaction read write",
    "do $$ begin perform 1; end $$",
    "create function f(n int) returns int language sql begin atomic; select case when n > 0 then 1 else 2 end; select 3; end; select f(1)",
    "create or replace procedure p() begin atomic insert into note values ('z'); end; select 1",
    "create rule r as on update to note do also (delete from note; select 1); select 1",
    "select 'commit' as begin, 1 as \"rollback;\" -- ; commit\n /* ; commit /* nested; */ ; end */",
    "create table committed (begin_at int, \"end\" int); select 1 as a$b; select $a$;commit;$b$;$a$",
  ])
  func `one that only looks like it is run`(_ text: String) async throws {
    let ending = try await ScriptBench(text).ending()
    #expect(ending?.outcome == .succeeded, "\(ending?.error ?? "")")
  }

  @Test func `one that ends its transaction unseen fails`() async throws {
    // With this setting the server reads a backslash in a string otherwise than the standard does.
    let name = TestDatabase.current.name
    try await TestDatabase.current.connection().execute(
      script: "alter database \(name) set standard_conforming_strings = off")
    let bench = try await ScriptBench("insert into note values ('x'); select '\\''; commit; --'")
    #expect(
      await bench.ending()
        == .failed(
          "jobs/roll-up.sql ended its own transaction; what stood before that was committed, the "
            + "rest was not"))
    #expect(try await bench.notes == ["x"])
  }

  @Test func `one with a NUL is refused`() async throws {
    #expect(
      try await ScriptBench("select 1 \0; commit").ending()
        == .failed("jobs/roll-up.sql: the script holds a NUL, behind which nothing would be run"))
  }
}
