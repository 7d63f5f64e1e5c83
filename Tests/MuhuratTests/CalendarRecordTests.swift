import ArgumentParser
import FoundationEssentials
import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import muhurat

private let jobs = FreshDatabase.template(named: "calendar") { connection in
  _ = try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
    .migrate(connection)
}

@Suite(.freshDatabase(jobs), .timeLimit(.minutes(10)))
final class `A loaded calendar is on record` {
  private let folder = OwnFolder.path()
  private var place: String { "\(folder)/calendars/nse-cash.yaml" }

  init() throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder)/calendars", withIntermediateDirectories: true)
    try write("\(folder)/muhurat.yaml", "calendars: \(folder)/calendars\n")
    try write(place, calendarFile("Founders' Day"))
    try write("\(folder)/nse-cash.yaml", calendarFile("Holi"))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ path: String, _ text: String) throws {
    try #require(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
  }

  private func load(_ database: String, _ more: String...) async throws {
    let command = try CalendarLoad.parse(
      [
        "\(folder)/nse-cash.yaml", "--yes", "--config", "\(folder)/muhurat.yaml", "--jobs",
        "\(folder)/none", "--database", database,
      ] + more)
    try await command.execute()
  }

  private func record(
    of old: TradingCalendar?, _ new: TradingCalendar
  ) -> CalendarRecord {
    CalendarRecord(old: old, new: new, place: place, actor: "asha", reason: "circular 12/2026")
  }

  @Test func `with who, why, before and after, in the chain`() async throws {
    let old = try CalendarOnDisk.read(place).calendar
    let new = try CalendarOnDisk.read("\(folder)/nse-cash.yaml").calendar
    try await load(TestDatabase.current.url, "--reason", "circular 12/2026")
    #expect(try CalendarOnDisk.read(place).calendar.revision == new.revision)
    let store = JobStore(pool: try TestDatabase.current.pool(size: 1), holder: "x")
    let entry = try #require(try await store.audit().first)
    #expect(entry.action == "load calendar")
    #expect(entry.reason == "circular 12/2026")
    #expect(!entry.actor.isEmpty)
    #expect(
      entry.before == [
        "market": "nse-cash", "revision": .string(old.revision),
        "covers": "2026-01-01..2026-12-31",
      ])
    #expect(
      entry.after == [
        "market": "nse-cash", "revision": .string(new.revision),
        "covers": "2026-01-01..2026-12-31", "file": .string(place),
        "changes": [
          "2026-07-14: holiday (Founders' Day) → holiday (Holi)"
        ],
      ])
    #expect(try await store.checkRecord().isWhole)
    await store.pool.close()
  }

  @Test func `of a market that is new has nothing before it`() async throws {
    let new = try CalendarOnDisk.read(place).calendar
    let complaint = try await record(of: nil, new).write(in: TestDatabase.current.settings())
    #expect(complaint == nil)
    let store = JobStore(pool: try TestDatabase.current.pool(size: 1), holder: "x")
    let entry = try #require(try await store.audit().first)
    #expect(entry.actor == "asha")
    #expect(entry.before == nil)
    await store.pool.close()
  }

  @Test func `and loaded all the same where no database answers`() async throws {
    let new = try CalendarOnDisk.read("\(folder)/nse-cash.yaml").calendar
    let nowhere = "host=\(folder) dbname=none connect_timeout=1"
    let complaint = try await record(of: nil, new).write(
      in: ConnectionSettings(url: nowhere), within: .milliseconds(50))
    #expect(
      complaint?.hasPrefix(
        "this change is not in the audit, because the database could not be reached: ") == true,
      "\(complaint ?? "no complaint")")
    try await load(nowhere)
    #expect(try CalendarOnDisk.read(place).calendar.revision == new.revision)
  }

  @Test func `and loaded all the same where the database lacks the record`() async throws {
    let connection = try await TestDatabase.current.connection()
    try await connection.query("drop schema jobs cascade")
    await connection.close()
    let new = try CalendarOnDisk.read("\(folder)/nse-cash.yaml").calendar
    let complaint = try await record(of: nil, new).write(in: TestDatabase.current.settings())
    #expect(
      complaint?.hasPrefix(
        "this change is not in the audit, because the database did not take it: ") == true,
      "\(complaint ?? "no complaint")")
  }
}
