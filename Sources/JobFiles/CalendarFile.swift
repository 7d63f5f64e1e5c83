package import TradingTime
package import YAML

/// Reads a market's calendar, `config/calendars/<market>.yaml`. What is no calendar is refused as a
/// whole: half of a holiday list is worse than none.
package enum CalendarFile {
  /// `zone` looks a zone up by its IANA name.
  package static func read(
    _ bytes: [UInt8], name: String, zone: (String) -> ZoneRules?
  ) throws(Problems) -> TradingCalendar {
    try YAMLFile.read(bytes, name: name) { file in
      file.mapping { calendar(stem: stem(of: name), file, $0, zone) }
    }
  }

  private static func calendar(
    stem: String, _ file: Reader, _ keys: MappingReader, _ zone: (String) -> ZoneRules?
  ) -> TradingCalendar? {
    _ = keys.optional("description") { $0.string() }
    let market = keys.required("market") { reader in
      reader.parsed("the market's name") { text throws(WrongSpelling) in
        guard text == stem else {
          throw WrongSpelling("market '\(text)' stands in a file named '\(stem)'")
        }
        return text
      }
    }
    let rules = keys.required("timezone") { reader in
      reader.parsed("a zone such as Asia/Kolkata") { text throws(WrongSpelling) in
        guard let found = zone(text) else { throw WrongSpelling("no zone is named '\(text)'") }
        return found
      }
    }
    let coverage = keys.required("covers") { $0.dateRange() }
    let hours = keys.required("hours") { list in
      list.list { $0.placed(effectiveHours) }
    }
    let holidays = keys.required("holidays") { $0.byDate { $0.string() } }
    let specials = keys.optional("special_sessions") { $0.byDate(specialSession) }
    let settlement = keys.optional("settlement", settlementDays)
    guard let market, let rules, let coverage, let hours, let holidays, file.problems.isEmpty else {
      return nil
    }
    do {
      return try TradingCalendar(
        market: market, zone: rules, coverage: coverage, hours: hours.map(\.value),
        holidays: holidays.mapValues(\.value),
        specialSessions: (specials ?? [:]).mapValues(\.value), settlement: settlement ?? .unknown)
    } catch {
      let mark: Mark? =
        switch error.subject {
        case .calendar, .settlement: nil
        case .hours(let index): hours[index].mark
        case .holiday(let date): holidays[date]?.mark
        case .specialSession(let date): specials?[date]?.mark
        }
      file.problems.report(error.description, at: mark ?? file.node.mark)
      return nil
    }
  }

  private static func effectiveHours(_ reader: Reader) -> EffectiveHours? {
    reader.mapping { keys in
      let `class` = keys.optional("class") { $0.string() }
      let from = keys.required("from") { $0.date() }
      let through = keys.optional("through") { $0.date() }
      let phases = keys.required("phases", phases)
      guard let from, let phases else { return nil }
      return EffectiveHours(class: `class`, from: from, through: through, phases: phases)
    }
  }

  private static func specialSession(_ reader: Reader) -> SpecialSession? {
    reader.mapping { keys in
      let name = keys.required("name") { $0.string() }
      let isOrdinary = keys.optional("hours") { reader in
        reader.word(of: [("ordinary", true), ("unknown", false)])
      }
      let phases = keys.optional("phases", phases)
      let reason = keys.optional("reason") { $0.string() }
      guard let name else { return nil }
      switch (isOrdinary, phases) {
      case (true?, nil): return SpecialSession(name: name, hours: .ordinary)
      case (false?, nil):
        return SpecialSession(name: name, hours: .unknown(reason ?? "hours not loaded"))
      case (nil, let phases?): return SpecialSession(name: name, hours: .phases(phases))
      default:
        reader.report("a special session needs either 'hours' or 'phases'")
        return nil
      }
    }
  }

  private static func settlementDays(_ reader: Reader) -> SettlementDays? {
    reader.mapping { keys in
      SettlementDays(
        coverage: keys.optional("covers") { $0.dateRange() },
        cycle: keys.optional("cycle") { $0.int(in: 0...10) } ?? 1,
        holidays: (keys.optional("holidays") { $0.byDate { $0.string() } } ?? [:])
          .mapValues(\.value),
        overrides: (keys.optional("overrides") { $0.byDate { $0.date() } } ?? [:])
          .mapValues(\.value))
    }
  }

  /// `continuous: 09:15-15:30`, `closing-auction/matching: 15:30-15:35`, or a list of spans where a
  /// phase comes twice a day. In order of their start, however they were written.
  private static func phases(_ reader: Reader) -> [PhaseHours]? {
    reader.entries { key, value -> [PhaseHours]? in
      let parts = key.split(separator: "/", maxSplits: 1).map(String.init)
      guard let word = parts.first, let kind = PhaseKind(rawValue: word) else {
        let kinds = PhaseKind.allCases.map(\.rawValue)
        value.report(
          "no phase is named '\(key)'",
          nearest(to: key, in: kinds).map { "did you mean '\($0)'?" }
            ?? "phases are: \(kinds.joined(separator: ", "))")
        return nil
      }
      let step = parts.count > 1 ? parts[1] : nil
      return value.oneOrMore { $0.clockSpan() }?.map {
        PhaseHours(kind: kind, step: step, start: $0.lowerBound, end: $0.upperBound)
      }
    }?
    .flatMap(\.self).sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  private static func stem(of name: String) -> String {
    let file = name.split(separator: "/").last ?? ""
    return file.split(separator: ".", maxSplits: 1).first.map(String.init) ?? name
  }
}

/// A value and where it stands, for problems that show only when all is read.
private struct Placed<Value> {
  let value: Value
  let mark: Mark
}

extension Reader {
  fileprivate func placed<Value>(_ read: (Reader) -> Value?) -> Placed<Value>? {
    read(self).map { Placed(value: $0, mark: node.mark) }
  }

  /// A mapping from dates, in which no date occurs twice because no key does.
  fileprivate func byDate<Value>(_ readValue: (Reader) -> Value?) -> [CivilDate: Placed<Value>]? {
    var found: [CivilDate: Placed<Value>] = [:]
    let read: [Void]? = entries { key, value in
      if let date = CivilDate(key) {
        found[date] = value.placed(readValue)
      } else {
        value.report("expected a date such as 2026-07-09 before this, got '\(key)'")
      }
    }
    return read.map { _ in found }
  }

  /// `09:15-15:30`
  fileprivate func clockSpan() -> ClosedRange<TimeOfDay>? {
    let wanted = "two times of day such as 09:15-15:30"
    return parsed(wanted) { text throws(WrongSpelling) in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        .map { TimeOfDay(String($0)) }
      guard ends.count == 2, let start = ends[0], let end = ends[1] else {
        throw WrongSpelling("expected \(wanted), got '\(text)'")
      }
      guard start < end else { throw WrongSpelling("'\(text)' ends before it begins") }
      return start...end
    }
  }
}
