import Desk
import JobStore
import Jobs
import TradingTime

/// What an update of prices found: each price with where it came from and how old it is.
struct PriceResult {
  let tools: DeskTools
  let attempt: Attempt
  let asked: Int
  /// What the feed had written, fresh enough.
  let fed: [InstrumentKey: Price]
  var quotes: [Quote] = []
  var notes: [String] = []
  var newer = 0
  var width = BarWidth.standard

  /// The newer of both; the feed's where they are of one moment.
  private var prices: [Price] {
    quotes.map(\.price).reduce(into: fed) { prices, price in
      if let known = prices[price.key], known.at >= price.at { return }
      prices[price.key] = price
    }.values.sorted { $0.key < $1.key }
  }

  var result: RunResult {
    let (prices, now) = (prices, tools.now())
    let newest = prices.map(\.at).max()
    let age = newest.map { now - $0 }
    let ofFeed = prices.count { $0.source == Price.feed }
    attempt.say(
      "\(prices.count) of \(asked) priced, "
        + (ofFeed > 0 ? "\(ofFeed) by the feed, " : "") + "\(newer) newer than before"
        + (age.map { ", the newest \(words($0)) old" } ?? ""))
    return RunResult(
      kind: UpdatePrices.kind, verdict: verdict(newest, now),
      figures: [
        "asked": JSONValue(asked), "priced": JSONValue(prices.count), "newer": JSONValue(newer),
        "by_feed": JSONValue(ofFeed), "by_candles": JSONValue(prices.count - ofFeed),
        "newest_at": JSONValue(newest), "notes": JSONValue(notes),
      ],
      rows: prices.map { price in
        [
          "instrument": .string(price.key.description), "last": JSONValue(price.last),
          "previous_close": JSONValue(price.previousClose), "at": JSONValue(price.at),
          "age_seconds": .integer((now - price.at).components.seconds),
          "source": .string(price.source),
        ]
      })
  }

  private func verdict(_ newest: Instant?, _ now: Instant) -> RunResult.Verdict {
    guard let newest else { return .noData }
    let interval = attempt.job.schedule?.interval ?? .seconds(60 * (width.minutes ?? 1440))
    if lastTraded(by: now) - newest > interval * 2 { return .staleInput }
    return notes.isEmpty ? .ok : .warn
  }

  /// Shares have no new price once they are not traded continuously; derivatives trade on, for
  /// minutes that the calendar of shares does not know.
  private func lastTraded(by now: Instant) -> Instant {
    guard prices.allSatisfy(\.key.isCash) else { return now }
    let session = tools.calendar(of: attempt)?.session(on: attempt.claim.businessDate)
    return session?.lastContinuous(by: now) ?? now
  }
}
