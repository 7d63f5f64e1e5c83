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

  package init(first: Instant, last: Instant, count: Int, standing: Standing) {
    self.first = first
    self.last = last
    self.count = count
    self.standing = standing
  }

  package init(_ slot: Instant, _ standing: Standing = .open) {
    self.init(first: slot, last: slot, count: 1, standing: standing)
  }
}

/// Cutting: only for spans as a schedule gives them, whose slots are evenly spaced.
extension SlotSpan {
  private var step: Int64 {
    count > 1 ? (last.microseconds - first.microseconds) / Int64(count - 1) : 0
  }

  private func slot(_ index: Int) -> Instant {
    Instant(microseconds: first.microseconds + step * Int64(index))
  }

  var singles: [SlotSpan] { (0..<count).map { SlotSpan(slot($0), standing) } }

  /// The first slots, so many of them, and the others.
  func split(_ leading: Int) -> (SlotSpan?, SlotSpan?) {
    if leading <= 0 { return (nil, self) }
    if leading >= count { return (self, nil) }
    return (
      SlotSpan(first: first, last: slot(leading - 1), count: leading, standing: standing),
      SlotSpan(first: slot(leading), last: last, count: count - leading, standing: standing)
    )
  }

  /// The stretches between borders, which are in order; a slot on a border belongs to what follows.
  func cut(at borders: [Instant]) -> [SlotSpan] {
    var stretches: [SlotSpan] = []
    var rest: SlotSpan? = self
    for border in borders {
      guard let whole = rest else { break }
      let (before, from) = whole.split(whole.count(before: border))
      stretches += before.map { [$0] } ?? []
      rest = from
    }
    return stretches + (rest.map { [$0] } ?? [])
  }

  private func count(before border: Instant) -> Int {
    if border <= first { return 0 }
    if border > last { return count }
    return Int((border.microseconds - first.microseconds + step - 1) / step)
  }
}

/// The slots of a span of time, oldest first, and how far they could be told.
package struct DueSlots: Hashable, Sendable {
  package var spans: [SlotSpan] = []
  /// Everything up to here is in `spans`. Earlier than asked where the calendar does not reach, or
  /// where more slots follow than were wanted.
  package var through: Instant
  /// Why nothing beyond `through` can be said: the calendar ends, hours are not loaded, or a zone is
  /// unknown.
  package var holds: String?
}

extension Schedule {
  /// The slots in `after < due <= through`.
  ///
  /// - Parameter limit: spans at most.
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
    if case .atMarket(let moment) = timing, during == nil {
      return "'\(moment.words)' names no market; say which with during"
    }
    return nil
  }
}
