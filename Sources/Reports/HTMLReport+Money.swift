import Desk
import TradingTime

/// The sections about money.
extension HTMLReport {
  typealias Cell = HTMLText.Cell

  var profit: String {
    let titles: [Cell] = [
      .text("Account"), .number("Gross"), .number("Charges"), .number("Net"), .number("Realised"),
      .number("Unrealised"), .number("Turnover"),
    ]
    let rows = input.accounts.map { record in
      let day = record.figures
      return [
        Cell.named(record.account.name, record.account.id), .gain(Wording.gain(day?.gross)),
        .number(Wording.rupees(day?.charges)), .gain(Wording.gain(day?.net)),
        .gain(Wording.gain(day?.realised)), .gain(Wording.gain(day?.unrealised)),
        .number(Wording.rupees(day?.turnover)),
      ]
    }
    let sum = figures.totals
    let footer: [Cell] = [
      .text(figures.totalsLabel), .gain(Wording.gain(sum?.gross)),
      .number(Wording.rupees(sum?.charges)), .gain(Wording.gain(sum?.net)),
      .gain(Wording.gain(sum?.realised)), .gain(Wording.gain(sum?.unrealised)),
      .number(Wording.rupees(sum?.turnover)),
    ]
    let table = HTMLText.table(titles, rows, footer: input.accounts.count > 1 ? footer : nil)
    return section("Profit and loss", table + "\n" + bars)
  }

  private var bars: String {
    let accounts = input.accounts.compactMap { record in
      record.figures.map { BarChart.Bar(label: record.account.name, value: $0.net) }
    }
    let several = Set(input.accounts.filter { !$0.instruments.isEmpty }.map(\.account.id)).count > 1
    let instruments = input.accounts.flatMap { record in
      record.instruments.compactMap { day in
        day.net.map {
          BarChart.Bar(
            label: several ? "\(day.symbol) · \(record.account.id)" : day.symbol, value: $0)
        }
      }
    }
    let charts = [("Net by account", accounts), ("Net by instrument", instruments)]
      .filter { !$0.1.isEmpty }
      .map {
        "<figure><figcaption>\(HTMLText.escaped($0.0))</figcaption>\(BarChart($0.1).svg)</figure>"
      }
    return charts.isEmpty ? "" : "<div class=\"charts\">\n\(charts.joined(separator: "\n"))\n</div>"
  }

  var positions: String {
    let rows = input.accounts.flatMap { record in
      record.instruments.map { day in
        [
          Cell.text(record.account.id), .named(day.symbol, "\(day.key)"),
          .number(Wording.units(day.opening)), .number(Wording.units(day.bought)),
          .number(Wording.units(day.sold)), .number(Wording.units(day.closing)),
          .number(Wording.brokersDay(day, in: record)),
          .number(Wording.rupees(day.mark)), .gain(Wording.gain(day.gross)),
          .number(Wording.rupees(day.charges)), .gain(Wording.gain(day.net)),
        ]
      }
    }
    guard !rows.isEmpty else { return section("Positions", "<p class=\"none\">none</p>") }
    let titles: [Cell] = [
      .text("Account"), .text("Instrument"), .number("Open"), .number("Bought"), .number("Sold"),
      .number("Close"), .number("Broker's day"), .number("Mark"), .number("Gross"),
      .number("Charges"),
      .number("Net"),
    ]
    return section(
      "Positions", HTMLText.table(titles, rows),
      note: """
        Close = open + bought − sold, by our ledger. The broker's position list has the day's \
        trades and contracts carried over; shares of earlier days stand in its holdings.
        """)
  }

  var bridge: String {
    let rows = input.accounts.compactMap { record in
      BrokerBridge(record).map { bridge in
        [
          Cell.named(record.account.name, record.account.id), .gain(Wording.gain(bridge.ours)),
          .gain(Wording.gain(bridge.averageCost)), .gain(Wording.gain(bridge.dayPool)),
          .gain(Wording.gain(bridge.unexplained)), .gain(Wording.gain(bridge.broker)),
        ]
      }
    }
    guard !rows.isEmpty else { return "" }
    let titles: [Cell] = [
      .text("Account"), .number("Ours, first in first out"), .number("+ average cost"),
      .number("+ day pool"), .number("+ unexplained"), .number("= broker's booked"),
    ]
    return section(
      "Why the broker shows another figure", HTMLText.table(titles, rows),
      note:
        "Before charges. We match lots in the order they were opened; where the broker's figure "
        + "is what our fills give by another method, the difference is that method's.")
  }

  var funds: String {
    let rows = input.accounts.flatMap { record in
      record.funds.map { statement in
        [
          Cell.text(record.account.id), .text(statement.exchange),
          .number(Wording.rupees(statement.cash)),
          .number(record.fundsAt.map { Wording.time($0, input.zone) } ?? Wording.missing),
        ]
      }
    }
    guard !rows.isEmpty else { return "" }
    return section(
      "Funds",
      HTMLText.table(
        [.text("Account"), .text("Exchange"), .number("Cash"), .number("As of")], rows))
  }

  var breaks: String {
    guard !figures.breaks.isEmpty else { return section("Breaks", "<p class=\"none\">none</p>") }
    let rows = figures.breaks.map { found in
      [
        Cell.badge(found.severity.word, found.severity.word), .text(found.identity.accountID),
        .named(
          found.symbol.isEmpty ? found.identity.key : found.symbol,
          "\(found.identity.layer.rawValue) \(found.symbol.isEmpty ? "" : found.identity.key)"),
        .text(found.type.rawValue), .text(found.ours), .text(found.theirs),
        .text(found.difference), .number(Wording.rupees(found.moneyAtRisk)),
        .number(Wording.age(found.ageInSessions)),
      ]
    }
    let titles: [Cell] = [
      .text("Severity"), .text("Account"), .text("Where"), .text("Type"), .text("Ours"),
      .text("Broker's"), .text("Difference"), .number("At risk"), .number("Age"),
    ]
    return section("Breaks", HTMLText.table(titles, rows))
  }
}
