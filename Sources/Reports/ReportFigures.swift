import Desk
import TradingTime

/// All figures of a report, worked out once; the four forms only print them.
struct ReportFigures {
  let input: ReportInput
  let verdict: ReconciliationVerdict
  /// Accounts that were never compared on this session.
  let unreconciled: [String]
  let breaks: [OpenBreak]
  let missing: [String]
  /// Nil if no account has figures: the sum of nothing known is not zero.
  let totals: Totals?
  let curve: [CurvePoint]
  let performance: PerformanceFigures

  /// Sums over accounts; what one of them lacks is left out and counted in `incomplete`.
  struct Totals {
    var accounts = 0
    var realised = Money.zero
    var unrealised = Money.zero
    var gross = Money.zero
    var charges = Money.zero
    var net = Money.zero
    var turnover = Money.zero
    var exposure = Money.zero
    var incomplete = 0
    var fills = 0
    var orders = 0
    var rejected = 0
  }

  struct CurvePoint {
    let session: CivilDate
    let net: Money
    let cumulative: Money
  }

  struct PerformanceFigures {
    let sessions: Int
    let drawdown: Drawdown?
    let drawdownFrom: CivilDate?
    let drawdownTo: CivilDate?
    let sharpe: Double?
    let sortino: Double?
    let profitFactor: Double?
    let winRate: Double?
    let hasEquity: Bool
  }

  /// Whose sum the totals are.
  var totalsLabel: String {
    let (known, all) = (totals?.accounts ?? 0, input.accounts.count)
    return known == 0 || known == all ? "All" : "\(known) of \(all)"
  }

  init(_ input: ReportInput) {
    self.input = input
    breaks = input.accounts.flatMap(\.breaks).sorted(by: OpenBreak.worstFirst)
    unreconciled = input.accounts.filter { $0.reconciledAt == nil }.map(\.account.id)
    verdict = ReconciliationVerdict(breaks.map { ($0.identity, $0.type, $0.severity) })
    missing = Self.missing(input)
    totals = Self.totals(input)
    curve = Self.curve(input)
    performance = Self.performance(input, curve)
  }

  /// The first line. Real breaks come before missing data, which must not hide them; a session that
  /// was never compared is never clean.
  var verdictLine: String {
    switch verdict {
    case .breaks: return verdict.line
    case .notComparable(let layers):
      let books = layers.map { "\($0.rawValue) book" }
      return "NOT COMPARABLE: " + (books + unreconciledWords).joined(separator: ", ")
    case .clean, .explained:
      guard unreconciled.isEmpty, !input.accounts.isEmpty else {
        let words = input.accounts.isEmpty ? ["no accounts"] : unreconciledWords
        return "NOT COMPARABLE: " + words.joined(separator: ", ")
      }
      return verdict.line
    }
  }

  private var unreconciledWords: [String] { unreconciled.map { "\($0) not reconciled" } }

  enum Tone: String { case good, note, bad, unknown }

  var tone: Tone {
    switch verdict {
    case .breaks: .bad
    case .notComparable: .unknown
    case .clean, .explained:
      !unreconciled.isEmpty || input.accounts.isEmpty
        ? .unknown : (verdict == .clean ? .good : .note)
    }
  }

  private static func missing(_ input: ReportInput) -> [String] {
    var lines = input.missing
    for record in input.accounts {
      let id = record.account.id
      if record.positionsAt == nil { lines.append("\(id): no positions of this session on record") }
      if record.reconciledAt == nil { lines.append("\(id): not reconciled") }
      if record.figures == nil { lines.append("\(id): no figures rolled up") }
      if record.funds.isEmpty { lines.append("\(id): no limit statement on record") }
      for day in record.instruments where day.gross == nil {
        lines.append("\(id): no price for \(day.symbol) (\(day.key)); its profit is left out")
      }
      lines += record.instruments.compactMap { day in
        oldMark(of: day, input).map { "\(id): \(day.symbol) (\(day.key)) is valued at \($0)" }
      }
      for day in record.instruments where day.gross != nil && day.realised == nil {
        lines.append("\(id): the cost of \(day.symbol) carried in is unknown; only the day counts")
      }
      lines += record.notes.map { "\(id): \($0)" }
    }
    if input.session > ChargeRates.reviewedThrough {
      lines.append(
        "charges: the rates were last reviewed for trades through \(ChargeRates.reviewedThrough)")
    }
    return lines
  }

