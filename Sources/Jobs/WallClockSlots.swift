import TradingTime

/// Slots of `at:` and `cron:` schedules: local dates are walked, and each time of a date is put
/// through the zone's rules for gaps and folds.
extension Schedule {
  func wallClockSlots(
    _ after: Instant, _ through: Instant, _ almanac: Almanac, _ limit: Int
  ) -> DueSlots {
    let calendar = almanac.calendar(of: self)
    let zone = walkedZone(almanac, calendar)
    let reach = wallClockReach(through, calendar)
    var due = DueSlots(through: max(after, reach.end), holds: reach.holds)
    var date = zone.local(after).date.adding(days: -margin)
    let lastDate = zone.local(reach.end).date.adding(days: margin)
    while date <= lastDate && due.spans.count <= limit {
      let instants = instants(on: date, zone, calendar).sorted()
        .filter { after < $0 && $0 <= reach.end }
      let standings = standings(of: instants, on: date, calendar)
      for (instant, standing) in zip(instants, standings) {
        // 02:15 and 02:45 that daylight saving removed both start when it ends: one slot, not two.
        if due.spans.last.map({ $0.first < instant }) ?? true {
          due.spans.append(SlotSpan(instant, standing))
        }
      }
      date = date.adding(days: 1)
    }
    if due.spans.count > limit {
      due.spans.removeLast(due.spans.count - limit)
      due.through = due.spans.last?.last ?? after
      due.holds = nil
    }
    return due
  }

  /// A market's moments belong to its own dates.
  private func walkedZone(_ almanac: Almanac, _ calendar: TradingCalendar?) -> ZoneRules {
    if case .atMarket = timing, let calendar { return calendar.zone }
    return almanac.zone(of: self)
  }

  /// A gap's slot or a market's moment may leave its date.
  private var margin: Int {
    guard case .atMarket(let moment) = timing else { return 1 }
    return moment.days
  }

  private func instants(
    on date: CivilDate, _ zone: ZoneRules, _ calendar: TradingCalendar?
  ) -> [Instant] {
    switch timing {
    case .at(let time):
      return resolve(date, time, zone, nil)
    case .cron(let expression):
      guard expression.matches(date) else { return [] }
      return expression.times.flatMap { resolve(date, $0, zone, expression) }
    case .atMarket(let moment):
      switch calendar?.day(date) {
      case .session(let session)?:
        return moment.instant(in: session, class: during?.instrumentClass).map { [$0] } ?? []
      case .hoursUnknown?: return calendar.map { [moment.latest(on: date, $0)] } ?? []
      default: return []
      }
    case .every:
      return []
    }
  }

  private func resolve(
    _ date: CivilDate, _ time: TimeOfDay, _ zone: ZoneRules, _ cron: CronExpression?
  ) -> [Instant] {
    switch zone.resolve(date, time) {
    case .once(let instant): return [instant]
    case .gap(let resumesAt):
      if gap == .skip { return [] }
      // The hour that vanished needs no run of its own where the next hour has one anyway.
      let hasVanished = zone.local(resumesAt).time.hour != time.hour
      return cron?.isEveryHour == true && hasVanished ? [] : [resumesAt]
    case .twice(let first, let second):
      if cron?.countsElapsedTime == true { return [first, second] }
      switch fold {
      case .first: return [first]
      case .second: return [second]
      case .both: return [first, second]
      }
    }
  }

  private func standings(
    of instants: [Instant], on date: CivilDate, _ calendar: TradingCalendar?
  ) -> [SlotSpan.Standing] {
    guard let during, let calendar, let first = instants.first, let last = instants.last else {
      return instants.map { _ in .open }
    }
    // `close+15m` names its own time of a session; its window only says which market.
    if case .atMarket = timing {
      guard case .hoursUnknown = calendar.day(date) else { return instants.map { _ in .open } }
      return instants.map { _ in .closed(during.closedReason(on: date, calendar)) }
    }
    let openings = during.windows(in: calendar, overlapping: first, last)
    return instants.map { instant in
      openings.contains { $0.contains(instant) }
        ? .open : .closed(during.closedReason(at: instant, calendar))
    }
  }
}

/// How far a schedule can be told.
extension Schedule {
  /// A market's moment of a day whose hours are not loaded cannot be told before that day is over:
  /// until then somebody may load them. Then it is closed, with that reason.
  private func wallClockReach(
    _ through: Instant, _ calendar: TradingCalendar?
  ) -> (end: Instant, holds: String?) {
    guard let calendar else { return (through, nil) }
    guard case .atMarket(let moment) = timing else { return calendar.reach(through) }
    let reach = calendar.reach(through, lessAtEnd: .seconds(min(0, moment.offsetSeconds)))
    let today = calendar.zone.local(reach.end).date
    for date in (-moment.days...moment.days).map({ today.adding(days: $0) }) {
      guard case .hoursUnknown(let note) = calendar.day(date) else { continue }
      let earliest = moment.earliest(on: date, calendar)
      guard earliest <= reach.end, reach.end < moment.latest(on: date, calendar) else { continue }
      return (
        Instant(microseconds: earliest.microseconds - 1),
        "\(calendar.market) has a session on \(date) whose hours are not loaded: \(note)"
      )
    }
    return reach
  }
}

extension MarketMoment {
  /// How many dates around a session its moment may fall on.
  fileprivate var days: Int { Int(offsetSeconds.magnitude / 86_400) + 2 }

  /// The bounds of this moment on a date whose hours are not known.
  fileprivate func earliest(on date: CivilDate, _ calendar: TradingCalendar) -> Instant {
    calendar.zone.resolve(date, .midnight).earliest + .seconds(offsetSeconds)
  }

  /// Stands for the moment where the hours were never loaded.
  fileprivate func latest(on date: CivilDate, _ calendar: TradingCalendar) -> Instant {
    earliest(on: date.adding(days: 1), calendar) - .seconds(60)
  }
}
