import Glibc
import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `A transaction` {
  private struct ChangedMyMind: Error {}

  private func table() async throws -> Pool {
    let pool = try TestDatabase.current.pool()
    try await pool.execute(script: "create table t (a int8 primary key)")
    return pool
  }

  private func numbers(_ pool: Pool) async throws -> [Int] {
    try await pool.query("select a from t order by a").map { try $0.decode(0) }
  }

  @Test func `stands once its closure returns`() async throws {
    let pool = try await table()
    let answer = try await pool.transaction { transaction in
      try await transaction.query("insert into t values (1)")
      try await transaction.pipeline([
        Statement("insert into t values ($1)", 2), Statement("insert into t values ($1)", 3),
      ])
      try await transaction.copyIn("copy t from stdin (format binary)", [[4]])
      return "done"
    }
    #expect(answer == "done")
    #expect(try await numbers(pool) == [1, 2, 3, 4])
  }

  @Test func `leaves nothing if its closure throws`() async throws {
    let pool = try await table()
    await #expect(throws: ChangedMyMind.self) {
      try await pool.transaction { transaction in
        try await transaction.query("insert into t values (1)")
        throw ChangedMyMind()
      }
    }
    #expect(try await numbers(pool).isEmpty)
  }

  @Test func `does not stand if a failure in it was ignored`() async throws {
    let pool = try await table()
    let error = try await refusal {
      try await pool.transaction { transaction in
        try await transaction.query("insert into t values (1)")
        _ = try? await transaction.query("select 1/0")
      }
    }
    #expect(
      error.description
        == "commit refused: an earlier statement of the transaction had failed")
    #expect(try await numbers(pool).isEmpty)
  }

  @Test func `may end with its last statements`() async throws {
    let pool = try await table()
    let answers = try await pool.transaction { transaction in
      try await transaction.query("insert into t values (1)")
      return try await transaction.end(with: [
        Statement("insert into t values (2)"), Statement("select count(*) from t"),
      ])
    }
    #expect(try answers[1].one.decode(0, as: Int.self) == 2)
    #expect(try await numbers(pool) == [1, 2])
    let error = try await refusal {
      try await pool.transaction { transaction in
        try await transaction.end(with: [])
        try await transaction.query("insert into t values (3)")
      }
    }
    #expect(error.description == "the transaction is over")
    #expect(try await numbers(pool) == [1, 2])
  }

  @Test func `does not stand if one of its last statements fails`() async throws {
    let pool = try await table()
    let error = try await refusal {
      try await pool.transaction { transaction in
        try await transaction.end(with: [
          Statement("insert into t values (1)"), Statement("insert into t values (1)"),
        ])
      }
    }
    #expect(error.sqlState == "23505")
    #expect(try await numbers(pool).isEmpty)
    #expect(pool.status.idle == 1, "its connection is as good as before")
  }

  @Test func `that never began for a statement not to be sent begins with the next`() async throws {
    let pool = try await table()
    await #expect(throws: ChangedMyMind.self) {
      try await pool.transaction { transaction in
        _ = try? await transaction.query("select '\0'")
        try await transaction.query("insert into t values (1)")
        throw ChangedMyMind()
      }
    }
    #expect(try await numbers(pool).isEmpty)
  }

  @Test func `that is taken back answers and leaves nothing`() async throws {
    let pool = try await table()
    let count: Int = try await pool.transaction(isTakenBack: true) { transaction in
      try await transaction.query("insert into t values (1)")
      return try await transaction.end(with: [Statement("select count(*) from t")])[0].one.decode(0)
    }
    #expect(count == 1)
    #expect(try await numbers(pool).isEmpty)
  }

  @Test func `is rolled back when its task is cancelled`() async throws {
    let pool = try await table()
    let inside = Signal<Void>("inside the transaction")
    let working = Task {
      try await pool.transaction { transaction in
        try await transaction.query("insert into t values (1)")
        inside.fire()
        try await transaction.query("select pg_sleep(600)")
      }
    }
    try await inside.wait()
    working.cancel()
    await #expect(throws: PostgresError.self) { try await working.value }
    #expect(try await numbers(pool).isEmpty)
  }

  @Test func `is not entered by others on the same connection`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create table t (a int8)")
    let inside = Signal<Void>("inside the transaction")
    let goOn = Signal<Void>("go on")
    let working = Task {
      try await connection.transaction { transaction in
        try await transaction.query("insert into t values (1)")
        inside.fire()
        try await goOn.wait()
        throw ChangedMyMind()
      }
    }
    try await inside.wait()
    let other = Task { try await connection.query("insert into t values (2)") }
    goOn.fire()
    await #expect(throws: ChangedMyMind.self) { try await working.value }
    _ = try await other.value
    let left = try await connection.query("select a from t").map { try $0.decode(0, as: Int.self) }
    #expect(left == [2])
  }

  @Test func `cannot be used after its end`() async throws {
    let pool = try await table()
    let kept = try await pool.transaction { $0 }
    let error = try await refusal { try await kept.query("select 1") }
    #expect(error.description == "the transaction is over")
  }

  @Test func `refused at commit is a plain refusal`() async throws {
    let pool = try await table()
    try await pool.execute(
      script: "alter table t add b int8 references t (a) deferrable initially deferred")
    let error = try await refusal {
      try await pool.transaction { try await $0.query("insert into t values (1, 99)") }
    }
    #expect(error.sqlState == "23503")
    #expect(try await numbers(pool).isEmpty)
  }

  @Test func `isolation is as asked`() async throws {
    let pool = try await table()
    for (isolation, name) in [
      (Isolation.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
      (.serializable, "serializable"),
    ] {
      let found: String = try await pool.transaction(isolation) { transaction in
        try await transaction.query("select current_setting('transaction_isolation') as i")
          .one["i"]
      }
      #expect(found == name)
    }
  }

  /// The deferred trigger keeps COMMIT busy, so that it can be hit in the middle.
  private func slowCommit() async throws -> Pool {
    let pool = try await table()
    try await pool.execute(
      script: """
        create function linger() returns trigger language plpgsql as $$
        begin perform pg_sleep(600); return null; end $$;
        create constraint trigger lingers after insert on t
        deferrable initially deferred for each row execute function linger();
        """)
    return pool
  }

  private func committing(_ pool: Pool) async throws -> Int32? {
    try await pool.query(
      """
      select pid from pg_stat_activity
      where datname = current_database() and state = 'active' and query = 'commit'
      """
    ).first?.decode("pid")
  }

  @Test func `whose commit got no answer is in doubt, and says so`() async throws {
    let pool = try await slowCommit()
    let working = Task {
      try await refusal {
        try await pool.transaction { try await $0.query("insert into t values (1)") }
      }
    }
    try await eventually("the commit is under way") { try await committing(pool) != nil }
    let process = try #require(try await committing(pool))
    try await pool.query("select pg_terminate_backend($1)", process)
    let error = try await working.value
    #expect(
      error.description
        == """
        commit sent, answer lost (FATAL 57P01: terminating connection due to administrator \
        command); read the rows before writing them again
        """)
  }

  @Test func `whose commit met a frozen server is in doubt at its deadline`() async throws {
    let pool = try await slowCommit()
    let working = Task {
      try await refusal {
        try await pool.transaction(deadline: .after(.seconds(3))) {
          try await $0.query("insert into t values (1)")
        }
      }
    }
    try await eventually("the commit is under way") { try await committing(pool) != nil }
    let process = try #require(try await committing(pool))
    kill(process, SIGSTOP)
    defer { kill(process, SIGCONT) }
    guard case .commitUnknown = try await working.value else {
      Issue.record("\(try await working.value)")
      return
    }
  }

  @Test func `whose commit the server stopped in time is not in doubt`() async throws {
    let pool = try await slowCommit()
    let error = try await refusal {
      try await pool.transaction(deadline: .after(.seconds(1))) {
        try await $0.query("insert into t values (1)")
      }
    }
    guard case .timedOut = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try await numbers(pool).isEmpty)
  }
}
