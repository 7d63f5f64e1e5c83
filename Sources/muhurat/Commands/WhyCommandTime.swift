import TradingTime

/// A time as people at a desk say it, in the zone of the job they speak of.
struct TimeArgument {
  let now: Instant
  let zone: ZoneRules

  /// `10:00`, `10:00:30`, `yesterday 16:20`, `2026-07-09 16:20`, or RFC 3339.
  func instant(_ text: String) throws -> Instant {
    if let instant = Instant(rfc3339: text) { return instant }
    // `T` parts only what has no space: `Tomorrow` begins with one.
    let words = text.split(separator: text.contains(" ") ? " " : "T").map(String.init)
    guard let last = words.last, let time = Self.time(last), words.count <= 2,
      let date = words.count == 2 ? date(words[0]) : today
    else {
      throw Refusal(
        .usage,
        "'\(text)' is no time; write 10:00, yesterday 16:20, 2026-07-09 16:20 or "
          + "2026-07-09T16:20:00+05:30"
      )
    }
    return zone.resolve(date, time).earliest
  }

  /// The same for something that lies ahead, where a span such as `2h` counts from now.
  func coming(_ text: String) throws -> Instant {
    let instant: Instant
    if let span = try? Duration(spelling: text) {
      instant = now + span
    } else {
      instant = try self.instant(text)
    }
    guard instant > now else {
      let tomorrow = Self.time(text).map { "; for tomorrow's write 'tomorrow \($0)'" } ?? ""
      throw Refusal(
        .usage, "\(instant.words(in: zone)) has passed, it is \(now.words(in: zone))\(tomorrow)")
    }
    return instant
  }

  private var today: CivilDate { zone.local(now).date }

  private func date(_ word: String) -> CivilDate? {
    switch word.lowercased() {
    case "today": today
    case "yesterday": today.adding(days: -1)
    case "tomorrow": today.adding(days: 1)
    default: CivilDate(word)
    }
  }

  /// `9:14` is 09:14: nobody types the zero.
  private static func time(_ word: String) -> TimeOfDay? {
    TimeOfDay(word) ?? TimeOfDay("0\(word)")
  }
}
