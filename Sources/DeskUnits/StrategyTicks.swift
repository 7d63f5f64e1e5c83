import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

/// Asks a built-in strategy which positions it wants, and records the answer with every reason.
///
/// No order is sent from here. A tick is not safe to repeat: a second answer to the same minute
/// would be an answer to another market.
struct StrategyTicks: WorkUnit {
  static let kind = "targets"
  static let description = UnitDescription(
    name: "strategy-tick",
    summary: "asks a strategy which positions it wants, and records them; sends no order",
    isIdempotent: false, resultKind: kind,
    parameters: [
      .init("strategy", .text, "sma-cross or rsi-revert", isRequired: true),
      .init("universe", .list, "instruments to look at; absent: what the account holds or traded"),
      .init("interval", .text, "width of the bars, as update-prices keeps them"),
      .init("stale_after", .duration, "prices older than this are no prices; 45s by default"),
    ] + ownParameters.map { .init($0.name, .text, $0.summary) })

  /// What the strategies themselves take; which of them takes what, they say.
  private static let ownParameters = [
    (name: "fast", summary: "sma-cross: bars of the fast average"),
    (name: "slow", summary: "sma-cross: bars of the slow average"),
    (name: "may_short", summary: "sma-cross: whether it may sell short"),
    (name: "length", summary: "rsi-revert: bars of the index"),
    (name: "trend", summary: "rsi-revert: bars of the trend's average"),
    (name: "enter_below", summary: "rsi-revert: buys below"),
    (name: "leave_above", summary: "rsi-revert: sells above"),
    (name: "quantity", summary: "units it wants of each instrument"),
  ]

  let tools: DeskTools

  func run(_ attempt: Attempt) async throws -> RunResult {
    let account = try await tools.account(of: attempt)
    let parameters = Parameters(attempt)
    let strategy = try Self.strategy(parameters)
    let (session, now) = (attempt.claim.businessDate, tools.now())
    let width = try parameters.barWidth()
    let question = Question(
      account: account.id, session: session, at: now,
      universe: try parameters.instruments("universe"), width: width,
      oldestBar: width.oldestToActOn(
        by: now, in: session, calendar: tools.calendar(of: attempt)),
      staleAfter: try parameters.span("stale_after", default: .seconds(45)))
    guard tools.isToday(attempt) else {
      return nothing("a tick of \(question.session) would act on today's prices", attempt)
    }
    let answered: Answered?
    do {
      answered = try await attempt.write { transaction in
        try await answer(question, strategy, on: transaction)
      }
    } catch let refusal as DeskRefusal {
      if case .notOpened = refusal { return nothing(refusal.description, attempt) }
      throw refusal
    }
    guard let answered else { return nothing("\(account.id) holds and traded nothing", attempt) }
    return result(answered, strategy, attempt)
  }

  private static func strategy(_ parameters: Parameters) throws -> BuiltInStrategy {
    guard let name = parameters.text("strategy") else {
      throw UnitFailure(
        "'with' names no strategy; strategies are: "
          + BuiltInStrategy.names.joined(separator: ", "))
    }
    do {
      return try BuiltInStrategy(
        named: name, parameters: parameters.texts(ownParameters.map(\.name)))
    } catch {
      throw UnitFailure(error.description)
    }
  }

  private func nothing(_ reason: String, _ attempt: Attempt) -> RunResult {
    attempt.say(reason)
    return RunResult(kind: Self.kind, verdict: .noData, figures: ["reason": .string(reason)])
  }

  // MARK: The tick

  struct Question: Sendable {
    let account: String
    let session: CivilDate
    let at: Instant
    let universe: [InstrumentKey]
    let width: BarWidth
    /// Of the newest bar.
    let oldestBar: Instant?
    let staleAfter: Duration
  }

  struct Answered: Sendable {
    let tick: StrategyTick
    let answer: StrategyAnswer
    let isArmed: Bool
  }

  /// Positions are our ledger's: what the broker shows besides is a break, and no reason to trade.
  private func answer(
    _ question: Question, _ strategy: BuiltInStrategy, on database: any Queryable
  ) async throws -> Answered? {
    let desk = tools.desk
    let ledger = try await desk.ledgerBooks(
      of: question.account, on: question.session, database: database)
    let universe = question.universe.isEmpty ? ledger.positions.map(\.key) : question.universe
    guard !universe.isEmpty else { return nil }
    var closes: [InstrumentKey: [Money]] = [:]
    var old: [InstrumentKey: Instant] = [:]
    for key in universe {
      // Twice the warm-up, so that smoothed averages have forgotten where they began.
      let bars = try await desk.recentCloses(
        of: key, interval: question.width.word, endedBy: question.at,
        count: strategy.warmUp * 2, on: database)
      closes[key] = bars.closes
      if let end = bars.endedAt, let oldest = question.oldestBar, end < oldest { old[key] = end }
    }
    let tick = StrategyTick(
      at: question.at, universe: universe,
      positions: Dictionary(ledger.positions.map { ($0.key, $0.closing) }) { $0 + $1 },
      prices: try await desk.latestPrices(of: universe, on: database), closes: closes,
      closesOfThePast: old, staleAfter: question.staleAfter)
    let answer = strategy.answer(to: tick)
    try await desk.record(
      answer, of: strategy.name, tick: tick, account: question.account, on: database)
    let switches = try await desk.strategySwitches(on: database)
    return Answered(
      tick: tick, answer: answer,
      isArmed: switches.contains {
        $0.accountID == question.account && $0.strategy == strategy.name && $0.isArmed
      })
  }

  private func result(
    _ answered: Answered, _ strategy: BuiltInStrategy, _ attempt: Attempt
  ) -> RunResult {
    let (tick, answer) = (answered.tick, answered.answer)
    let targets = Dictionary(answer.targets.map { ($0.key, $0) }) { _, last in last }
    let hasBars = tick.universe.contains { (tick.closes[$0]?.count ?? 0) >= strategy.warmUp }
    for key in tick.universe.sorted() {
      let why = targets[key]?.why ?? answer.withheld[key] ?? "no opinion"
      attempt.say("\(key): \(targets[key].map { "wants \($0.quantity)" } ?? "no opinion"), \(why)")
    }
    return RunResult(
      kind: Self.kind,
      // Enough bars and still no opinion on anything: then no price was good.
      verdict: !targets.isEmpty ? .ok : hasBars ? .staleInput : .noData,
      figures: [
        "strategy": .string(strategy.name), "mode": .string(tools.desk.mode.rawValue),
        "armed": .bool(answered.isArmed), "looked_at": JSONValue(tick.universe.count),
        "targets": JSONValue(targets.count), "withheld": JSONValue(answer.withheld.count),
        "ticked_at": JSONValue(tick.at),
      ],
      rows: tick.universe.sorted().map { key in
        [
          "instrument": .string(key.description), "held": .integer(tick.positions[key] ?? 0),
          "target": JSONValue(targets[key]?.quantity), "limit": JSONValue(targets[key]?.limit),
          "why": .string(targets[key]?.why ?? answer.withheld[key] ?? "no opinion"),
          "price": JSONValue(tick.prices[key]?.last), "price_at": JSONValue(tick.prices[key]?.at),
        ]
      })
  }
}