  /// Half an hour before the close: what seldom trades may have an older one rightly, and whoever reads
  /// the figures should know it.
  private static func oldMark(of day: InstrumentDay, _ input: ReportInput) -> String? {
    guard day.closing != 0, let markedAt = day.markedAt, let closedAt = input.closedAt,
      markedAt < closedAt - .seconds(1800)
    else { return nil }
    return "its price of \(input.zone.local(markedAt).time), the last that came"
  }

  private static func totals(_ input: ReportInput) -> Totals? {
    let known = input.accounts.compactMap(\.figures)
    if known.isEmpty { return nil }
    return known.reduce(into: Totals()) { sum, day in
      sum.accounts += 1
      sum.realised += day.realised
      sum.unrealised += day.unrealised
      sum.gross += day.gross
      sum.charges += day.charges
      sum.net += day.net
      sum.turnover += day.turnover
      sum.exposure += day.longExposure + day.shortExposure
      sum.incomplete += day.incomplete
      sum.fills += day.fills
      sum.orders += day.orders
      sum.rejected += day.rejectedOrders
    }
  }

  private static func curve(_ input: ReportInput) -> [CurvePoint] {
    let days = Dictionary(grouping: input.accounts.flatMap(\.history), by: \.session)
    var cumulative = Money.zero
    return days.sorted { $0.key < $1.key }.map { session, figures in
      let net = figures.map(\.net).total()
      cumulative += net
      return CurvePoint(session: session, net: net, cumulative: cumulative)
    }
  }

  /// Ratios need a capital to relate to: they are worked out only over the sessions on which every
  /// account has one declared.
  private static func performance(
    _ input: ReportInput, _ curve: [CurvePoint]
  ) -> PerformanceFigures {
    let results = TradeStatistics(curve.map(\.net))
    let days = Dictionary(grouping: input.accounts.flatMap(\.history), by: \.session)
    let whole = days.sorted { $0.key < $1.key }.compactMap { session, figures in
      let known = figures.compactMap(\.equity)
      return known.count == input.accounts.count
        ? (session: session, equity: known.total(), net: figures.map(\.net).total()) : nil
    }
    let start = whole.first.map { [$0.equity - $0.net] } ?? []
    let equity = start + whole.map(\.equity)
    let returns = Performance.dailyReturns(equity)
    let drawdown = Drawdown.deepest(in: equity)
    func session(_ index: Int) -> CivilDate? { index == 0 ? nil : whole[index - 1].session }
    return PerformanceFigures(
      sessions: curve.count, drawdown: drawdown,
      drawdownFrom: drawdown.flatMap { session($0.peakIndex) },
      drawdownTo: drawdown.flatMap { session($0.troughIndex) },
      sharpe: Performance.sharpe(returns), sortino: Performance.sortino(returns),
      profitFactor: results.profitFactor, winRate: results.winRate, hasEquity: !whole.isEmpty)
  }
}

/// Why the broker's booked profit is not ours, before charges: where its figure is what our fills
/// give by another method, the difference is that method's; the rest is unexplained.
struct BrokerBridge {
  let broker: Money
  let ours: Money
  let averageCost: Money
  let dayPool: Money
  let unexplained: Money

  /// Over the instruments where both sides have a figure; nil if there are none.
  init?(_ record: DayRecord) {
    let known = record.instruments.compactMap { day in
      day.brokerBooked.flatMap { broker in
        day.realised.map { (method: day.brokerMethod, broker: broker, ours: $0) }
      }
    }
    guard !known.isEmpty else { return nil }
    func difference(_ method: ProfitMethod?) -> Money {
      known.filter { $0.method == method }.map { $0.broker - $0.ours }.total()
    }
    broker = known.map(\.broker).total()
    ours = known.map(\.ours).total()
    averageCost = difference(.averageCost)
    dayPool = difference(.dayPool)
    unexplained = difference(nil) + difference(.firstInFirstOut)
  }
}
