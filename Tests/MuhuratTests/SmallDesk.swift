import Jobs
import TradingTime

/// One market for half a year: ordinary days from 09:15 to 15:30, a holiday on Tuesday 14 July 2026, and
/// an evening session with hours on Saturday 11 July.
enum SmallDesk {
  static func calendar(close: String = "15:30", end: String = "2026-12-31") throws
    -> TradingCalendar
  {
    try TradingCalendar(
      market: "nse-cash", zone: .india, coverage: day("2026-07-01")...day(end),
      hours: [
        EffectiveHours(
          class: nil, from: day("2026-07-01"), through: nil,
          phases: [
            PhaseHours(kind: .preOpen, start: time("09:00"), end: time("09:15")),
            PhaseHours(kind: .continuous, start: time("09:15"), end: time(close)),
          ])
      ], holidays: [day("2026-07-14"): "Founders' Day"],
      specialSessions: [
        day("2026-07-11"): SpecialSession(
          name: "Muhurat trading",
          hours: .phases([
            PhaseHours(kind: .continuous, start: time("18:00"), end: time("19:00"))
          ])),
        day("2026-11-08"): SpecialSession(name: "Drill", hours: .unknown("no circular yet")),
      ])
  }

  static func almanac() throws -> Almanac {
    Almanac(
      zones: ["Asia/Kolkata": .india], calendars: ["nse-cash": try calendar()], homeZone: .india)
  }

  static func job(_ name: String, _ timing: Schedule.Timing, _ phases: [PhaseKind] = []) -> Job {
    var job = Job(name: name, work: .unit("sync"), timeout: .seconds(25), idempotent: true)
    job.schedule = Schedule(
      timing: timing, during: Window(market: "nse-cash", phases: phases), timezone: "Asia/Kolkata")
    return job
  }
}

func day(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { preconditionFailure("no date: \(text)") }
  return date
}

func time(_ text: String) -> TimeOfDay {
  guard let time = TimeOfDay(text) else { preconditionFailure("no time: \(text)") }
  return time
}
