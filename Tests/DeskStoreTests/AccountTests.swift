import Desk
import FoundationEssentials
import Postgres
import Support
import Testing

@testable import DeskStore

/// What a call complained about, in its words.
func complaint(_ body: () async throws -> Void) async -> String {
  do {
    try await body()
    return "no complaint"
  } catch {
    return "\(error)"
  }
}

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `A desk database` {
  @Test func `keeps its mode for good`() async throws {
    let connection = try await TestDatabase.current.connection()
    let paper = try await DeskDatabase.open(.paper, on: connection)
    #expect(try await DeskDatabase.open(.paper, on: connection) == paper)
    let refusal = await complaint { _ = try await DeskDatabase.open(.live, on: connection) }
    #expect(
      refusal == "this database is for paper trading and this muhurat runs in live mode; "
        + "use a database of its own for each mode")
  }

  @Test func `refuses rows of another mode whoever writes them`() async throws {
    let bench = try await DeskBench.open()
    do {
      try await bench.database.query(
        "insert into desk.account (mode, id, customer_id, name) values ('live', 'x', '2', 'x')")
      Issue.record("a live row in a paper database")
    } catch let error as PostgresError {
      #expect(error.server?.constraint == "accounts_belong_to_this_databases_mode")
    }
  }

  @Test func `migrates once, and again to no effect`() async throws {
    let connection = try await TestDatabase.current.connection()
    #expect(try await DeskMigrations.migrator.migrate(connection) == [])
  }

  @Test func `knows every migration in its folder, in order`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/DeskStore/Migrations").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(
      DeskMigrations.all.map { "v\($0.version < 10 ? "0" : "")\($0.version)_\($0.name).sql" }
        == files)
    let versions = DeskMigrations.all.map(\.version)
    #expect(versions == Set(versions).sorted())
  }

  @Test func `says what every table and column holds`() async throws {
    let bench = try await DeskBench.open()
    let silent = try await bench.lines(
      """
      select table_class.relname || coalesce('.' || field.attname, '')
      from pg_class as table_class
      join pg_attribute as field on field.attrelid = table_class.oid and field.attnum > 0
      where table_class.relnamespace = 'desk'::regnamespace and table_class.relkind = 'r'
        and table_class.relname <> 'schema_version' and not field.attisdropped
        and (col_description(table_class.oid, field.attnum) is null
          or obj_description(table_class.oid) is null)
      order by 1
      """)
    #expect(silent == [])
  }
}

@Suite(.freshDatabase(deskTemplate), .timeLimit(.minutes(10)))
struct `Accounts on record` {
  @Test func `are added, listed and changed`() async throws {
    let bench = try await DeskBench.open()
    try await bench.desk.add(
      Account(id: "ravi", customerID: "1000002", mode: .paper, isEnabled: false),
      on: bench.database)
    #expect(
      try await bench.desk.accounts(on: bench.database).map {
        "\($0.id) \($0.name) \($0.isEnabled)"
      }
        == ["asha Asha true", "ravi ravi false"])
    try await bench.desk.change("ravi", name: "Ravi", isEnabled: true, on: bench.database)
    #expect(
      try await bench.desk.accounts(onlyEnabled: true, on: bench.database).map(\.name)
        == ["Asha", "Ravi"])
    #expect(try await bench.desk.account("asha", on: bench.database).customerID == "1000001")
  }

  @Test func `say what is wrong with a request`() async throws {
    let bench = try await DeskBench.open()
    func adding(_ id: String, _ customer: String) async -> String {
      await complaint {
        try await bench.desk.add(
          Account(id: id, customerID: customer, mode: .paper), on: bench.database)
      }
    }
    #expect(await adding("asha", "9") == "there is an account 'asha' already")
    #expect(await adding("neu", "1000001") == "that customer is another account already")
    #expect(
      await adding("Asha", "9") == "'Asha' cannot be an account's short name: use 1 to 32 "
        + "lower-case letters, digits and inner hyphens")
    #expect(
      await complaint { _ = try await bench.desk.account("kim", on: bench.database) }
        == "no account 'kim'; run: muhurat account list")
  }
}
