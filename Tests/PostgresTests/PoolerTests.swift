import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Giving up on an answer through a pooler` {
  /// pgbouncer 1.18 does not survive a request to stop whose statement ends meanwhile.
  @Test func `sends no request to stop`() async throws {
    let pooler = try await Pooler.shared
    let settings = try pooler.settings(database: TestDatabase.current.name)
    try await withThrowingTaskGroup { group in
      for _ in 0..<12 {
        group.addTask {
          let connection = try await Connection.open(settings)
          _ = try? await connection.query(
            "select pg_sleep(0.15)", deadline: .after(.milliseconds(100)))
          await connection.close()
        }
      }
      try await group.waitForAll()
    }
    let connection = try await Connection.open(settings)
    #expect(try await connection.query("select 1").count == 1)
    #expect(!pooler.log.contains("cancel request"), "\(pooler.log)")
  }

  @Test func `hangs up, and says so`() async throws {
    var settings = try TestDatabase.current.settings()
    settings.prepared = .unnamed
    let connection = try await Connection.open(settings)
    let error = await #expect(throws: PostgresError.self) {
      try await connection.query("select pg_sleep(600)", deadline: .after(.milliseconds(50)))
    }
    #expect(error?.description == "a statement took longer than its deadline allowed")
    #expect(
      connection.lossReason == "a statement took longer than its deadline allowed; hung up")
  }
}
