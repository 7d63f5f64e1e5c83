import Jobs
import TradingTime
import YAML

/// Reads `schedule:`.
struct ScheduleReading {
  let lookups: Lookups

  private var context: JobFileContext { lookups.context }

  func schedule(_ reader: Reader) -> Schedule? {
    reader.mapping { keys in
      let during = keys.optional("during", window)
      let timezone = keys.optional("timezone", timezone)
      let gap = keys.optional("dst_gap") { $0.word(Schedule.GapRule.self) }
      let fold = keys.optional("dst_fold") { $0.word(Schedule.FoldRule.self) }
      guard let (kind, value) = keys.atMostOne(of: ["every", "at", "cron"]) else {
        keys.report("a schedule without a time", "give one of every, at or cron")
        return nil
      }
      guard let timing = timing(kind, value, hasMarket: keys.has("during")) else { return nil }
      checkZone(timing, keys, kind)
      var schedule = Schedule(timing: timing, during: during, timezone: timezone)
      if let gap { schedule.gap = gap }
      if let fold { schedule.fold = fold }
      return schedule
    }
  }

  private func timing(_ kind: String, _ reader: Reader, hasMarket: Bool) -> Schedule.Timing? {
    switch kind {
    case "every":
      guard let interval = reader.duration() else { return nil }
      guard interval >= .seconds(1), interval <= .seconds(86_400 * 7) else {
        reader.report("an interval of \(interval.spelled)", "use 1s to 7d")
        return nil
      }
      return .every(Spelled(wrappedValue: interval))
    case "cron":
      return reader.parsed("five cron fields") { try CronExpression($0) }.map(Schedule.Timing.cron)
    default: return at(reader, hasMarket: hasMarket)
    }
  }

  private func at(_ reader: Reader, hasMarket: Bool) -> Schedule.Timing? {
    guard let text = reader.string() else { return nil }
    if let time = TimeOfDay(text) { return .at(time) }
    guard let moment = MarketMoment(text) else {
      reader.report(
        "expected a time such as \"16:20\" or a moment such as close+15m, got '\(text)'",
        TimeOfDay("0" + text).map { "write \"\($0)\"" })
      return nil
    }
    guard hasMarket else {
      reader.report("'\(text)' of which market?", "add during: { market: nse-cash }")
      return nil
    }
    return .atMarket(moment)
  }

  /// A wall-clock time without a zone would mean whatever machine it runs on; daylight saving moves
  /// no other time.
  private func checkZone(_ timing: Schedule.Timing, _ keys: MappingReader, _ kind: String) {
    switch timing {
    case .at, .cron:
      if !keys.has("timezone") {
        keys.report(
          "'\(kind)' without 'timezone'", atKey: kind, "add timezone: Asia/Kolkata, or another")
      }
    case .every, .atMarket:
      for key in ["dst_gap", "dst_fold"] where keys.has(key) {
        keys.report("'\(key)' is for times of day", atKey: key, "daylight saving moves no other")
      }
    }
  }

  private func timezone(_ reader: Reader) -> String? {
    guard let name = reader.string() else { return nil }
    guard lookups.isZone(name) else {
      reader.report("no time zone is named '\(name)'", "use an IANA name such as Asia/Kolkata")
      return nil
    }
    return name
  }

  private func window(_ reader: Reader) -> Window? {
    reader.mapping { keys in
      let market = keys.required("market", market)
      let phases = keys.optional("phases") { self.phases($0, of: market) }
      let from = keys.optional("from", moment)
      let until = keys.optional("until", moment)
      if let from, let until, Self.isBackwards(from, until) {
        keys.report("from \(from.words) until \(until.words) is no time at all", atKey: "until")
      }
      return market.map { Window(market: $0, phases: phases ?? [], from: from, until: until) }
    }
  }

  /// A phase the market never has would be a job that never runs.
  private func phases(_ reader: Reader, of market: String?) -> [PhaseKind]? {
    let known = market.map(lookups.phases)
    let phases = reader.distinct { phase -> PhaseKind? in
      guard let kind = phase.word(PhaseKind.self) else { return nil }
      if let market, let known, !known.contains(kind) {
        let all = PhaseKind.allCases.filter(known.contains).map(\.rawValue)
        phase.report(
          "\(market) has no phase '\(kind.rawValue)'", "it has \(all.joined(separator: ", "))")
      }
      return kind
    }
    if phases?.isEmpty == true, case .sequence(let nodes) = reader.node.content, nodes.isEmpty {
      reader.report("an empty list of phases", "leave the key out for the whole day")
    }
    return phases
  }

  /// Whatever the session's hours are.
  private static func isBackwards(_ from: MarketMoment, _ until: MarketMoment) -> Bool {
    switch (from.edge, until.edge) {
    case (.open, .open), (.close, .close): from.offsetSeconds >= until.offsetSeconds
    case (.close, .open): from.offsetSeconds >= 0 && until.offsetSeconds <= 0
    case (.open, .close): false
    }
  }

  private func market(_ reader: Reader) -> String? {
    guard let text = reader.string() else { return nil }
    let name = String(text.prefix { $0 != "/" })
    guard let calendar = context.calendars[name] else {
      let names = context.calendars.keys.sorted()
      let meant = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
      let all = names.isEmpty ? "there are none" : "markets are: \(names.joined(separator: ", "))"
      reader.report("no market named '\(name)'", meant ?? all)
      return nil
    }
    guard text == name || calendar.classes.contains(String(text.dropFirst(name.count + 1))) else {
      let classes = calendar.classes.map { "\(name)/\($0)" }
      let meant = nearest(to: text, in: classes).map { "did you mean '\($0)'?" }
      let all =
        classes.isEmpty ? "\(name) has none" : "classes are: \(classes.joined(separator: ", "))"
      reader.report("no class '\(text)'", meant ?? all)
      return nil
    }
    return text
  }

  private func moment(_ reader: Reader) -> MarketMoment? {
    guard let text = reader.string() else { return nil }
    guard let moment = MarketMoment(text) else {
      reader.report("expected a moment such as open+5m or close-15m, got '\(text)'")
      return nil
    }
    return moment
  }
}
