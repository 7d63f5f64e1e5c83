import Jobs
import Testing
import TradingTime

/// Thousands of random expressions, zones and instants against croniter and systemd. What differs is
/// told here, each with its reason; `Tests/Oracles/make-schedules.py` draws nothing else away.
@Suite(.timeLimit(.minutes(10)))
struct `What other crons say` {
  private struct Case {
    var text: String
    var zone: String
    var start: Instant
    var croniter: [Instant]
    /// Nil where one of systemd's calendars cannot say it.
    var systemd: [Instant]?

    init(_ fields: [Substring]) throws {
      try #require(fields.count == 5, "\(fields)")
      text = String(fields[0])
      zone = String(fields[1])
      start = at(String(fields[2]))
      let minute = Instant(microseconds: start.microseconds / 60_000_000 * 60_000_000)
      func slots(_ field: Substring) -> [Instant] {
        field.split(separator: " ").compactMap { Int64($0) }.map { minute + .seconds($0 * 60) }
      }
      croniter = slots(fields[3])
      systemd = fields[4] == "-" ? nil : fields[4] == "=" ? croniter : slots(fields[4])
    }

    var isOfEveryHour: Bool { text.split(separator: " ")[1] == "*" }

    /// All of ours up to the last of theirs.
    func slots(
      _ gap: Schedule.GapRule, _ fold: Schedule.FoldRule, through last: Instant?
    ) -> [Instant] {
      var schedule = Schedule.cron(text, zone)
      schedule.gap = gap
      schedule.fold = fold
      return schedule.slots(
        after: start, through: last ?? start, in: OtherCrons.almanac, limit: .max
      ).spans.map(\.first)
    }

    func difference(_ name: String, _ ours: [Instant], _ theirs: [Instant]) -> String? {
      let rules = OtherCrons.almanac.zones[zone] ?? .utc
      func shown(_ slots: [Instant]) -> String {
        slots.map { $0.rfc3339(in: rules) }.joined(separator: ", ")
      }
      return ours == theirs
        ? nil : "\(text) in \(zone) from \(start): \(name) \(shown(theirs)), ours \(shown(ours))"
    }
  }

  private static let parts = 6

  private static func cases(_ part: Int) throws -> [Case] {
    try Oracle.lines("schedules.txt").enumerated().filter { $0.offset % parts == part }
      .map { try Case($0.element) }
  }

  /// croniter looks for the second of two equal times only if its next slot has another offset; here
  /// that one lies beyond the next change, and the second time is lost.
  private static let overlooked = "30 2 * * sun#2 in Africa/Casablanca from 2024-03-07T10:24:00Z"

  /// croniter starts what a gap removes when it ends, and what comes twice twice.
  @Test(arguments: 0..<parts)
  func `croniter agrees`(_ part: Int) throws {
    let cases = try Self.cases(part)
    #expect(cases.count > 500, "the vectors are there")
    let differences = cases.compactMap { one -> String? in
      let ours = one.slots(.runAfter, .both, through: one.croniter.last)
      return one.difference("croniter", ours, one.croniter)
    }
    #expect(differences.filter { !$0.hasPrefix(Self.overlooked) } == [])
  }

  /// On dates on which clocks change systemd is no measure: behind a gap it loses the rest of the
  /// day (`15 2,14 * * *` in Casablanca), and in a fold it goes on from the first hour's 01:15 to the
  /// second hour's 01:45 (`15,45 1 * * *` in London). What ours does then stands in "When clocks change".
  @Test(arguments: 0..<parts)
  func `systemd agrees on all dates but those on which clocks change`(_ part: Int) throws {
    var compared = 0
    let differences = try Self.cases(part).compactMap { one -> String? in
      guard let zone = OtherCrons.almanac.zones[one.zone],
        let theirs = one.systemd?.filter({ !zone.changes(on: zone.local($0).date) })
      else { return nil }
      compared += theirs.count
      let ours = one.slots(.skip, .first, through: theirs.last)
        .filter { !zone.changes(on: zone.local($0).date) }
      return one.difference("systemd", ours, theirs)
    }
    #expect(differences == [])
    #expect(compared > 1_500)
  }

  /// What the vectors leave out: expressions that croniter reads in another way. The README says why.
  @Test(arguments: [
    // croniter: a range from a day to itself is the whole week.
    ("0 9 * * 5-5", ["2026-07-10"]),
    // croniter: Friday and Saturday; Vixie's cron counts to the Sunday that is 7, and so does ours.
    ("0 9 * * 5/1", ["2026-07-10", "2026-07-11", "2026-07-12"]),
    // croniter knows no range of numbers before '#', only of names.
    ("0 9 * * 1-3#2", ["2026-07-08", "2026-07-13", "2026-07-14"]),
  ])
  func `croniter differs`(_ text: String, _ dates: [String]) {
    let expression = cron(text)
    let found = (8...14).map { day("2026-07-\($0 < 10 ? "0" : "")\($0)") }
    #expect(found.filter(expression.matches).map(\.description) == dates)
  }

  /// croniter takes these; each would mean something else to another cron, or nothing ever.
  @Test(arguments: [
    "0 9 * * fri-mon", "0 50-10 * * *", "0 9 13 * fri#2", "0 9 ? * *", "@daily", "0 0 9 * * *",
    "0 9 15W * *", "*/75 * * * *", "0 9 31 4 *",
  ])
  func `croniter takes what is refused here`(_ text: String) {
    #expect(throws: CronError.self) { try CronExpression(text) }
  }

  /// Half an hour vanishes, so the hour is still there: its slot starts when the gap ends. croniter
  /// leaves it out, as it does where a whole hour vanishes.
  @Test
  func `croniter leaves out the hour that Lord Howe halves`() {
    let gap = at("2026-10-03T15:30:00Z")
    let slots = Schedule.cron("10 * * * *", "Australia/Lord_Howe").slots(
      after: gap - .seconds(3_600), through: gap + .seconds(3_600), in: OtherCrons.almanac)
    #expect(
      slots.spans.map { $0.first.description } == [
        "2026-10-03T14:40:00Z", "2026-10-03T15:30:00Z", "2026-10-03T16:10:00Z",
      ])
  }
}

enum OtherCrons {
  private static let names = [
    "Africa/Casablanca", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Tokyo", "Australia/Lord_Howe", "Europe/London", "Pacific/Chatham", "UTC",
  ]

  static let almanac = Almanac(
    zones: Dictionary(uniqueKeysWithValues: names.map { ($0, SmallWorld.zone($0)) }),
    calendars: [:], homeZone: .utc)
}

extension ZoneRules {
  fileprivate func changes(on date: CivilDate) -> Bool {
    let ends = [date, date.adding(days: 1)].map { local(resolve($0, .midnight).earliest) }
    return ends[0].offsetSeconds != ends[1].offsetSeconds
  }
}
