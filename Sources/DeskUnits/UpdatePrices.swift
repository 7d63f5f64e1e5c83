import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

/// The price of everything held, traded or watched, with the time at which the exchange had it. A
/// price that the feed has just written stands; for the others the broker's candles are asked, and
/// for every instrument once a bar is over, because bars are kept for the strategies.
///
/// Whoever waited longest is asked for first, so that where time does not suffice for all, all get
/// their turn.
struct UpdatePrices: WorkUnit {
  static let kind = "prices"
  static let description = UnitDescription(
    name: "update-prices",
    summary: "asks the broker for the price of everything held, traded or watched",
    isIdempotent: true, resultKind: kind,
    parameters: [
      .init("watch", .list, "instruments to price besides those held, such as NC:2885"),
      .init("interval", .text, "width of the bars that are kept: 1minute … 60minute, daily"),
      .init("feed_within", .duration, "how old a price of the feed may be to be enough; 30s"),
    ])

  let tools: DeskTools
  let mostlyWaits = true

  func run(_ attempt: Attempt) async throws -> RunResult {
    let parameters = Parameters(attempt)
    let width = try parameters.barWidth()
    let watched = try parameters.instruments("watch")
    guard tools.isToday(attempt) else {
      return nothing("prices of \(attempt.claim.businessDate) cannot be had any more", attempt)
    }
    let held = try await tools.desk.instrumentsToPrice(on: attempt.store.pool)
    let keys = Set(held).union(watched)
    guard !keys.isEmpty else { return nothing("nothing is held, traded or watched", attempt) }
    let limit = try parameters.span("feed_within", default: .seconds(30))
    let latest = try await tools.desk.latestPrices(of: Array(keys), on: attempt.store.pool)
    let fed = latest.filter {
      $0.value.source == Price.feed && !$0.value.isStale(at: tools.now(), limit: limit)
    }
    let kept = try await tools.desk.lastCandleEnds(
      of: Array(keys), interval: width.word, on: attempt.store.pool)
    let asked = keys.subtracting(fed.keys)
      .union(lackingBars(Set(fed.keys), kept, width, attempt))
    guard !asked.isEmpty else {
      return PriceResult(tools: tools, attempt: attempt, asked: keys.count, fed: fed).result
    }
    var reader = CandleReader(
      tools: tools, account: try await signedIn(attempt), attempt: attempt, width: width)
    try await reader.read(Array(asked), known: latest, kept: kept)
    if reader.quotes.isEmpty, fed.isEmpty, let error = reader.firstError {
      throw UnitFailure(error)
    }
    let quotes = reader.quotes
    let newer = try await write(quotes, width, attempt)
    return PriceResult(
      tools: tools, attempt: attempt, asked: keys.count, fed: fed, quotes: quotes,
      notes: reader.notes, newer: newer, width: width
    ).result
  }

  /// Those of which the bar that was over last is not on record.
  private func lackingBars(
    _ fed: Set<InstrumentKey>, _ kept: [InstrumentKey: Instant], _ width: BarWidth,
    _ attempt: Attempt
  ) -> Set<InstrumentKey> {
    let begun = width.lastFinishedBegan(
      by: tools.now(), in: attempt.claim.businessDate, calendar: tools.calendar(of: attempt))
    guard let begun else { return fed.filter { width.minutes == nil || kept[$0] == nil } }
    return fed.filter { key in kept[key].map { $0 < begun } ?? true }
  }

  private func nothing(_ reason: String, _ attempt: Attempt) -> RunResult {
    attempt.say(reason)
    return RunResult(kind: Self.kind, verdict: .noData, figures: ["reason": .string(reason)])
  }

  /// Any account's sign-in will do: prices are everyone's.
  private func signedIn(_ attempt: Attempt) async throws -> Account {
    let accounts = try await tools.desk.accounts(onlyEnabled: true, on: attempt.store.pool)
    guard let account = accounts.first(where: { tools.whyNotSignedIn($0) == nil }) else {
      throw UnitFailure(
        accounts.isEmpty
          ? "no account is enabled; run: muhurat account add"
          : accounts.compactMap { tools.whyNotSignedIn($0) }.joined(separator: "; "))
    }
    return account
  }

  /// All prices in one transaction.
  private func write(
    _ quotes: [Quote], _ width: BarWidth, _ attempt: Attempt
  ) async throws -> Int {
    let desk = tools.desk
    return try await attempt.write { transaction in
      let newer = try await desk.upsert(quotes.map(\.price), on: transaction)
      for quote in quotes where !quote.finishedBars.isEmpty {
        try await desk.upsert(
          quote.finishedBars, of: quote.price.key, interval: width.word, on: transaction)
      }
      try await transaction.run(desk.noting(quotes.flatMap(\.answers)), deadline: nil)
      return newer
    }
  }
}
