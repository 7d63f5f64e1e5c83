import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(1)))
struct `Asking the server` {
  @Test func `a number and a null come back as sent`() async throws {
    let connection = try await TestDatabase.current.connection()
    let row = try await connection.query(
      "select $1 as number, $2 as nothing", Int64.min, String?.none
    ).one
    #expect(try row.decode("number", as: Int64.self) == .min)
    #expect(try row.decode("nothing", as: String?.self) == nil)
  }
}
