import FoundationEssentials
import Testing
import TradingTime

@testable import muhurat

@Suite(.timeLimit(.minutes(10)))
struct `What is said of calendars` {
  @Test
  func `days and phases are shown`() throws {
    let view = CalendarView(try SmallDesk.calendar(), from: day("2026-07-10"), days: 5)
    let revision = try SmallDesk.calendar().revision
    #expect(
      view.text == """
        nse-cash: Asia/Kolkata, covers 2026-07-01..2026-12-31, revision \(revision)
        DATE        DAY  WHAT                                   PHASES
        2026-07-10  fri  session 09:15-15:30                    pre-open 09:00-09:15, continuous 09:15-15:30
        2026-07-11  sat  session 18:00-19:00 (Muhurat trading)  continuous 18:00-19:00
        2026-07-12  sun  weekend
        2026-07-13  mon  session 09:15-15:30                    pre-open 09:00-09:15, continuous 09:15-15:30
        2026-07-14  tue  holiday (Founders' Day)
        """)
  }

  @Test(arguments: [
    (
      "2026-07-09", ["2026-11-08 has a session whose hours are not loaded (Drill: no circular yet)"]
    ),
    (
      "2026-11-10",
      ["ends on 2026-12-31, in 51 days: jobs of this market hold from then on"]
    ),
    ("2027-01-02", ["ended on 2026-12-31: jobs of this market hold"]),
  ])
  func `what will be missing is told in time`(_ today: String, _ warnings: [String]) throws {
    let check = CalendarFileCheck(
      try SmallDesk.calendar(), file: "nse-cash.yaml", today: day(today))
    #expect(check.warnings == warnings)
  }
}

@Suite(.timeLimit(.minutes(10)))
final class `Loading a calendar` {
  private let folder: String
  private var place: String { "\(folder)/nse-cash.yaml" }

  init() throws {
    folder = OwnFolder.path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func file(_ holiday: String) -> [UInt8] { Array(calendarFile(holiday).utf8) }

  private func write(_ content: [UInt8]) throws {
    try #require(FileManager.default.createFile(atPath: place, contents: Data(content)))
  }

  @Test
  func `puts the new file in place and keeps the old one beside it`() throws {
    try write(file("Founders' Day"))
    try CalendarInstall(
      place: place, content: file("Holi"), replacing: file("Founders' Day")
    ).run()
    #expect(try names() == ["nse-cash.yaml", "nse-cash.yaml.before"])
    #expect(text("nse-cash.yaml") == String(decoding: file("Holi"), as: UTF8.self))
    #expect(
      text("nse-cash.yaml.before") == String(decoding: file("Founders' Day"), as: UTF8.self))
    try CalendarInstall(place: place, content: file("Diwali"), replacing: file("Holi")).run()
    #expect(text("nse-cash.yaml.before") == String(decoding: file("Holi"), as: UTF8.self))
  }

  @Test
  func `of a market that is new leaves nothing beside it`() throws {
    try CalendarInstall(place: place, content: file("Holi"), replacing: nil).run()
    #expect(try names() == ["nse-cash.yaml"])
  }

  @Test
  func `is refused if the file is not the one that was looked at`() throws {
    try write(file("Founders' Day"))
    let refusal = #expect(throws: Refusal.self) {
      try CalendarInstall(place: self.place, content: self.file("Holi"), replacing: self.file("x"))
        .run()
    }
    #expect(refusal?.exit == .busy)
    #expect(
      refusal?.description == "\(place) has changed meanwhile; look at the difference again")
    #expect(try names() == ["nse-cash.yaml"], "no draft is left")
    #expect(text("nse-cash.yaml") == String(decoding: file("Founders' Day"), as: UTF8.self))
  }

  @Test
  func `follows a link to the real file`() throws {
    let real = "\(folder)/real.yaml"
    try #require(
      FileManager.default.createFile(atPath: real, contents: Data(file("Founders' Day"))))
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "real.yaml")
    try CalendarInstall(
      place: place, content: file("Holi"), replacing: file("Founders' Day")
    ).run()
    #expect(try names() == ["nse-cash.yaml", "real.yaml", "real.yaml.before"])
    #expect(text("real.yaml") == String(decoding: file("Holi"), as: UTF8.self))
  }
}

/// A folder of this test's own.
enum OwnFolder {
  static func path() -> String {
    let word = String(UInt64.random(in: .min ... .max), radix: 36)
    return FileManager.default.temporaryDirectory.path + "/muhurat-calendar-\(word)"
  }
}

/// A market's file with one holiday, so called.
func calendarFile(_ holiday: String) -> String {
  """
  market: nse-cash
  timezone: Asia/Kolkata
  covers: 2026-01-01..2026-12-31
  hours:
    - from: 2010-01-01
      phases:
        continuous: 09:15-15:30
  holidays:
    2026-07-14: \(holiday)

  """
}
