import FoundationEssentials
import JobFiles
import Testing
import TradingTime
import YAML

/// `config/calendars` as it is shipped.
enum ShippedCalendars {
  static func read(_ market: String) throws -> TradingCalendar {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let file = URL(fileURLWithPath: "/\(root)/config/calendars/\(market).yaml")
    return try CalendarFile.read(Array(Data(contentsOf: file)), name: "\(market).yaml") { name in
      name == "Asia/Kolkata" ? .india : nil
    }
  }
}

func day(_ text: String) throws -> CivilDate {
  try #require(CivilDate(text))
}

extension Session {
  /// `pre-open 09:00-09:15, continuous/other 09:15-15:30`
  func shown(class: String? = nil) -> String {
    phases(of: `class`).map { span in
      let start = ZoneRules.india.local(span.start).time
      let end = ZoneRules.india.local(span.end).time
      let words = [span.kind.rawValue, span.step.map { "(\($0))" }].compactMap(\.self)
      return "\(words.joined(separator: " ")) \(start)-\(end)"
    }
    .joined(separator: ", ")
  }

  var shownClose: String { ZoneRules.india.local(close).time.description }
}

@Suite(.timeLimit(.minutes(10)))
struct `The shipped calendars of the National Stock Exchange` {
  private let cash: TradingCalendar
  private let derivatives: TradingCalendar

  init() throws {
    cash = try ShippedCalendars.read("nse-cash")
    derivatives = try ShippedCalendars.read("nse-fno")
  }

  private func session(_ calendar: TradingCalendar, _ date: String) throws -> Session {
    try #require(calendar.session(on: day(date)))
  }

  /// From the circulars of 2025-12-12, 2026-01-12 and 2026-01-16.
  @Test
  func `hold the sessions of 2026`() throws {
    let sessions: [Int: [Int]] = [
      1: [1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 16, 19, 20, 21, 22, 23, 27, 28, 29, 30],
      2: [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27],
      3: [2, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 27, 30],
      4: [1, 2, 6, 7, 8, 9, 10, 13, 15, 16, 17, 20, 21, 22, 23, 24, 27, 28, 29, 30],
      5: [4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 25, 26, 27, 29],
      6: [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 22, 23, 24, 25, 29, 30],
      7: [1, 2, 3, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 27, 28, 29, 30, 31],
      8: [3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28, 31],
      9: [1, 2, 3, 4, 7, 8, 9, 10, 11, 15, 16, 17, 18, 21, 22, 23, 24, 25, 28, 29, 30],
      10: [1, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19, 21, 22, 23, 26, 27, 28, 29, 30],
      // And the 8th, whose hours are unknown.
      11: [2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 16, 17, 18, 19, 20, 23, 25, 26, 27, 30],
      12: [1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 21, 22, 23, 24, 28, 29, 30, 31],
    ]
    let year = try day("2026-01-01")...day("2026-12-31")
    for calendar in [cash, derivatives] {
      let found = Dictionary(grouping: calendar.sessionDays(in: year), by: \.month)
      #expect(found.mapValues { $0.map(\.day) } == sessions, "\(calendar.market)")
    }
  }

  /// exchange_calendars counts 246, 248 and 245, without the short special sessions and the Sunday.
  @Test(arguments: [(2024, 246 + 3), (2025, 248 + 1), (2026, 245 + 1 + 1)])
  func `count as many sessions as other sources`(_ year: Int, _ count: Int) throws {
    let dates = try day("\(year)-01-01")...day("\(year)-12-31")
    #expect(cash.sessionDays(in: dates).count == count)
    #expect(derivatives.sessionDays(in: dates).count == count)
  }

  @Test(arguments: [
    ("2026-01-15", "municipal elections in Maharashtra"), ("2026-11-10", "Diwali Balipratipada"),
    ("2025-10-22", "Diwali Balipratipada"), ("2024-05-20", "general election in Mumbai"),
  ])
  func `name their holidays`(_ date: String, _ name: String) throws {
    #expect(try cash.day(day(date)) == .holiday(name))
    #expect(try derivatives.day(day(date)) == .holiday(name))
  }

  @Test
  func `do not pretend to know what is not announced`() throws {
    let unknown = TradingDay.hoursUnknown(
      "Muhurat trading: no circular with the timing has been loaded")
    #expect(try cash.day(day("2026-11-08")) == unknown)
    #expect(try derivatives.day(day("2026-11-08")) == unknown)
    for date in ["2023-12-29", "2027-01-01", "2027-01-26"] {
      #expect(try cash.day(day(date)) == .outsideCoverage)
      #expect(try derivatives.day(day(date)) == .outsideCoverage)
    }
  }

