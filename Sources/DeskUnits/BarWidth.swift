import Desk
import TradingTime

/// How wide the broker's bars are, by its own words, and when one of them is over.
///
/// The broker names a bar by its last trade, and the newest one is still growing. Only bars that
/// are over may reach a strategy: any other would let it see a price change after it had acted on
/// it.
struct BarWidth: Hashable, Sendable {
  let word: String
  /// Nil for bars of whole sessions.
  let minutes: Int64?

  static let words = [
    "1minute", "3minute", "5minute", "10minute", "15minute", "30minute", "60minute", "daily",
  ]
  static let standard = BarWidth(word: "5minute", minutes: 5)
  static let daily = BarWidth(word: "daily", minutes: nil)

  private init(word: String, minutes: Int64?) {
    self.word = word
    self.minutes = minutes
  }

  init?(word: String) {
    guard Self.words.contains(word) else { return nil }
    self.init(word: word, minutes: Int64(word.prefix { $0.isNumber }))
  }

  /// Late trades of a bar may still be on their way for this long after its end.
  static let settling = Duration.seconds(2)

  /// Bars that are over, counted from the session's open. A bar of a whole session is over with its
  /// day.
  func finished(
    _ candles: [Candle], by now: Instant, in session: CivilDate, calendar: TradingCalendar?
  ) -> [Candle] {
    guard let minutes else { return candles.filter { $0.tradedOn < session } }
    let span = Duration.seconds(minutes * 60)
    return candles.filter { candle in
      candle.tradedOn < session || end(of: candle, span, calendar) + Self.settling <= now
    }
  }

  private func end(
    of candle: Candle, _ span: Duration, _ calendar: TradingCalendar?
  ) -> Instant {
    let open = Self.open(on: candle.tradedOn, calendar)
    let index = (candle.endedAt - open).microseconds / span.microseconds
    return open + span * Double(index + (candle.endedAt < open ? 0 : 1))
  }

  /// When the last bar that is over began, be it one of the session before; nil where that cannot be
  /// told, and for bars of whole sessions.
  func lastFinishedBegan(
    by now: Instant, in session: CivilDate, calendar: TradingCalendar?
  ) -> Instant? {
    guard let minutes else { return nil }
    let span = Duration.seconds(minutes * 60)
    let open = Self.open(on: session, calendar)
    let past = now - Self.settling - open
    guard past >= span else { return Self.end(before: session, calendar).map { $0 - span } }
    return open + span * Double(past.microseconds / span.microseconds - 1)
  }

  /// The newest bar of a strategy must have ended after this: the last one that is over may be on its
  /// way, and one without a trade is none. Nil where `lastFinishedBegan` is.
  func oldestToActOn(
    by now: Instant, in session: CivilDate, calendar: TradingCalendar?
  ) -> Instant? {
    guard let minutes else { return nil }
    return lastFinishedBegan(by: now, in: session, calendar: calendar).map {
      $0 - .seconds(minutes * 60 * 2)
    }
  }

  /// When continuous trading ended in the last session before a date.
  private static func end(before date: CivilDate, _ calendar: TradingCalendar?) -> Instant? {
    (1...10).lazy.compactMap { calendar?.session(on: date.adding(days: -$0)) }.first?
      .phases.filter { $0.kind == .continuous }.map(\.end).max()
  }

  /// Bars are counted from 09:15 unless the calendar knows better.
  private static func open(on date: CivilDate, _ calendar: TradingCalendar?) -> Instant {
    let phases = calendar?.session(on: date)?.phases ?? []
    if let continuous = phases.first(where: { $0.kind == .continuous }) { return continuous.start }
    let usual = TimeOfDay(hour: 9, minute: 15) ?? .midnight
    return (calendar?.zone ?? .india).resolve(date, usual).earliest
  }
}
