import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Copying rows in` {
  private static let table = "create table t (a int8, b text, c timestamptz)"
  private static let copy = "copy t (a, b, c) from stdin (format binary)"

  @Test func `a hundred thousand rows arrive, nulls and odd characters among them`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: Self.table)
    let rows = (0..<100_000).lazy.map { number -> [any PostgresEncodable] in
      [
        number, number.isMultiple(of: 3) ? nil : "tab\t, line\n, \\N and ₹\(number)",
        Timestamp(microsecondsSinceEpoch: Int64(number)),
      ]
    }
    #expect(try await connection.copyIn(Self.copy, rows) == 100_000)
    let row = try await connection.query(
      "select count(*) as n, count(b) as b, sum(a)::int8 as sum, max(c) as last from t"
    ).one
    #expect(try row.decode("n", as: Int.self) == 100_000)
    #expect(try row.decode("b", as: Int.self) == 66_666)
    #expect(try row.decode("sum", as: Int.self) == 4_999_950_000)
    #expect(try row.decode("last", as: Timestamp.self).microsecondsSinceEpoch == 99_999)
    let text: String = try await connection.query("select b from t where a = 1").one["b"]
    #expect(text == "tab\t, line\n, \\N and ₹1")
  }

  @Test func `a source that fails takes everything back`() async throws {
    struct OutOfPaper: Error {}
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: Self.table)
    let rows = AsyncThrowingStream<[any PostgresEncodable], any Error> { continuation in
      continuation.yield([1, "a", Timestamp?.none])
      continuation.finish(throwing: OutOfPaper())
    }
    await #expect(throws: OutOfPaper.self) {
      try await connection.copyIn(Self.copy, rows, deadline: nil)
    }
    #expect(try await connection.query("select from t").isEmpty)
  }

  @Test func `a row the table refuses is the server's error`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create table t (a int8 check (a < 10))")
    let error = try await refusal {
      try await connection.copyIn(
        "copy t from stdin (format binary)", (0..<50_000).map { [$0] })
    }
    #expect(error.sqlState == "23514")
    #expect(try await connection.query("select from t").isEmpty)
  }

  @Test func `statements that cannot take rows are refused`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: Self.table)
    let cases = [
      ("copy t from stdin", "write the copy statement with (format binary)"),
      ("select 1", "copyIn wants a statement that copies from stdin"),
      ("copy nowhere from stdin", "ERROR 42P01: relation \"nowhere\" does not exist"),
    ]
    for (statement, text) in cases {
      let error = try await refusal {
        try await connection.copyIn(statement, [[1 as any PostgresEncodable]])
      }
      #expect(error.description == text)
      #expect(try await connection.query("select 1").count == 1)
    }
  }
}