  @Test(arguments: [
    (
      "2026-07-09", "fno",
      """
      pre-open (entry) 09:00-09:08, pre-open (matching) 09:08-09:12, buffer 09:12-09:15, \
      continuous 09:15-15:30, post-close 15:40-16:00
      """
    ),
    (
      "2026-08-03", "fno",
      """
      pre-open (entry) 09:00-09:08, pre-open (matching) 09:08-09:12, buffer 09:12-09:15, \
      continuous 09:15-15:15, closing-auction (reference) 15:15-15:20, \
      closing-auction (limit-and-market) 15:20-15:25, closing-auction (limit-only) 15:25-15:30, \
      closing-auction (matching) 15:30-15:35, post-close 15:50-16:00
      """
    ),
    (
      "2026-08-03", "other",
      """
      pre-open (entry) 09:00-09:08, pre-open (matching) 09:08-09:12, buffer 09:12-09:15, \
      continuous 09:15-15:30, post-close 15:50-16:00
      """
    ),
    (
      "2026-09-07", "other",
      """
      pre-open (limit-and-market) 09:00-09:05, pre-open (limit-only) 09:05-09:10, \
      pre-open (matching) 09:10-09:12, buffer 09:12-09:15, continuous 09:15-15:30, \
      post-close 15:50-16:00
      """
    ),
    (
      "2026-12-07", "fno",
      """
      pre-open (limit-and-market) 09:00-09:05, pre-open (limit-only) 09:05-09:10, \
      pre-open (matching) 09:10-09:12, buffer 09:12-09:15, continuous 09:15-15:30, \
      closing-auction 15:30-15:40, post-close 15:50-16:00
      """
    ),
  ])
  func `follow the circulars in the cash market`(
    _ date: String, _ `class`: String, _ phases: String
  ) throws {
    #expect(try session(cash, date).shown(class: `class`) == phases)
  }

  @Test(arguments: [
    ("2025-12-05", nil, "continuous 09:15-15:30"),
    ("2025-12-08", nil, "pre-open 09:00-09:15, continuous 09:15-15:30"),
    ("2026-07-09", nil, "pre-open 09:00-09:15, continuous 09:15-15:30"),
    ("2026-08-03", nil, "pre-open 09:00-09:15, continuous 09:15-15:40"),
    ("2026-12-07", "others", "pre-open 09:00-09:15, continuous 09:15-15:45"),
    ("2026-12-07", "expiring-index", "pre-open 09:00-09:15, continuous 09:15-15:30"),
  ])
  func `follow the circulars in derivatives`(
    _ date: String, _ `class`: String?, _ phases: String
  ) throws {
    #expect(try session(derivatives, date).shown(class: `class`) == phases)
  }

  @Test(arguments: [
    ("2026-07-09", "15:30", "15:30", "15:30", "15:30"),
    ("2026-08-03", "15:35", "15:35", "15:30", "15:40"),
    ("2026-12-04", "15:35", "15:35", "15:30", "15:40"),
    ("2026-12-07", "15:40", "15:40", "15:30", "15:45"),
    ("2026-02-01", "15:30", "15:30", "15:30", "15:30"),
    ("2024-11-01", "19:00", "19:00", "19:00", "19:00"),
    ("2024-03-02", "12:30", "12:30", "12:30", "12:30"),
  ])
  func `close when the last class has closed`(
    _ date: String, _ any: String, _ fno: String, _ other: String, _ contracts: String
  ) throws {
    let session = try session(cash, date)
    let closes: [Instant?] = [
      session.close, session.close(class: "fno"), session.close(class: "other"),
    ]
    #expect(
      closes.map { $0.map { ZoneRules.india.local($0).time.description } } == [any, fno, other])
    #expect(try self.session(derivatives, date).shownClose == contracts)
  }

  @Test(arguments: [
    ("2024-03-02", "continuous 09:15-10:00, continuous 11:30-12:30"),
    ("2024-05-18", "continuous 09:15-10:00, continuous 11:45-12:40"),
    ("2024-11-01", "pre-open 17:45-18:00, continuous 18:00-19:00"),
    ("2025-10-21", "pre-open 13:30-13:45, continuous 13:45-14:45"),
    (
      "2024-01-20",
      """
      pre-open (entry) 09:00-09:08, pre-open (matching) 09:08-09:12, buffer 09:12-09:15, \
      continuous 09:15-15:30, post-close 15:40-16:00
      """
    ),
  ])
  func `hold the special sessions`(_ date: String, _ phases: String) throws {
    let session = try session(cash, date)
    #expect(session.shown() == phases)
    #expect(session.name != nil)
  }

  @Test
  func `do not lend the cash market's hours to derivatives`() throws {
    #expect(
      try derivatives.day(day("2024-05-18"))
        == .hoursUnknown(
          """
          disaster recovery switch: the accounts of its second half are for the cash market only
          """))
  }

  @Test(arguments: [
    // The holiday that moved at a day's notice: two trade dates settle on one day.
    ("2025-09-04", "2025-09-09"), ("2025-09-05", "2025-09-09"),
    // Settlement-only holidays.
    ("2026-02-18", "2026-02-20"), ("2026-03-18", "2026-03-20"), ("2026-03-30", "2026-04-02"),
    ("2026-08-25", "2026-08-27"),
    // The Sunday of the budget trades and settles nothing.
    ("2026-01-30", "2026-02-02"), ("2026-02-01", "2026-02-02"), ("2026-07-09", "2026-07-10"),
  ])
  func `know when trades settle`(_ tradeDate: String, _ settles: String) throws {
    #expect(try cash.settles(on: day(tradeDate)) == .on(day(settles)))
  }

  @Test
  func `do not know settlement days that were not loaded`() throws {
    #expect(try cash.settles(on: day("2025-09-08")) == .outsideCoverage)
    #expect(try cash.settles(on: day("2026-12-31")) == .outsideCoverage)
    #expect(try cash.settles(on: day("2026-01-15")) == .noSession)
    #expect(try derivatives.settles(on: day("2026-07-09")) == .outsideCoverage)
  }

  @Test
  func `have classes that job files may name`() {
    #expect(cash.classes == ["fno", "other"])
    #expect(derivatives.classes == ["expiring-index"])
    #expect(cash.revision != derivatives.revision)
  }
}
