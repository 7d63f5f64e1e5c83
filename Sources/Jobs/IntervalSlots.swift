import TradingTime

/// Slots of `every:` schedules, counted and not walked: only windows of the market are visited.
extension Schedule {
  func intervalSlots(
    _ interval: Duration, _ after: Instant, _ through: Instant, _ almanac: Almanac, _ limit: Int
  ) -> DueSlots {
    let grid = Grid(interval)
    guard let during, let calendar = almanac.calendars[during.calendarName] else {
      let open = grid.span(after: after, through: through, standing: .open)
      return DueSlots(spans: open.map { [$0] } ?? [], through: through)
    }
    let reach = calendar.reach(through)
    var spans: [SlotSpan] = []
    var done = after
    // What is closed begins behind the last slot that was told.
    var closedFrom = after + .microseconds(1)
    for window in during.windows(in: calendar, overlapping: after, reach.end) {
      if window.start > done {
        // The slot at the window's start is inside it, so the closed stretch ends just before.
        let before = min(Instant(microseconds: window.start.microseconds - 1), reach.end)
        let why = during.closedReason(from: closedFrom, to: window.start, calendar)
        spans += grid.span(after: done, through: before, standing: .closed(why)).map { [$0] } ?? []
        done = max(done, before)
      }
      let end = min(Instant(microseconds: window.end.microseconds - 1), reach.end)
      spans += grid.span(after: done, through: end, standing: .open).map { [$0] } ?? []
      done = max(done, end)
      closedFrom = max(closedFrom, window.end)
      if spans.count >= limit { return DueSlots(spans: spans, through: done) }
    }
    if done < reach.end {
      let why = during.closedReason(from: closedFrom, to: reach.end, calendar)
      spans += grid.span(after: done, through: reach.end, standing: .closed(why)).map { [$0] } ?? []
    }
    return DueSlots(spans: spans, through: max(after, reach.end), holds: reach.holds)
  }
}

/// The instants that an interval, counted from the Unix epoch, falls on.
private struct Grid {
  let step: Int64

  init(_ interval: Duration) { step = max(1, interval.microseconds) }

  /// The slots in `after < due <= through`, if any.
  func span(after: Instant, through: Instant, standing: SlotSpan.Standing) -> SlotSpan? {
    let first = floorDivide(after.microseconds, step) + 1
    let last = floorDivide(through.microseconds, step)
    guard first <= last else { return nil }
    return SlotSpan(
      first: Instant(microseconds: first * step), last: Instant(microseconds: last * step),
      count: Int(last - first + 1), standing: standing)
  }

  private func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
