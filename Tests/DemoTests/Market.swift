import Demo
import Jobs
import TradingTime

/// July 2026 of a small market, and the jobs of a small desk.
enum Market {
  static let calendar: TradingCalendar = {
    let hours = EffectiveHours(
      class: nil, from: date("2026-07-01"), through: nil,
      phases: [
        PhaseHours(kind: .preOpen, start: time("09:00"), end: time("09:15")),
        PhaseHours(kind: .continuous, start: time("09:15"), end: time("15:30")),
      ])
    do {
      return try TradingCalendar(
        market: "nse-cash", zone: .india, coverage: date("2026-07-01")...date("2026-07-31"),
        hours: [hours], holidays: [date("2026-07-14"): "Founders' Day"],
        specialSessions: [
          date("2026-07-19"): SpecialSession(name: "Drill", hours: .unknown("to be announced"))
        ])
    } catch {
      preconditionFailure("the small calendar is none: \(error)")
    }
  }()

  static let almanac = Almanac(
    zones: ["Asia/Kolkata": .india], calendars: ["nse-cash": calendar], homeZone: .india)

  static let sync = job(
    "sync",
    Schedule(
      timing: .every(Spelled(wrappedValue: .seconds(30))),
      during: Window(market: "nse-cash", phases: [.preOpen, .continuous])))

  static let tick = job(
    "tick",
    Schedule(
      timing: .cron(cron("* 9-15 * * mon-fri")),
      during: Window(market: "nse-cash", phases: [.continuous]), timezone: "Asia/Kolkata"))

  static let report = job(
    "end-of-day-report",
    Schedule(
      timing: .at(time("16:45")), during: Window(market: "nse-cash"), timezone: "Asia/Kolkata"))

  static let byHand = job("by-hand", nil)

  static let beforeDawn = job(
    "prune-history", Schedule(timing: .at(time("05:10")), timezone: "Asia/Kolkata"))

  static func day(_ jobs: [Job] = [sync, tick, report, byHand]) -> DemoDay {
    DemoDay(almanac, jobs)
  }

  private static func job(_ name: String, _ schedule: Schedule?) -> Job {
    var job = Job(name: name, work: .unit(name), timeout: .seconds(10))
    job.schedule = schedule
    return job
  }

  private static func cron(_ text: String) -> CronExpression {
    do { return try CronExpression(text) } catch { preconditionFailure("no cron: \(error)") }
  }
}

func date(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { preconditionFailure("no date: \(text)") }
  return date
}

func time(_ text: String) -> TimeOfDay {
  guard let time = TimeOfDay(text) else { preconditionFailure("no time: \(text)") }
  return time
}

/// Thursday, 9 July 2026, in India.
func at(_ clock: String, on date: String = "2026-07-09") -> Instant {
  guard let instant = Instant(rfc3339: "\(date)T\(clock)+05:30") else {
    preconditionFailure("no instant: \(date) \(clock)")
  }
  return instant
}
