import TradingTime

/// The days on which the simulated exchange trades: weekdays, less the holidays it knows, plus
/// full sessions held on a weekend. Where real prices were given, exactly their days.
struct SessionDays: Sendable {
  static let open = 9 * 3600 + 15 * 60
  static let close = 15 * 3600 + 30 * 60
  /// When brokers end intraday business in shares.
  static let squareOff = close - 10 * 60
  static let length = close - open

  private let recorded: Set<Int>
  private let recordedRange: ClosedRange<Int>?

  init(recorded: Set<Int> = []) {
    self.recorded = recorded
    if let first = recorded.min(), let last = recorded.max() {
      recordedRange = first...last
    } else {
      recordedRange = nil
    }
  }

  func isSession(_ day: Int) -> Bool {
    if let recordedRange, recordedRange.contains(day) { return recorded.contains(day) }
    if SessionDays.weekendSessions.contains(day) { return true }
    return !isWeekend(day) && !SessionDays.holidays.contains(day)
  }

  func isOpen(_ moment: MarketTime) -> Bool {
    isSession(moment.day) && (SessionDays.open..<SessionDays.close).contains(moment.second)
  }

  /// The last session before `day`. Bounded: no exchange has been closed for two weeks on end.
  func previous(to day: Int) -> Int {
    (1...14).lazy.map { day - $0 }.first(where: isSession) ?? day - 1
  }

  func next(after day: Int) -> Int {
    (1...14).lazy.map { day + $0 }.first(where: isSession) ?? day + 1
  }

  /// 1970-01-01 was a Thursday.
  private func isWeekend(_ day: Int) -> Bool {
    let weekday = ((day + 3) % 7 + 7) % 7
    return weekday >= 5
  }

  private static let weekendSessions = days([(2025, 2, [1]), (2026, 2, [1])])

  /// NSE's trading holidays of the cash segment that fall on weekdays, as notified for 2025 and
  /// 2026. Other years trade on every weekday here.
  private static let holidays = days([
    (2025, 2, [26]), (2025, 3, [14, 31]), (2025, 4, [10, 14, 18]), (2025, 5, [1]),
    (2025, 8, [15, 27]), (2025, 10, [2, 21, 22]), (2025, 11, [5]), (2025, 12, [25]),
    (2026, 1, [15, 26]), (2026, 3, [3, 26, 31]), (2026, 4, [3, 14]), (2026, 5, [1, 28]),
    (2026, 6, [26]), (2026, 9, [14]), (2026, 10, [2, 20]), (2026, 11, [10, 24]),
    (2026, 12, [25]),
  ])

  private static func days(_ months: [(year: Int, month: Int, days: [Int])]) -> Set<Int> {
    Set(
      months.flatMap { entry in
        entry.days.compactMap {
          CivilDate(year: entry.year, month: entry.month, day: $0)?.daysSinceEpoch
        }
      })
  }
}
