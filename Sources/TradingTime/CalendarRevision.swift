extension TradingCalendar {
  /// A short name for exactly these rules: FNV-1a of a canonical text. It tells versions apart; it
  /// proves nothing against someone who wants two calendars to look alike.
  static func revision(
    market: String, zone: String, coverage: ClosedRange<CivilDate>, hours: [EffectiveHours],
    holidays: [CivilDate: String], specialSessions: [CivilDate: SpecialSession],
    settlement: SettlementDays
  ) -> String {
    let lines =
      [market, zone, coverage.canonical]
      + hours.map { rule in
        let phases = rule.phases.map(\.canonical).joined(separator: ",")
        return
          "hours \(rule.class ?? "*") \(rule.from) \(rule.through?.description ?? "") \(phases)"
      }.sorted()
      + holidays.map { "holiday \($0.key) \($0.value)" }.sorted()
      + specialSessions.map { "special \($0.key) \($0.value.canonical)" }.sorted()
      + ["settlement \(settlement.coverage?.canonical ?? "") T+\(settlement.cycle)"]
      + settlement.holidays.map { "no settlement \($0.key) \($0.value)" }.sorted()
      + settlement.overrides.map { "settles \($0.key) \($0.value)" }.sorted()
    let hash = lines.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension ClosedRange<CivilDate> {
  fileprivate var canonical: String { "\(lowerBound)..\(upperBound)" }
}

extension PhaseHours {
  fileprivate var canonical: String { "\(kind.rawValue)/\(step ?? "") \(start)-\(end)" }
}

extension SpecialSession {
  fileprivate var canonical: String {
    switch hours {
    case .ordinary: "\(name) ordinary"
    case .unknown(let reason): "\(name) unknown \(reason)"
    case .phases(let phases): "\(name) " + phases.map(\.canonical).joined(separator: ",")
    }
  }
}
