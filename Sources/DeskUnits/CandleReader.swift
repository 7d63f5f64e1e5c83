import Desk
import DeskStore
import JobStore
import Postgres
import TradingTime

/// What the candles of one instrument say: its price now, and the bars that are over since the last
/// one.
struct Quote: Sendable {
  let price: Price
  let finishedBars: [Candle]
  let answers: [(id: Int64, rows: Int)]
}

/// Reads candles instrument by instrument while time is left.
struct CandleReader {
  /// What was read must be written before the attempt ends, also if the last read hangs.
  private static let timeToWrite = Duration.seconds(2)

  let tools: DeskTools
  let account: Account
  let attempt: Attempt
  let width: BarWidth
  private(set) var quotes: [Quote] = []
  /// Which instruments have no price, and why.
  private(set) var notes: [String] = []
  private(set) var firstError: BrokerError?

  init(tools: DeskTools, account: Account, attempt: Attempt, width: BarWidth) {
    self.tools = tools
    self.account = account
    self.attempt = attempt
    self.width = width
  }

  /// - Throws: `UnitFailure` if the account is not signed in any more.
  mutating func read(
    _ keys: [InstrumentKey], known latest: [InstrumentKey: Price],
    kept: [InstrumentKey: Instant]
  ) async throws {
    let ordered = keys.sorted {
      (latest[$0]?.at.microseconds ?? 0, $0) < (latest[$1]?.at.microseconds ?? 0, $1)
    }
    for (place, key) in ordered.enumerated() {
      guard attempt.remaining > Self.timeToWrite else {
        note("no time left for \(ordered.count - place) of \(ordered.count) instruments")
        return
      }
      do {
        let quote = try await quote(of: key, since: latest[key], kept: kept[key])
        if let quote { quotes.append(quote) } else { note("\(key): the broker has no candles") }
      } catch let error as BrokerError {
        if case .notSignedIn = error { throw UnitFailure(error) }
        firstError = firstError ?? error
        note("\(key): \(error)")
        switch error {
        case .unavailable, .timedOut: return
        case .notSignedIn, .refused, .unreadable, .incomplete: break
        }
      }
    }
  }

  private mutating func note(_ sentence: String) {
    notes.append(sentence)
    attempt.say(sentence)
  }

  private func quote(
    of key: InstrumentKey, since known: Price?, kept: Instant?
  ) async throws -> Quote? {
    let answer = try await candles(key, width)
    guard let newest = answer.value.max(by: { $0.endedAt < $1.endedAt }) else { return nil }
    var answers = [(answer.id, answer.rows)]
    var previousClose: Money?
    let isOfThisSession = known.map { ZoneRules.india.local($0.at).date } == newest.tradedOn
    // The feed need not tell the close.
    if !isOfThisSession || known?.source == Price.feed && known?.previousClose == nil {
      (previousClose, answers) = try await close(
        of: key, before: newest.tradedOn, answer.value, answers)
    }
    // A bar that is not over yet ends later than now, and a price to come would shut out the feed's.
    let price = Price(
      key: key, last: newest.close, previousClose: previousClose,
      at: min(newest.endedAt, answer.receivedAt), source: "candles/\(width.word)")
    guard let price else { return nil }
    let finished = width.finished(
      answer.value, by: tools.now(), in: attempt.claim.businessDate,
      calendar: tools.calendar(of: attempt))
    return Quote(
      price: price, finishedBars: newer(finished, than: kept), answers: answers)
  }

  /// Those that are not on record, however many were missed.
  private func newer(_ bars: [Candle], than kept: Instant?) -> [Candle] {
    guard let kept, width.minutes != nil else { return bars }
    return bars.filter { $0.endedAt > kept }
  }

  /// The close of the session before the price's own, asked for with its first price: bars of whole
  /// days have the exchange's own, and where they cannot be had the last trade of that session
  /// stands in.
  private func close(
    of key: InstrumentKey, before session: CivilDate, _ candles: [Candle],
    _ answers: [(id: Int64, rows: Int)]
  ) async throws -> (Money?, [(id: Int64, rows: Int)]) {
    func close(_ candles: [Candle]) -> Money? {
      candles.filter { $0.tradedOn < session }.max { $0.endedAt < $1.endedAt }?.close
    }
    guard width != .daily else { return (close(candles), answers) }
    do {
      let daily = try await self.candles(key, .daily)
      return (close(daily.value) ?? close(candles), answers + [(daily.id, daily.rows)])
    } catch let error as BrokerError {
      if case .notSignedIn = error { throw error }
      attempt.say("\(key): no close of the session before: \(error)")
      return (close(candles), answers)
    }
  }

  private func candles(
    _ key: InstrumentKey, _ width: BarWidth
  ) async throws -> KeptAnswer<[Candle]> {
    let book = Book.candles(
      exchange: key.exchange, scripCode: key.scripCode, interval: width.word)
    let (tools, account, attempt) = (tools, account, attempt)
    let request = "GET historical/\(key.exchange)/\(key.scripCode)/\(width.word)"
    return try await ending(within: attempt.remaining - Self.timeToWrite, request) {
      try await tools.ask(book, for: account, attempt, reading: tools.broker.candles)
    }
  }
}
