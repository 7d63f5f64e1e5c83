import Postgres
import Support
import Testing
import Threads

@Suite(.freshDatabase, .timeLimit(.minutes(10)))
struct `Migrating a schema` {
  private static let steps = [
    Migration(version: 1, name: "table", sql: "create table \"the desk\".t (a int primary key);"),
    Migration(
      version: 2, name: "rows",
      sql: "insert into \"the desk\".t values (1); insert into \"the desk\".t values (2);"),
    Migration(version: 3, name: "column", sql: "alter table \"the desk\".t add b text;"),
  ]

  private func migrator(through version: Int = 3) -> Migrator {
    Migrator(schema: "the desk", migrations: Self.steps.filter { $0.version <= version })
  }

  private func recorded(_ pool: Pool) async throws -> [String] {
    try await pool.query(
      """
      select schema || ' ' || version || ' ' || name as line from "the desk".schema_version
      where applied_at is not null order by version
      """
    ).map { try $0.decode("line") }
  }

  @Test func `applies what is missing, once and in order`() async throws {
    let pool = try TestDatabase.current.pool()
    #expect(try await migrator(through: 2).pending(on: pool).map(\.version) == [1, 2])
    #expect(try await migrator(through: 2).migrate(pool).map(\.version) == [1, 2])
    #expect(try await migrator().pending(on: pool).map(\.version) == [3])
    #expect(try await migrator().migrate(pool).map(\.version) == [3])
    #expect(try await migrator().migrate(pool).isEmpty)
    #expect(
      try await recorded(pool) == ["the desk 1 table", "the desk 2 rows", "the desk 3 column"])
  }

  @Test func `eight at once apply each step once`() async throws {
    let pool = try TestDatabase.current.pool(size: 8)
    let migrator = migrator()
    let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<8 {
        group.addTask { try await migrator.migrate(pool).map(\.version) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.sorted() == [1, 2, 3])
    let rows = try await pool.query("select a from \"the desk\".t order by a")
    #expect(try rows.map { try $0.decode("a", as: Int.self) } == [1, 2])
  }

  @Test func `a step that fails leaves the earlier ones and no trace of itself`() async throws {
    let pool = try TestDatabase.current.pool()
    let broken = Migration(
      version: 4, name: "broken", sql: "create table \"the desk\".u (a int); select 1/0;")
    let migrator = Migrator(schema: "the desk", migrations: Self.steps + [broken])
    let error = try await refusal { try await migrator.migrate(pool) }
    #expect(error.description == "ERROR 22012: division by zero")
    #expect(try await migrator.pending(on: pool) == [broken])
    #expect(
      try await pool.query("select to_regclass('\"the desk\".u') is null as gone").one["gone"])
  }

  @Test func `a database newer than the program is refused, both versions named`() async throws {
    let pool = try TestDatabase.current.pool()
    try await migrator().migrate(pool)
    let older = migrator(through: 1)
    await #expect {
      try await older.migrate(pool)
    } throws: {
      "\($0)"
        == "database is at the desk v03, this muhurat knows up to v01; install the newer muhurat "
        + "or restore a v01 database"
    }
  }

  @Test func `works through a pooler's unnamed statements`() async throws {
    var settings = try TestDatabase.current.settings()
    settings.prepared = .unnamed
    let pool = Pool(settings, size: 2)
    #expect(try await migrator().migrate(pool).count == 3)
  }
}
