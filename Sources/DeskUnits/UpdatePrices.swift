import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

/// The price of everything held, traded or watched, from the broker's candles, with the time at
/// which the exchange had it. Bars that are over are kept for the strategies.
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
    ])

  let tools: DeskTools

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
    var reader = CandleReader(
      tools: tools, account: try await signedIn(attempt), attempt: attempt, width: width)
    try await reader.read(Array(keys))
    if reader.quotes.isEmpty, let error = reader.firstError { throw UnitFailure(error) }
    let quotes = reader.quotes
    let newer = try await write(quotes, width, attempt)
    return result(reader, keys.count, newer: newer, attempt)
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

  /// All prices in one transaction. A price belongs to the session it was made in: what did not
  /// trade today has no mark of today.
  private func write(
    _ quotes: [Quote], _ width: BarWidth, _ attempt: Attempt
  ) async throws -> Int {
    let desk = tools.desk
    let bySession = Dictionary(grouping: quotes, by: \.session).sorted { $0.key < $1.key }
    return try await attempt.write { transaction in
      var newer = 0
      for (session, quotes) in bySession {
        newer += try await desk.upsert(quotes.map(\.price), session: session, on: transaction)
      }
      for quote in quotes where !quote.finishedBars.isEmpty {
        try await desk.upsert(
          quote.finishedBars, of: quote.price.key, interval: width.word, on: transaction)
      }
      for answer in quotes.flatMap(\.answers) {
        try await desk.note(rows: answer.rows, in: answer.id, on: transaction)
      }
      return newer
    }
  }

  private func result(
    _ reader: CandleReader, _ asked: Int, newer: Int, _ attempt: Attempt
  ) -> RunResult {
    let quotes = reader.quotes.sorted { $0.price.key < $1.price.key }
    let newest = quotes.map(\.price.at).max()
    let interval = attempt.job.schedule?.interval ?? .seconds(60 * (reader.width.minutes ?? 1440))
    let age = newest.map { tools.now() - $0 }
    let verdict: RunResult.Verdict
    if quotes.isEmpty {
      verdict = .noData
    } else if let age, age > interval * 2 {
      verdict = .staleInput
    } else {
      verdict = reader.notes.isEmpty ? .ok : .warn
    }
    attempt.say(
      "\(quotes.count) of \(asked) priced, \(newer) newer than before"
        + (age.map { ", the newest \(words($0)) old" } ?? ""))
    return RunResult(
      kind: Self.kind, verdict: verdict,
      figures: [
        "asked": JSONValue(asked), "priced": JSONValue(quotes.count), "newer": JSONValue(newer),
        "newest_at": JSONValue(newest), "notes": JSONValue(reader.notes),
      ],
      rows: quotes.map { quote in
        [
          "instrument": .string(quote.price.key.description), "last": JSONValue(quote.price.last),
          "previous_close": JSONValue(quote.price.previousClose), "at": JSONValue(quote.price.at),
          "source": .string(quote.price.source),
        ]
      })
  }
}
