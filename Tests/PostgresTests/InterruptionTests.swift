import Glibc
import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Giving up on an answer` {
  @Test func `a deadline stops the statement on the server`() async throws {
    let connection = try await TestDatabase.current.connection()
    let error = try await refusal {
      try await connection.query("select pg_sleep(600)", deadline: .after(.milliseconds(100)))
    }
    #expect(error.description == "a statement took longer than its deadline allowed")
    #expect(connection.lossReason == nil)
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test func `a deadline that has passed sends nothing`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create table t (a int)")
    let error = try await refusal {
      try await connection.query("insert into t values (1)", deadline: .after(.zero))
    }
    guard case .timedOut = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try await connection.query("select from t").isEmpty)
  }

  @Test func `cancelling the task stops the statement on the server`() async throws {
    let database = TestDatabase.current
    let connection = try await database.connection()
    let watcher = try await database.connection()
    let asking = Task {
      try await refusal { try await connection.query("select pg_sleep(600), 'the long one'") }
    }
    try await eventually("the statement runs") { try await isRunning("the long one", watcher) }
    asking.cancel()
    guard case .cancelled = try await asking.value else {
      Issue.record("\(try await asking.value)")
      return
    }
    #expect(try await !isRunning("the long one", watcher))
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test func `a late cancel does not hit the next statement`() async throws {
    let connection = try await TestDatabase.current.connection()
    for _ in 0..<50 {
      let asking = Task { try await connection.query("select pg_sleep(0.002)") }
      asking.cancel()
      _ = try? await asking.value
      #expect(try await connection.query("select 1").count == 1)
    }
  }

  @Test func `a frozen server holds nobody beyond the deadline`() async throws {
    let database = TestDatabase.current
    let connection = try await database.connection()
    let process: Int32 = try await connection.query("select pg_backend_pid() as pid").one["pid"]
    kill(process, SIGSTOP)
    defer { kill(process, SIGCONT) }
    let error = try await refusal {
      try await connection.query("select 1", deadline: .after(.milliseconds(100)))
    }
    #expect(error.description == "a statement took longer than its deadline allowed")
    #expect(
      connection.lossReason
        == "a statement took longer than its deadline allowed; "
        + "the server did not answer the request to stop")
    let next = try await refusal { try await connection.query("select 1") }
    guard case .unavailable = next else {
      Issue.record("\(next)")
      return
    }
  }

  @Test func `a server process killed in the middle is told apart from a refusal`() async throws {
    let database = TestDatabase.current
    let connection = try await database.connection()
    let watcher = try await database.connection()
    let asking = Task {
      try await refusal { try await connection.query("select pg_sleep(600), 'to be ended'") }
    }
    try await eventually("the statement runs") { try await isRunning("to be ended", watcher) }
    try await watcher.query(
      """
      select pg_terminate_backend(pid) from pg_stat_activity
      where query like '%to be ended%' and pid <> pg_backend_pid()
      """)
    let error = try await asking.value
    #expect(
      error.description == "FATAL 57P01: terminating connection due to administrator command")
    #expect(error.isTransient)
    #expect(connection.lossReason != nil)
  }

  @Test func `a connection that breaks without a word says so`() async throws {
    let cluster = try await PostgresCluster.start()
    let connection = try await Connection.open(cluster.settings())
    let asking = Task {
      try await refusal { try await connection.query("select pg_sleep(600)") }
    }
    let watcher = try await Connection.open(cluster.settings())
    try await eventually("the statement runs") { try await isRunning("pg_sleep", watcher) }
    let process: Int32 = try await watcher.query(
      """
      select pid from pg_stat_activity
      where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()
      """
    ).one["pid"]
    kill(process, SIGKILL)
    let error = try await asking.value
    guard case .connectionLost = error else {
      Issue.record("\(error)")
      return
    }
  }

  private func isRunning(_ text: String, _ watcher: Connection) async throws -> Bool {
    try await !watcher.query(
      """
      select from pg_stat_activity
      where state = 'active' and position($1 in query) > 0 and pid <> pg_backend_pid()
      """, text
    ).isEmpty
  }
}
