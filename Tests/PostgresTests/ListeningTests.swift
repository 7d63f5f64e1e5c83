import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Listening` {
  @Test func `what is said on an oddly named channel is heard`() async throws {
    let database = TestDatabase.current
    let listener = try await database.connection()
    let speaker = try await database.connection()
    let stream = try await listener.listen(to: "Jobs \"ready\"", "other")
    try await speaker.query("select pg_notify($1, $2)", "Jobs \"ready\"", "run 8123")
    try await speaker.query("select pg_notify($1, '')", "other")
    var heard = stream.makeAsyncIterator()
    let first = await heard.next()
    #expect(first?.channel == "Jobs \"ready\"")
    #expect(first?.payload == "run 8123")
    let second = await heard.next()
    #expect(second?.channel == "other")
    #expect(second?.payload == "")
  }

  @Test func `the stream ends with the connection`() async throws {
    let database = TestDatabase.current
    let listener = try await database.connection()
    let stream = try await listener.listen(to: "c")
    let process: Int32 = try await listener.query("select pg_backend_pid() as pid").one["pid"]
    let other = try await database.connection()
    try await other.query("select pg_terminate_backend($1)", process)
    var heard = stream.makeAsyncIterator()
    #expect(await heard.next() == nil)
  }

  @Test func `who holds only the stream still hears`() async throws {
    let database = TestDatabase.current
    let stream = try await database.connection().listen(to: "c")
    try await database.connection().query("select pg_notify('c', 'still there')")
    var heard = stream.makeAsyncIterator()
    #expect(await heard.next()?.payload == "still there")
  }
}
