import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `The difference between two calendars` {
  private struct Version {
    var end = "2026-07-31"
    var close = "15:30"
    var closeFrom = "2026-07-20"
    var holidays = ["2026-07-14": "Founders' Day"]
    var special: [String: SpecialSession] = [:]
    var settlement = SettlementDays.unknown

    func calendar() throws -> TradingCalendar {
      let phase = { (start: String, end: String) throws in
        PhaseHours(kind: .continuous, start: try clock(start), end: try clock(end))
      }
      let change = try day(closeFrom)
      return try TradingCalendar(
        market: "test", zone: .india, coverage: day("2026-07-01")...day(end),
        hours: [
          EffectiveHours(
            class: nil, from: day("2026-01-01"), through: change.adding(days: -1),
            phases: [phase("09:15", "15:30")]),
          EffectiveHours(
            class: nil, from: change, through: nil, phases: [phase("09:15", close)]),
        ],
        holidays: Dictionary(
          uniqueKeysWithValues: holidays.map { (try day($0.key), $0.value) }),
        specialSessions: Dictionary(
          uniqueKeysWithValues: special.map { (try day($0.key), $0.value) }),
        settlement: settlement)
    }
  }

  private func difference(
    _ change: (inout Version) -> Void, today: String = "2026-07-09"
  ) throws -> CalendarDifference {
    var new = Version()
    change(&new)
    return CalendarDifference(
      from: try Version().calendar(), to: try new.calendar(), today: try day(today))
  }

  @Test
  func `is empty for the same days, however they are written`() throws {
    #expect(try difference { _ in }.isEmpty)
    #expect(try difference { $0.closeFrom = "2026-07-06" }.isEmpty, "two rules, the same hours")
  }

  @Test
  func `tells new hours once for all their days`() throws {
    let found = try difference { $0.close = "15:40" }
    #expect(
      found.lines == [
        "2026-07-20..2026-07-31 (10 days, 10 sessions): continuous 09:15-15:30 → continuous 09:15-15:40"
      ])
    #expect(found.pastLines == [])
  }

  @Test
  func `tells holidays and sessions that come and go`() throws {
    let drill = try SpecialSession(
      name: "Drill",
      hours: .phases([PhaseHours(kind: .continuous, start: clock("10:00"), end: clock("12:00"))]))
    let found = try difference {
      $0.holidays = ["2026-07-15": "Founders' Day"]
      $0.special = ["2026-07-11": drill]
    }
    #expect(
      found.lines == [
        "2026-07-11: weekend → session 10:00-12:00 (Drill)",
        "2026-07-14: holiday (Founders' Day) → session 09:15-15:30",
        "2026-07-15: session 09:15-15:30 → holiday (Founders' Day)",
      ])
  }

  @Test
  func `tells a longer calendar by its new stretch`() throws {
    let found = try difference { $0.end = "2026-08-14" }
    #expect(
      found.lines == [
        "covers: 2026-07-01..2026-07-31 → 2026-07-01..2026-08-14",
        "2026-08-01..2026-08-14 (14 days, 10 sessions): now covered",
      ])
  }

  @Test
  func `keeps apart what changes days that have passed`() throws {
    let found = try difference({ $0.holidays = [:] }, today: "2026-07-20")
    #expect(found.lines == [])
    #expect(found.pastLines == ["2026-07-14: holiday (Founders' Day) → session 09:15-15:30"])
    #expect(!found.isEmpty)
    let hours = try difference({ $0.close = "15:40" }, today: "2026-07-23")
    let change = "continuous 09:15-15:30 → continuous 09:15-15:40"
    #expect(hours.pastLines == ["2026-07-20..2026-07-22 (3 days, 3 sessions): \(change)"])
    #expect(hours.lines == ["2026-07-23..2026-07-31 (7 days, 7 sessions): \(change)"])
  }

  @Test
  func `tells settlement days`() throws {
    let settlement = try SettlementDays(
      coverage: day("2026-07-01")...day("2026-07-31"), cycle: 1,
      holidays: [day("2026-07-16"): "banks closed"],
      overrides: [day("2026-07-15"): day("2026-07-20")])
    #expect(
      try difference { $0.settlement = settlement }.lines == [
        "settlement covers: none → 2026-07-01..2026-07-31",
        "settlement holiday 2026-07-16: none → banks closed",
        "settlement of 2026-07-15: none → 2026-07-20",
      ])
  }
}
