import TradingTime

/// A market of one quarter in which everything happens.
enum SmallMarket {
  static func calendar(
    hours: [EffectiveHours]? = nil, holidays: [String: String]? = nil,
    specials: [String: SpecialSession]? = nil, settlement: SettlementDays? = nil
  ) throws -> TradingCalendar {
    let usualSpecials = [
      // A Saturday, a Sunday, a holiday.
      "2026-02-14": SpecialSession(name: "budget", hours: .ordinary),
      "2026-02-15": SpecialSession(name: "Muhurat", hours: .unknown("not announced")),
      "2026-03-03": SpecialSession(
        name: "evening", hours: .phases([try phase(.continuous, "18:00", "19:00")])),
    ]
    return try TradingCalendar(
      market: "test", zone: .india, coverage: day("2026-01-01")...day("2026-03-31"),
      hours: hours ?? usualHours(),
      holidays: dates(holidays ?? ["2026-01-26": "Republic Day", "2026-03-03": "Holi"]),
      specialSessions: dates(specials ?? usualSpecials),
      settlement: settlement
        ?? SettlementDays(
          coverage: day("2026-01-01")...day("2026-03-31"), cycle: 1,
          holidays: dates(["2026-02-19": "banks"]),
          overrides: [day("2026-03-05"): day("2026-03-11")]))
  }

  /// Until the end of February one set of hours; then two classes.
  static func usualHours() throws -> [EffectiveHours] {
    [
      EffectiveHours(
        class: nil, from: try day("2010-01-01"), through: nil,
        phases: [try phase(.preOpen, "09:00", "09:15")]),
      EffectiveHours(
        class: nil, from: try day("2010-01-01"), through: try day("2026-02-28"),
        phases: [try phase(.continuous, "09:15", "15:30")]),
      EffectiveHours(
        class: "auctioned", from: try day("2026-03-01"), through: nil,
        phases: [
          try phase(.continuous, "09:15", "15:15"), try phase(.closingAuction, "15:15", "15:35"),
        ]),
      EffectiveHours(
        class: "other", from: try day("2026-03-01"), through: nil,
        phases: [
          try phase(.continuous, "09:15", "15:30"), try phase(.postClose, "15:50", "16:00"),
        ]),
    ]
  }

  static func phase(_ kind: PhaseKind, _ start: String, _ end: String) throws -> PhaseHours {
    PhaseHours(kind: kind, start: try clock(start), end: try clock(end))
  }

  static func dates<Value>(_ values: [String: Value]) throws -> [CivilDate: Value] {
    try Dictionary(uniqueKeysWithValues: values.map { (try day($0.key), $0.value) })
  }
}

extension Session {
  /// `pre-open 09:00-09:15, continuous/other 09:15-15:30`
  func shown(_ phases: [PhaseSpan]? = nil) -> String {
    (phases ?? self.phases).map { span in
      let start = ZoneRules.india.local(span.start).time
      let end = ZoneRules.india.local(span.end).time
      return span.kind.rawValue + (span.class.map { "/\($0)" } ?? "") + " \(start)-\(end)"
    }
    .joined(separator: ", ")
  }
}
