import Jobs
import Testing
import TradingTime

@testable import DeskUnits

@Suite(.timeLimit(.minutes(10))) struct `Bars that are over` {
  @Test func `the bars of the session before are wanted at the open`() throws {
    let hours = EffectiveHours(
      class: nil, from: day("2020-01-01"), through: nil,
      phases: [
        PhaseHours(
          kind: .continuous, start: try #require(TimeOfDay("09:15")),
          end: try #require(TimeOfDay("15:30")))
      ])
    let calendar = try TradingCalendar(
      market: "x", zone: .india, coverage: day("2026-01-01")...day("2026-12-31"), hours: [hours],
      holidays: [:], specialSessions: [:])
    let width = BarWidth.standard
    for (now, expected) in [
      ("2026-11-23T09:15:00+05:30", "2026-11-20T15:25:00+05:30"),
      ("2026-11-23T09:20:01+05:30", "2026-11-20T15:25:00+05:30"),
      ("2026-11-23T09:20:02+05:30", "2026-11-23T09:15:00+05:30"),
      ("2026-11-23T09:26:00+05:30", "2026-11-23T09:20:00+05:30"),
    ] {
      #expect(
        width.lastFinishedBegan(
          by: instant(now), in: day("2026-11-23"), calendar: calendar) == instant(expected),
        "\(now)")
    }
    #expect(
      BarWidth.daily.lastFinishedBegan(
        by: instant("2026-11-23T09:15:00+05:30"), in: day("2026-11-23"), calendar: calendar) == nil)
  }
}
