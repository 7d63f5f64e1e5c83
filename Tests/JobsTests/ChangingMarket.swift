import Jobs
import TradingTime

/// A market whose hours change by class on a known date, as the Indian cash market's did.
///
/// Until Sunday 2 August 2026 everyone trades from 09:15 to 15:30. From Monday 3 August shares with
/// derivatives (`fno`) trade until 15:15 and have a closing auction until 15:35; `other` ones trade
/// until 15:30. Saturday 8 August is an ordinary session, Friday 14 August closes at 12:00, Saturday
/// 15 August is a holiday, on Monday 17 August there is an evening session, and the session of Sunday 23
/// August has no hours yet. Its knowledge ends on 31 August.
enum ChangingMarket {
  static let almanac = Almanac(
    zones: ["Asia/Kolkata": .india], calendars: ["nse": calendar], homeZone: .india)

  static let calendar = calendar(through: "2026-08-31")

  static func calendar(
    through end: String, fnoClose: String = "15:15", sunday: SpecialSession.Hours = .unknown("soon")
  ) -> TradingCalendar {
    let fno = EffectiveHours(
      class: "fno", from: day("2026-08-03"), through: nil,
      phases: [phase(.continuous, "09:15", fnoClose), phase(.closingAuction, fnoClose, "15:35")])
    let other = EffectiveHours(
      class: "other", from: day("2026-08-03"), through: nil,
      phases: [phase(.continuous, "09:15", "15:30")])
    let former = EffectiveHours(
      class: nil, from: day("2026-07-01"), through: day("2026-08-02"),
      phases: [phase(.continuous, "09:15", "15:30")])
    let common = EffectiveHours(
      class: nil, from: day("2026-07-01"), through: nil,
      phases: [phase(.preOpen, "09:00", "09:15"), phase(.postClose, "15:40", "16:00")])
    do {
      return try TradingCalendar(
        market: "nse", zone: .india, coverage: day("2026-07-01")...day(end),
        hours: [former, common, fno, other],
        holidays: [
          day("2026-08-15"): "Independence Day", day("2026-08-17"): "Diwali",
        ],
        specialSessions: [
          day("2026-08-08"): SpecialSession(name: "Budget", hours: .ordinary),
          day("2026-08-14"): SpecialSession(
            name: "Early close", hours: .phases([phase(.continuous, "09:15", "12:00")])),
          day("2026-08-17"): SpecialSession(
            name: "Muhurat trading", hours: .phases([phase(.continuous, "18:00", "19:00")])),
          day("2026-08-23"): SpecialSession(name: "Drill", hours: sunday),
        ])
    } catch {
      preconditionFailure("the changing market is none: \(error)")
    }
  }

  private static func phase(_ kind: PhaseKind, _ start: String, _ end: String) -> PhaseHours {
    PhaseHours(kind: kind, start: time(start), end: time(end))
  }

  /// A job of this market.
  static func job(
    _ timing: Schedule.Timing, _ market: String = "nse", _ phases: [PhaseKind] = [],
    from: String? = nil, until: String? = nil, named name: String = "job"
  ) -> Job {
    var job = Job(name: name, work: .unit("sync"), timeout: .seconds(25), idempotent: true)
    job.schedule = Schedule(
      timing: timing,
      during: Window(
        market: market, phases: phases, from: from.flatMap { MarketMoment($0) },
        until: until.flatMap { MarketMoment($0) }), timezone: "Asia/Kolkata")
    return job
  }
}

extension Schedule.Timing {
  static func moment(_ text: String) -> Schedule.Timing {
    guard let moment = MarketMoment(text) else { preconditionFailure("no moment: \(text)") }
    return .atMarket(moment)
  }

  static func every(_ seconds: Int64) -> Schedule.Timing {
    .every(Spelled(wrappedValue: .seconds(seconds)))
  }
}
