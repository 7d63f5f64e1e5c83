import Jobs
import TradingTime
import YAML

/// Reads `schedule:`.
struct ScheduleReading {
  let context: JobFileContext

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
      guard let timing = timing(kind, value, hasMarket: during != nil) else { return nil }
      checkZone(timing, timezone, keys, kind)
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
        "expected a time such as \"16:20\" or a moment such as close+15m, got '\(text)'")
      return nil
    }
    guard hasMarket else {
      reader.report("'\(text)' of which market?", "add during: { market: nse-cash }")
      return nil
    }
    return .atMarket(moment)
  }

  /// A wall-clock time without a zone would mean whatever machine it runs on.
  private func checkZone(
    _ timing: Schedule.Timing, _ timezone: String?, _ keys: MappingReader, _ kind: String
  ) {
    switch timing {
    case .at, .cron:
      if timezone == nil && !keys.has("timezone") {
        keys.report(
          "'\(kind)' without 'timezone'", atKey: kind, "add timezone: Asia/Kolkata, or another")
      }
    case .every, .atMarket: break
    }
  }

  private func timezone(_ reader: Reader) -> String? {
    guard let name = reader.string() else { return nil }
    guard context.zone(name) != nil else {
      reader.report("no time zone is named '\(name)'", "use an IANA name such as Asia/Kolkata")
      return nil
    }
    return name
  }

  private func window(_ reader: Reader) -> Window? {
    reader.mapping { keys in
      let market = keys.required("market", market)
      let phases = keys.optional("phases") { $0.oneOrMore { $0.word(PhaseKind.self) } }
      let from = keys.optional("from", moment)
      let until = keys.optional("until", moment)
      return market.map { Window(market: $0, phases: phases ?? [], from: from, until: until) }
    }
  }

  private func market(_ reader: Reader) -> String? {
    guard let text = reader.string() else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let calendar = context.calendars[parts[0]] else {
      let names = context.calendars.keys.sorted()
      let meant = nearest(to: parts[0], in: names).map { "did you mean '\($0)'?" }
      reader.report(
        "no market named '\(parts[0])'", meant ?? "markets are: \(names.joined(separator: ", "))")
      return nil
    }
    guard parts.count == 1 || parts.count == 2 && calendar.classes.contains(parts[1]) else {
      let classes = calendar.classes.map { "\(parts[0])/\($0)" }.joined(separator: ", ")
      reader.report("no class '\(text)'", "classes are: \(classes)")
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
