import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Asking the server` {
  @Test func `a number and a null come back as sent`() async throws {
    let connection = try await TestDatabase.current.connection()
    let row = try await connection.query(
      "select $1 as number, $2 as nothing", Int64.min, String?.none
    ).one
    #expect(try row.decode("number", as: Int64.self) == .min)
    #expect(try row.decode("nothing", as: String?.self) == nil)
  }

  @Test func `a refusal carries the server's own code, and the connection lives on`() async throws {
    let connection = try await TestDatabase.current.connection()
    let error = try await refusal { try await connection.query("select 1 from nowhere") }
    #expect(
      error.description
        == "ERROR 42P01: relation \"nowhere\" does not exist, at character 15")
    #expect(error.sqlState == "42P01")
    let one: Int32 = try await connection.query("select 1 as one").one["one"]
    #expect(one == 1)
  }

  @Test func `a violated promise says its name and hides the row`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(
      script: "create table t (name text, constraint names_differ unique (name))")
    try await connection.query("insert into t values ($1)", "INFY-SECRET")
    let error = try await refusal {
      try await connection.query("insert into t values ($1)", "INFY-SECRET")
    }
    #expect(error.server?.constraint == "names_differ")
    #expect(error.server?.table == "t")
    #expect(error.server?.detail == "Key (name)=(INFY-SECRET) already exists.")
    #expect(
      error.description
        == "ERROR 23505: duplicate key value violates unique constraint \"names_differ\"")
  }

  @Test func `two hundred thousand rows arrive whole`() async throws {
    let connection = try await TestDatabase.current.connection()
    let rows = try await connection.query("select g::int8 as g from generate_series(1, 200000) g")
    var sum: Int64 = 0
    for row in rows { sum += try row.decode(0, as: Int64.self) }
    #expect(rows.count == 200_000)
    #expect(sum == 20_000_100_000)
  }

  @Test func `a hundred tasks share one connection`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for number in 0..<100 {
        group.addTask {
          (number, try await connection.query("select $1 as n", number).one.decode("n"))
        }
      }
      for try await (asked, answered) in group { #expect(asked == answered) }
    }
  }

  @Test func `connecting and leaving a hundred times leaves nobody behind`() async throws {
    let database = TestDatabase.current
    for _ in 0..<100 {
      let connection = try await database.connection()
      await connection.close()
    }
    let watcher = try await database.connection()
    try await eventually("the last one has left") {
      let others: Int64 = try await watcher.query(
        """
        select count(*) as others from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """
      ).one["others"]
      return others == 0
    }
  }

  @Test func `a connection that nobody holds any more closes itself`() async throws {
    let database = TestDatabase.current
    let watcher = try await database.connection()
    do {
      let forgotten = try await database.connection()
      try await forgotten.query("set application_name to 'forgotten'")
    }
    try await eventually("the server sees it go") {
      try await watcher.query(
        "select from pg_stat_activity where application_name = 'forgotten'"
      ).isEmpty
    }
  }

  @Test func `a script gives every answer as text`() async throws {
    let connection = try await TestDatabase.current.connection()
    let answers = try await connection.execute(
      script: "create table t (a int, b bool); insert into t values (7, true); select a, b from t")
    #expect(answers.map(\.affected) == [0, 1, 1])
    let row = try #require(answers.last).one
    #expect(try row.decode("a", as: Int.self) == 7)
    #expect(try row.decode("b", as: Bool.self))
    #expect(row.text(1) == "t")
    #expect(answers.last?.columns.map(\.name) == ["a", "b"])
  }

  @Test func `a statement follows a table that a migration changed`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create table t (a int4); insert into t values (1)")
    let select = Statement("select * from t")
    #expect(try await connection.run(select, deadline: nil).columns.map(\.name) == ["a"])
    try await connection.execute(script: "alter table t add b text")
    #expect(try await connection.run(select, deadline: nil).columns.map(\.name) == ["a", "b"])
  }

  @Test func `statements somebody discarded are prepared again`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.query("select 1 as one")
    try await connection.execute(script: "deallocate all")
    #expect(try await connection.query("select 1 as one").count == 1)
  }

  @Test func `no more statements stay prepared than the limit says`() async throws {
    var settings = try TestDatabase.current.settings()
    settings.prepared = .cached(limit: 3)
    let connection = try await Connection.open(settings)
    for number in 0..<10 { try await connection.query("select \(number)::int4 as n") }
    try await connection.pipeline((0..<10).map { Statement("select \($0)::int8 as n") })
    let names = try await connection.execute(
      script: "select statement from pg_prepared_statements order by statement")
    #expect(
      try #require(names.last).map { try $0.decode(0, as: String.self) } == [
        "select 7::int8 as n", "select 8::int8 as n", "select 9::int8 as n",
      ])
  }

  @Test func `nothing is named where a pooler stands between`() async throws {
    var settings = try TestDatabase.current.settings()
    settings.prepared = .unnamed
    let connection = try await Connection.open(settings)
    #expect(try await connection.query("select $1 as n", 5).one.decode("n", as: Int.self) == 5)
    let rows = try await connection.pipeline([Statement("select 1"), Statement("select 2")])
    #expect(rows.count == 2)
    let names = try await connection.query("select from pg_prepared_statements where name <> ''")
    #expect(names.isEmpty)
    await #expect(throws: PostgresError.self) { _ = try await connection.listen(to: "x") }
  }

  @Test func `copying without copyIn is refused and breaks nothing`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.execute(script: "create table t (a int)")
    let error = try await refusal { try await connection.query("copy t from stdin") }
    #expect(error.description == "a copy from stdin goes through copyIn")
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test func `a null character ends no statement early`() async throws {
    let connection = try await TestDatabase.current.connection()
    for ask in [
      { try await connection.query("select 1\0 from nowhere") },
      { try await connection.execute(script: "select 1\0 from nowhere")[0] },
    ] {
      let error = try await refusal(ask)
      #expect(error.description == "a null character within a statement")
    }
    let inText = try await refusal { try await connection.query("select $1", "a\0b") }
    #expect(inText.sqlState == "22021")
  }

  @Test func `what the asker wanted and what was there are both named`() async throws {
    let connection = try await TestDatabase.current.connection()
    let row = try await connection.query("select 5::int8 as lots, null::text as name").one
    let cases: [(text: String, decode: () throws -> Void)] = [
      ("column \"lots\" is int8, wanted String", { _ = try row.decode("lots", as: String.self) }),
      ("column \"lots\" is int8, wanted Int32", { _ = try row.decode("lots", as: Int32.self) }),
      ("column \"name\" is null, wanted String", { _ = try row.decode("name", as: String.self) }),
      (
        "no column \"Lots\"; there are: lots, name",
        { _ = try row.decode("Lots", as: Int64.self) }
      ),
      ("no column 2; there are 2", { _ = try row.decode(2, as: Int64.self) }),
    ]
    for (text, decode) in cases {
      #expect { try decode() } throws: { "\($0)" == text }
    }
  }
}
