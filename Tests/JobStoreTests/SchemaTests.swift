import Glibc
import JobStore
import Postgres
import Support
import Testing

/// The schema as it stands is a file, so that a reviewer sees what a migration really did.
/// `MUHURAT_WRITE_SCHEMA=1` writes it anew.
@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `The schema` {
  /// The major version whose `pg_dump` wrote the file; others word the same things differently.
  private static let major = 15

  @Test func `of a migrated database is schema.sql`() async throws {
    let dump = try normalised(run("\(try pgDump()) --schema-only --no-owner \(url)"))
    let path = folder + "/schema.sql"
    if getenv("MUHURAT_WRITE_SCHEMA") != nil { try write(dump, to: path) }
    let text = try read(path)
    let server: String = try await TestDatabase.current.pool()
      .query("select current_setting('server_version_num') as version").one["version"]
    let isSameMajor = Int(server).map { $0 / 10_000 } == Self.major
    // Another major may differ in wording alone; then the names must agree at least.
    if isSameMajor {
      #expect(dump == text, "regenerate with MUHURAT_WRITE_SCHEMA=1 and read the difference")
    } else {
      #expect(names(in: dump) == names(in: text))
    }
  }

  @Test func `has every migration of the folder, in order`() throws {
    let migrations = folder + "/../../Sources/JobStore/Migrations"
    let files = try run("ls \(quoted(migrations))").split(separator: "\n").map(String.init)
    #expect(
      files
        == JobMigrations.all.map { migration in
          "v\(migration.version < 10 ? "0" : "")\(migration.version)_\(migration.name).sql"
        })
    for (file, migration) in zip(files, JobMigrations.all) {
      #expect(try read("\(migrations)/\(file)") == migration.sql)
    }
  }

  @Test func `explains every table, and the columns that need it`() async throws {
    let bare = try await TestDatabase.current.pool().query(
      """
      select relname from pg_class
       where relnamespace = 'jobs'::regnamespace and relkind = 'r'
         and obj_description(oid, 'pg_class') is null and relname <> 'schema_version'
       order by relname
      """
    ).map { try $0.decode("relname", as: String.self) }
    #expect(bare == [])
  }

  private var url: String { quoted(TestDatabase.current.url) }

  private var folder: String {
    #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }

  private func names(in dump: String) -> [Substring] {
    dump.split(separator: "\n")
      .filter { $0.hasPrefix("CREATE") || $0.contains("CONSTRAINT") }
      .map { $0.prefix { $0 != "(" } }
  }

  private func normalised(_ dump: String) -> String {
    let lines = dump.split(separator: "\n").filter { line in
      !["--", "SET ", "SELECT pg_catalog.set_config", "\\"].contains { line.hasPrefix($0) }
    }
    // One empty line between statements, as a reader would set them.
    return lines.reduce("") { text, line in
      text + line + "\n" + (line.hasSuffix(";") && !line.hasPrefix(" ") ? "\n" : "")
    }
  }

  /// The newest that is installed: it must not be older than the server.
  private func pgDump() throws -> String {
    let found = try run(
      "ls -d /usr/lib/postgresql/*/bin/pg_dump 2>/dev/null | sort -V | tail -1; command -v pg_dump")
    return try String(
      #require(found.split(separator: "\n").first, "no pg_dump is installed"))
  }
}

private func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }

private struct CommandFailed: Error {
  let command: String
  let status: Int32
}

private func run(_ command: String) throws -> String {
  guard let pipe = popen(command, "re") else { throw CommandFailed(command: command, status: -1) }
  let text = everything(from: pipe)
  let status = pclose(pipe)
  guard status == 0 else { throw CommandFailed(command: command, status: status) }
  return text
}

private func read(_ path: String) throws -> String {
  guard let file = fopen(path, "re") else { throw CommandFailed(command: path, status: errno) }
  defer { fclose(file) }
  return everything(from: file)
}

private func write(_ text: String, to path: String) throws {
  guard let file = fopen(path, "we") else { throw CommandFailed(command: path, status: errno) }
  defer { fclose(file) }
  fputs(text, file)
}

private func everything(from file: UnsafeMutablePointer<FILE>) -> String {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += chunk[..<count]
  }
}
