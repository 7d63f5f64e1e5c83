import Desk
import TradingTime

/// The report for a terminal and for the plain part of a mail.
struct TextReport {
  private let figures: ReportFigures
  private var input: ReportInput { figures.input }

  init(_ figures: ReportFigures) {
    self.figures = figures
  }

  func render() -> String {
    let sections = [
      header, missing, breaks, accounts, instruments, bridge, funds, performance, jobs, next,
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var header: String {
    let mode = input.mode == .paper ? " (paper trading)" : ""
    return "\(figures.verdictLine)\n\nEnd of day, \(Wording.date(input.session))\(mode)"
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\(title.uppercased())\n" + lines.joined(separator: "\n")
  }

  private var missing: String {
    section("Missing or odd", figures.missing.map { "- \($0)" })
  }

  private var accounts: String {
    var table = TextTable([
      .left("Account"), .right("Gross"), .right("Charges"), .right("Net"), .right("Realised"),
      .right("Unrealised"), .right("Turnover"),
    ])
    for record in input.accounts {
      let day = record.figures
      table.add([
        record.account.name, Wording.gain(day?.gross), Wording.rupees(day?.charges),
        Wording.gain(day?.net), Wording.gain(day?.realised), Wording.gain(day?.unrealised),
        Wording.rupees(day?.turnover),
      ])
    }
    if input.accounts.count > 1 {
      let sum = figures.totals
      table.add([
        figures.totalsLabel, Wording.gain(sum?.gross), Wording.rupees(sum?.charges),
        Wording.gain(sum?.net), Wording.gain(sum?.realised), Wording.gain(sum?.unrealised),
        Wording.rupees(sum?.turnover),
      ])
    }
    return section("Profit and loss", table.lines)
  }

  private var instruments: String {
    var table = TextTable([
      .left("Account"), .left("Instrument"), .right("Open"), .right("Bought"), .right("Sold"),
      .right("Close"), .right("Broker's day"), .right("Mark"), .right("Gross"), .right("Charges"),
      .right("Net"),
    ])
    for record in input.accounts {
      for day in record.instruments {
        table.add([
          record.account.id, "\(day.symbol) \(day.key)", Wording.units(day.opening),
          Wording.units(day.bought), Wording.units(day.sold), Wording.units(day.closing),
          Wording.brokersDay(day, in: record), Wording.rupees(day.mark),
          Wording.gain(day.gross), Wording.rupees(day.charges), Wording.gain(day.net),
        ])
      }
    }
    return section("Positions", table.isEmpty ? [] : table.lines)
  }

  private var bridge: String {
    var table = TextTable([
      .left("Account"), .right("Ours, first in first out"), .right("+ average cost"),
      .right("+ day pool"), .right("+ unexplained"), .right("= broker's booked"),
    ])
    for record in input.accounts {
      guard let bridge = BrokerBridge(record) else { continue }
      table.add([
        record.account.id, Wording.gain(bridge.ours), Wording.gain(bridge.averageCost),
        Wording.gain(bridge.dayPool), Wording.gain(bridge.unexplained),
        Wording.gain(bridge.broker),
      ])
    }
    return section("Why the broker shows another figure", table.isEmpty ? [] : table.lines)
  }

  private var funds: String {
    var table = TextTable([.left("Account"), .left("Exchange"), .right("Cash"), .left("As of")])
    for record in input.accounts {
      for statement in record.funds {
        table.add([
          record.account.id, statement.exchange, Wording.rupees(statement.cash),
          record.fundsAt.map { Wording.time($0, input.zone) } ?? Wording.missing,
        ])
      }
    }
    return section("Funds", table.isEmpty ? [] : table.lines)
  }

  private var breaks: String {
    var table = TextTable([
      .left("Severity"), .left("Account"), .left("Type"), .left("Where"), .left("Ours"),
      .left("Broker's"), .right("At risk"), .right("Age"),
    ])
    for found in figures.breaks {
      table.add([
        found.severity.word, found.identity.accountID, found.type.rawValue,
        [found.identity.layer.rawValue, found.symbol, found.identity.key].filter { !$0.isEmpty }
          .joined(separator: " "),
        found.ours, found.theirs, Wording.rupees(found.moneyAtRisk),
        Wording.age(found.ageInSessions),
      ])
    }
    return section("Breaks", table.isEmpty ? ["none"] : table.lines)
  }

  private var performance: String {
    section("Performance", PerformanceWords(figures.performance).lines.map { "\($0): \($1)" })
  }

  private var jobs: String {
    var table = TextTable([
      .left("Job"), .right("Runs"), .right("On time"), .right("Late"), .right("Failed"),
      .right("Skipped"), .right("Worst lateness"),
    ])
    for job in input.jobs.jobs {
      table.add([
        job.name, String(job.marks.count), String(job.count(.onTime)), String(job.count(.late)),
        String(job.count(.failed)), String(job.count(.skipped)),
        job.worstLateness.map(Wording.span) ?? Wording.missing,
      ])
    }
    let troubles = input.jobs.troubles.map { job, trouble in
      "- \(Wording.time(trouble.at, input.zone)) \(job)\(trouble.item.map { "/\($0)" } ?? "") "
        + "\(trouble.ending.rawValue): \(trouble.reason)"
    }
    return section("Jobs", table.isEmpty ? [] : table.lines + troubles)
  }

  private var next: String {
    let date = input.next.date.map(Wording.date) ?? "not known: the calendar does not say"
    return section("Next session", ["\(date)"] + input.next.facts.map { "- \($0)" })
  }
}

/// Return and risk as words, the same in text and HTML.
struct PerformanceWords {
  let lines: [(name: String, value: String)]

  init(_ figures: ReportFigures.PerformanceFigures) {
    let days = "\(figures.sessions) session\(figures.sessions == 1 ? "" : "s")"
    let few = figures.hasEquity ? "n/a (fewer than 20 sessions)" : "n/a (no capital declared)"
    let fall = figures.drawdown.map { drawdown in
      let from = figures.drawdownFrom.map(Wording.shortDate) ?? "the start"
      let to = figures.drawdownTo.map(Wording.shortDate) ?? "the start"
      return "\(Wording.rupees(drawdown.amount)) (\(Wording.percent(drawdown.fraction))), "
        + "\(from) to \(to)"
    }
    lines = [
      ("On record", days),
      ("Deepest drawdown", fall ?? (figures.hasEquity ? "none" : "n/a (no capital declared)")),
      ("Sharpe, 252 sessions", figures.sharpe.map { Wording.ratio($0) } ?? few),
      ("Sortino, 252 sessions", figures.sortino.map { Wording.ratio($0) } ?? few),
      (
        "Profit factor by day",
        figures.profitFactor.map { Wording.ratio($0) } ?? "n/a (no losing day)"
      ),
      ("Winning days", Wording.percent(figures.winRate)),
    ]
  }
}
