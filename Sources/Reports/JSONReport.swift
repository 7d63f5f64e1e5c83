import Desk
import TradingTime

/// The report for programs. Amounts are exact texts with two decimals, times carry their offset,
/// null is missing; keys come in a fixed order.
struct JSONReport {
  private let figures: ReportFigures
  private var input: ReportInput { figures.input }

  init(_ figures: ReportFigures) {
    self.figures = figures
  }

  func render() -> String {
    JSONTree.object([
      ("session", .text("\(input.session)")), ("mode", .text(input.mode.rawValue)),
      ("verdict", .text(figures.verdictLine)), ("missing", .texts(figures.missing)),
      ("totals", totals), ("accounts", .array(input.accounts.map(account))),
      ("breaks", .array(figures.breaks.map(discrepancy))), ("performance", performance),
      ("curve", .array(figures.curve.map(point))), ("jobs", .array(input.jobs.jobs.map(job))),
      (
        "next_session",
        .object([
          ("date", .optional(input.next.date?.description)), ("facts", .texts(input.next.facts)),
        ])
      ),
    ]).render() + "\n"
  }

  private var totals: JSONTree {
    guard let sum = figures.totals else { return .null }
    return .object([
      ("gross", .amount(sum.gross)), ("charges", .amount(sum.charges)), ("net", .amount(sum.net)),
      ("realised", .amount(sum.realised)), ("unrealised", .amount(sum.unrealised)),
      ("turnover", .amount(sum.turnover)), ("gross_exposure", .amount(sum.exposure)),
      ("incomplete", .whole(sum.incomplete)), ("orders", .whole(sum.orders)),
      ("rejected_orders", .whole(sum.rejected)), ("fills", .whole(sum.fills)),
    ])
  }

  private func account(_ record: DayRecord) -> JSONTree {
    let day = record.figures
    return .object([
      ("account", .text(record.account.id)), ("name", .text(record.account.name)),
      ("positions_at", time(record.positionsAt)), ("reconciled_at", time(record.reconciledAt)),
      ("gross", .amount(day?.gross)), ("charges", .amount(day?.charges)),
      ("net", .amount(day?.net)), ("realised", .amount(day?.realised)),
      ("unrealised", .amount(day?.unrealised)), ("turnover", .amount(day?.turnover)),
      ("long_exposure", .amount(day?.longExposure)),
      ("short_exposure", .amount(day?.shortExposure)),
      ("broker_booked", .amount(day?.brokerBooked)),
      ("broker_unrealised", .amount(day?.brokerUnrealised)), ("cash", .amount(day?.cash)),
      ("equity", .amount(day?.equity)), ("orders", .optionalWhole(day?.orders)),
      ("rejected_orders", .optionalWhole(day?.rejectedOrders)),
      ("fills", .optionalWhole(day?.fills)),
      ("open_positions", .optionalWhole(day?.openPositions)),
      ("incomplete", .optionalWhole(day?.incomplete)), ("bridge", bridge(record)),
      ("instruments", .array(record.instruments.map(instrument))),
      ("funds", .array(record.funds.map { funds($0, record.fundsAt) })),
    ])
  }

  private func bridge(_ record: DayRecord) -> JSONTree {
    guard let bridge = BrokerBridge(record) else { return .null }
    return .object([
      ("broker_booked", .amount(bridge.broker)), ("ours", .amount(bridge.ours)),
      ("average_cost", .amount(bridge.averageCost)), ("day_pool", .amount(bridge.dayPool)),
      ("unexplained", .amount(bridge.unexplained)),
    ])
  }

  private func instrument(_ day: InstrumentDay) -> JSONTree {
    .object([
      ("key", .text("\(day.key)")), ("symbol", .text(day.symbol)),
      ("opening", .whole(Int(day.opening))), ("bought", .whole(Int(day.bought))),
      ("sold", .whole(Int(day.sold))), ("closing", .whole(Int(day.closing))),
      ("broker_quantity", .optionalWhole(day.brokerQuantity.map(Int.init))),
      ("previous_close", .amount(day.previousClose)), ("mark", .amount(day.mark)),
      ("marked_at", time(day.markedAt)), ("gross", .amount(day.gross)),
      ("charges", .amount(day.charges)), ("net", .amount(day.net)),
      ("realised", .amount(day.realised)), ("unrealised", .amount(day.unrealised)),
      ("average_realised", .amount(day.averageRealised)),
      ("pool_realised", .amount(day.poolRealised)),
      ("broker_method", .optional(day.brokerMethod?.rawValue)),
      ("broker_booked", .amount(day.brokerBooked)),
      ("broker_unrealised", .amount(day.brokerUnrealised)),
    ])
  }

  private func funds(_ statement: BrokerFunds, _ at: Instant?) -> JSONTree {
    .object([
      ("exchange", .text(statement.exchange)), ("cash", .amount(statement.cash)),
      ("as_of", time(at)),
      (
        "figures",
        .object(statement.figures.sorted { $0.key < $1.key }.map { ($0.key, .amount($0.value)) })
      ),
    ])
  }

  private func discrepancy(_ found: OpenBreak) -> JSONTree {
    .object([
      ("account", .text(found.identity.accountID)),
      ("layer", .text(found.identity.layer.rawValue)), ("key", .text(found.identity.key)),
      ("symbol", .text(found.symbol)), ("type", .text(found.type.rawValue)),
      ("severity", .text(found.severity.word)), ("ours", .text(found.ours)),
      ("theirs", .text(found.theirs)), ("difference", .text(found.difference)),
      ("money_at_risk", .amount(found.moneyAtRisk)),
      ("first_seen_on", .text("\(found.firstSeenOn)")),
      ("age_in_sessions", .whole(found.ageInSessions)),
    ])
  }

  private var performance: JSONTree {
    let figures = figures.performance
    return .object([
      ("sessions", .whole(figures.sessions)), ("drawdown", .amount(figures.drawdown?.amount)),
      ("drawdown_fraction", .ratio(figures.drawdown?.fraction)),
      ("sharpe_252", .ratio(figures.sharpe)), ("sortino_252", .ratio(figures.sortino)),
      ("profit_factor_by_day", .ratio(figures.profitFactor)),
      ("winning_days", .ratio(figures.winRate)),
    ])
  }

  private func point(_ point: ReportFigures.CurvePoint) -> JSONTree {
    .object([
      ("session", .text("\(point.session)")), ("net", .amount(point.net)),
      ("cumulative", .amount(point.cumulative)),
    ])
  }

  private func job(_ job: JobDay) -> JSONTree {
    .object([
      ("job", .text(job.name)), ("runs", .whole(job.marks.count)),
      ("on_time", .whole(job.count(.onTime))), ("late", .whole(job.count(.late))),
      ("failed", .whole(job.count(.failed))), ("skipped", .whole(job.count(.skipped))),
      (
        "worst_lateness_ms",
        .optionalWhole(job.worstLateness.map { Int($0 / .milliseconds(1)) })
      ),
      (
        "troubles",
        .array(
          job.troubles.map { trouble in
            .object([
              ("at", time(trouble.at)), ("item", .optional(trouble.item)),
              ("ending", .text(trouble.ending.rawValue)), ("reason", .text(trouble.reason)),
            ])
          })
      ),
    ])
  }

  private func time(_ instant: Instant?) -> JSONTree {
    .optional(instant?.rfc3339(in: input.zone))
  }
}
