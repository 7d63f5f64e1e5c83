package import TradingTime

/// Slots of one schedule that stand alike: one, or a stretch of an interval schedule.
///
/// Stretches exist because a weekend of one-second slots is 172,800 of them, and nobody would read
/// as many rows.
package struct SlotSpan: Hashable, Sendable {
  package enum Standing: Hashable, Sendable {
    case open
    /// The market was closed; the text says why.
    case closed(String)
  }

  package var first: Instant
  package var last: Instant
  package var count: Int
  package var standing: Standing
}

/// The slots of a span of time, oldest first, and how far they could be told.
package struct DueSlots: Hashable, Sendable {
  package var spans: [SlotSpan] = []
  /// Everything up to here is in `spans`. Earlier than asked where the calendar does not reach, or
  /// where more slots follow than one pass takes.
  package var through: Instant
  /// Why nothing beyond `through` can be said: the calendar ends, or a zone is unknown.
  package var holds: String?
}

extension Schedule {
  /// The slots in `after < due <= through`.
  ///
  /// - Parameter limit: spans at most; the rest is left for the next pass.
  package func slots(
    after: Instant, through: Instant, in almanac: Almanac, limit: Int = 1000
  ) -> DueSlots {
    guard after < through else { return DueSlots(through: after) }
    if let unknown = unknownName(in: almanac) {
      return DueSlots(through: after, holds: unknown)
    }
    switch timing {
    case .every(let interval):
      return intervalSlots(interval.wrappedValue, after, through, almanac, limit)
    case .at, .atMarket, .cron:
      return wallClockSlots(after, through, almanac, limit)
    }
  }

  /// The first open slot after an instant; nil if none comes before `horizon`.
  package func next(after: Instant, before horizon: Instant, in almanac: Almanac) -> Instant? {
    var from = after
    while from < horizon {
      // A year of closed days is walked in weeks, so that asking is cheap where the answer is near.
      let until = min(horizon, from + .seconds(7 * 86_400))
      let due = slots(after: from, through: until, in: almanac, limit: 64)
      if let open = due.spans.first(where: { $0.standing == .open }) { return open.first }
      if due.holds != nil || due.through <= from { return nil }
      from = due.through
    }
    return nil
  }

  private func unknownName(in almanac: Almanac) -> String? {
    if let timezone, almanac.zones[timezone] == nil {
      return "time zone '\(timezone)' is not on this machine; install tzdata"
    }
    if let during, almanac.calendars[during.calendarName] == nil {
      return "no calendar for market '\(during.calendarName)' is loaded"
    }
    return nil
  }
}
