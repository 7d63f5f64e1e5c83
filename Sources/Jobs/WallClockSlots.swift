import TradingTime

/// Slots of `at:` and `cron:` schedules: local dates are walked, and each time of a date is put
/// through the zone's rules for gaps and folds.
extension Schedule {
  func wallClockSlots(
    _ after: Instant, _ through: Instant, _ almanac: Almanac, _ limit: Int
  ) -> DueSlots {
    let zone = almanac.zone(of: self)
    let calendar = almanac.calendar(of: self)
    let reach = calendar.map { $0.reach(through) } ?? (end: through, holds: nil)
    var due = DueSlots(through: max(after, reach.end), holds: reach.holds)
    // A day on either side, because a gap's slot or a market's moment may leave its date.
    var date = zone.local(after).date.adding(days: -1)
    let lastDate = zone.local(reach.end).date.adding(days: 1)
    var pending: [SlotSpan] = []
    while date <= lastDate {
      for instant in instants(on: date, zone, calendar)
      where instant > after && instant <= reach.end {
        pending.append(
          SlotSpan(first: instant, last: instant, count: 1, standing: standing(instant, calendar)))
      }
      date = date.adding(days: 1)
      if pending.count > limit { break }
    }
    pending.sort { $0.first < $1.first }
    due.spans = pending.reduce(into: []) { spans, span in
      // 02:15 and 02:45 that daylight saving removed both start when it ends: one slot, not two.
      if spans.last?.first != span.first { spans.append(span) }
    }
    if due.spans.count > limit {
      due.spans.removeLast(due.spans.count - limit)
      due.through = due.spans[limit - 1].last
      due.holds = nil
    }
    return due
  }

  private func instants(
    on date: CivilDate, _ zone: ZoneRules, _ calendar: TradingCalendar?
  ) -> [Instant] {
    switch timing {
    case .at(let time):
      return resolve(date, time, zone, everyHour: false)
    case .cron(let expression):
      guard expression.matches(date) else { return [] }
      return expression.times.flatMap {
        resolve(date, $0, zone, everyHour: expression.everyHour)
      }
    case .atMarket(let moment):
      guard case .session(let session)? = calendar?.day(date) else { return [] }
      return moment.instant(in: session, class: during?.instrumentClass).map { [$0] } ?? []
    case .every:
      return []
    }
  }

  private func resolve(
    _ date: CivilDate, _ time: TimeOfDay, _ zone: ZoneRules, everyHour: Bool
  ) -> [Instant] {
    switch zone.resolve(date, time) {
    case .once(let instant): return [instant]
    case .gap(let resumesAt): return everyHour || gap == .skip ? [] : [resumesAt]
    case .twice(let first, let second):
      if everyHour { return [first, second] }
      switch fold {
      case .first: return [first]
      case .second: return [second]
      case .both: return [first, second]
      }
    }
  }

  private func standing(_ instant: Instant, _ calendar: TradingCalendar?) -> SlotSpan.Standing {
    // `close+15m` names its own time of a session; its window only says which market.
    if case .atMarket = timing { return .open }
    guard let during, let calendar, !during.contains(instant, calendar) else { return .open }
    return .closed(during.closedReason(at: instant, calendar))
  }
}
