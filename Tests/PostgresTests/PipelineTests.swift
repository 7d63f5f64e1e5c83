import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Asking many things at once` {
  @Test func `a thousand statements are answered in order`() async throws {
    let connection = try await TestDatabase.current.connection()
    let answers = try await connection.pipeline(
      (0..<1000).map { Statement("select $1 as n", $0) })
    #expect(try answers.map { try $0.one.decode("n", as: Int.self) } == Array(0..<1000))
  }

  @Test func `one failure undoes all and names its place`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create table t (a int8 check (a <> 500))")
    let error = try await refusal {
      try await connection.pipeline(
        (0..<1000).map { Statement("insert into t values ($1)", $0) })
    }
    #expect(
      error.description
        == """
        statement 501 of 1000 in a pipeline: ERROR 23514: new row for relation "t" violates \
        check constraint "t_a_check"
        """)
    #expect(error.sqlState == "23514")
    #expect(try await connection.query("select from t").isEmpty)
    #expect(
      try await connection.pipeline([Statement("select 1"), Statement("select 2")]).count == 2)
  }

  @Test func `a statement that cannot be prepared fails the same way, twice`() async throws {
    let connection = try await TestDatabase.current.connection()
    for _ in 0..<2 {
      let error = try await refusal {
        try await connection.pipeline([Statement("select 1"), Statement("selct 2")])
      }
      #expect(
        error.description
          == """
          statement 2 of 2 in a pipeline: ERROR 42601: syntax error at or near "selct", \
          at character 1
          """)
    }
  }

  @Test func `answers larger than any buffer do not lock both sides`() async throws {
    let connection = try await TestDatabase.current.connection()
    let block = String(repeating: "x", count: 200_000)
    let answers = try await connection.pipeline(
      (0..<100).map { _ in Statement("select $1 as block", block) })
    #expect(try answers.allSatisfy { try $0.one.decode("block", as: String.self) == block })
  }

  @Test func `a deadline ends a pipeline and leaves the connection usable`() async throws {
    let connection = try await TestDatabase.current.connection()
    let error = try await refusal {
      try await connection.pipeline(
        [Statement("select 1"), Statement("select pg_sleep(600)"), Statement("select 3")],
        deadline: .after(.milliseconds(100)))
    }
    #expect(error.description == "a statement took longer than its deadline allowed")
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test func `nothing asked, nothing answered`() async throws {
    let connection = try await TestDatabase.current.connection()
    #expect(try await connection.pipeline([]).isEmpty)
  }
}
