import FoundationEssentials
import Jobs
import TradingTime

/// A few months of a small market, and the zones whose clocks the tests watch.
///
/// 2026: Thursday 9 July is an ordinary day; Saturday 11 July has a drill from 10:00 to 12:00; Tuesday 14 July
/// is a holiday; Wednesday 15 July closes at 13:00; Sunday 8 November has a session whose hours
/// nobody has loaded; the calendar ends on 31 December.
enum SmallWorld {
  static let market = "nse-cash"

  static let calendar = calendar(
    special: [
      day("2026-07-11"): SpecialSession(
        name: "Drill",
        hours: .phases([PhaseHours(kind: .continuous, start: time("10:00"), end: time("12:00"))])),
      day("2026-07-15"): SpecialSession(
        name: "Early close",
        hours: .phases([PhaseHours(kind: .continuous, start: time("09:15"), end: time("13:00"))])),
      day("2026-11-08"): SpecialSession(
        name: "Muhurat trading", hours: .unknown("to be announced")),
    ])

  static func calendar(special: [CivilDate: SpecialSession]) -> TradingCalendar {
    let common = EffectiveHours(
      class: nil, from: day("2026-06-01"), through: nil,
      phases: [
        PhaseHours(kind: .preOpen, start: time("09:00"), end: time("09:08")),
        PhaseHours(kind: .buffer, start: time("09:08"), end: time("09:15")),
        PhaseHours(kind: .continuous, start: time("09:15"), end: time("15:30")),
        PhaseHours(kind: .postClose, start: time("15:40"), end: time("16:00")),
      ])
    let options = EffectiveHours(
      class: "fno", from: day("2026-06-01"), through: nil,
      phases: [PhaseHours(kind: .continuous, start: time("09:20"), end: time("15:25"))])
    do {
      return try TradingCalendar(
        market: market, zone: .india, coverage: day("2026-06-01")...day("2026-12-31"),
        hours: [common, options], holidays: [day("2026-07-14"): "Founders' Day"],
        specialSessions: special)
    } catch {
      preconditionFailure("the small calendar is none: \(error)")
    }
  }

  static let zoneNames = [
    "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca",
    "Asia/Kolkata", "UTC",
  ]

  static let almanac = Almanac(
    zones: Dictionary(uniqueKeysWithValues: zoneNames.map { ($0, zone($0)) }),
    calendars: [market: calendar], homeZone: .india)

  /// From this machine's zoneinfo, as the product reads them.
  static func zone(_ name: String) -> ZoneRules {
    guard let file = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)"),
      let zone = try? ZoneRules(name: name, tzif: [UInt8](file))
    else { preconditionFailure("no zone \(name) on this machine; install tzdata") }
    return zone
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

/// `at("2026-07-09T10:00:00Z")`; without an offset, India's time.
func at(_ text: String) -> Instant {
  let isWhole = text.hasSuffix("Z") || text.dropFirst(19).contains { $0 == "+" || $0 == "-" }
  guard let instant = Instant(rfc3339: isWhole ? text : text + "+05:30") else {
    preconditionFailure("no instant: \(text)")
  }
  return instant
}

func cron(_ text: String) -> CronExpression {
  do { return try CronExpression(text) } catch { preconditionFailure("no cron: \(error)") }
}

extension Schedule {
  static func every(_ interval: Duration, during: Window? = nil) -> Schedule {
    Schedule(timing: .every(Spelled(wrappedValue: interval)), during: during)
  }

  static func cron(
    _ text: String, _ zone: String = "Asia/Kolkata", during: Window? = nil
  ) -> Schedule {
    Schedule(timing: .cron(JobsTests.cron(text)), during: during, timezone: zone)
  }

  static func at(
    _ text: String, _ zone: String = "Asia/Kolkata", during: Window? = nil
  ) -> Schedule {
    Schedule(timing: .at(time(text)), during: during, timezone: zone)
  }

  static func atMarket(_ edge: MarketMoment.Edge, _ offset: Duration) -> Schedule {
    Schedule(
      timing: .atMarket(MarketMoment(edge: edge, offset: offset)),
      during: Window(market: SmallWorld.market))
  }

  /// The slots of a span as lines, in a zone's local time, a stretch as `first ... last (count)`.
  func lines(_ after: Instant, _ through: Instant, _ almanac: Almanac = SmallWorld.almanac)
    -> [String]
  {
    let due = slots(after: after, through: through, in: almanac)
    let zone = almanac.zone(of: self)
    return due.spans.map { span in
      let first = span.first.rfc3339(in: zone)
      let whole =
        span.count == 1 ? first : "\(first) ... \(span.last.rfc3339(in: zone)) (\(span.count))"
      if case .closed(let why) = span.standing { return "\(whole) closed: \(why)" }
      return whole
    } + (due.holds.map { ["holds at \(due.through.rfc3339(in: zone)): \($0)"] } ?? [])
  }
}

extension Window {
  static let nse = Window(market: SmallWorld.market)
  static let trading = Window(market: SmallWorld.market, phases: [.continuous])
  static let syncing = Window(
    market: SmallWorld.market, phases: [.preOpen, .continuous],
    until: MarketMoment(edge: .close, offset: .seconds(300)))
}
