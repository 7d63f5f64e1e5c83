import Desk
import TradingTime

/// One figure per line: section, account, item, figure, value. Amounts are plain, an empty value is
/// missing; so a spreadsheet can filter and a program can read it without knowing the layout.
struct CSVReport {
  private let figures: ReportFigures
  private var input: ReportInput { figures.input }

  init(_ figures: ReportFigures) {
    self.figures = figures
  }

  func render() -> String {
    let rows =
      [["section", "account", "item", "figure", "value"]] + header + days + instruments
      + funds + breaks + jobs
    return rows.map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\r\n")
      + "\r\n"
  }

  /// A leading `=`, `+`, `-` or `@` in a text would be run as a formula by a spreadsheet; numbers
  /// keep their sign.
  private static func quoted(_ cell: String) -> String {
    let isFormula = cell.first.map { "=+-@".contains($0) } == true && Money(cell) == nil
    let safe = isFormula ? "'" + cell : cell
    guard safe.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }

  private var header: [[String]] {
    [
      ["report", "", "", "session", "\(input.session)"],
      ["report", "", "", "mode", input.mode.rawValue],
      ["report", "", "", "verdict", figures.verdictLine],
      ["report", "", "", "next_session", input.next.date?.description ?? ""],
    ] + figures.missing.map { ["report", "", "", "missing", $0] }
  }

  private var days: [[String]] {
    input.accounts.flatMap { record -> [[String]] in
      guard let day = record.figures else { return [] }
      let amounts: [(String, Money?)] = [
        ("gross", day.gross), ("charges", day.charges), ("net", day.net),
        ("realised", day.realised), ("unrealised", day.unrealised), ("turnover", day.turnover),
        ("long_exposure", day.longExposure), ("short_exposure", day.shortExposure),
        ("broker_booked", day.brokerBooked), ("broker_unrealised", day.brokerUnrealised),
        ("cash", day.cash), ("equity", day.equity),
      ]
      let counts = [
        ("orders", day.orders), ("rejected_orders", day.rejectedOrders), ("fills", day.fills),
        ("open_positions", day.openPositions), ("incomplete", day.incomplete),
      ]
      return amounts.map { ["account", record.account.id, "", $0.0, $0.1?.text() ?? ""] }
        + counts.map { ["account", record.account.id, "", $0.0, String($0.1)] }
    }
  }

  private var instruments: [[String]] {
    input.accounts.flatMap { record in
      record.instruments.flatMap { day -> [[String]] in
        let cells: [(String, String)] = [
          ("symbol", day.symbol), ("opening", String(day.opening)), ("bought", String(day.bought)),
          ("sold", String(day.sold)), ("closing", String(day.closing)),
          ("broker_quantity", day.brokerQuantity.map(String.init) ?? ""),
          ("mark", day.mark?.text() ?? ""), ("gross", day.gross?.text() ?? ""),
          ("charges", day.charges?.text() ?? ""), ("net", day.net?.text() ?? ""),
          ("realised", day.realised?.text() ?? ""), ("unrealised", day.unrealised?.text() ?? ""),
          ("broker_booked", day.brokerBooked?.text() ?? ""),
          ("average_realised", day.averageRealised?.text() ?? ""),
          ("pool_realised", day.poolRealised.text()),
          ("broker_method", day.brokerMethod?.rawValue ?? ""),
        ]
        return cells.map { ["instrument", record.account.id, "\(day.key)", $0.0, $0.1] }
      }
    }
  }

  private var funds: [[String]] {
    input.accounts.flatMap { record in
      record.funds.flatMap { statement in
        [["funds", record.account.id, statement.exchange, "cash", statement.cash?.text() ?? ""]]
          + statement.figures.sorted { $0.key < $1.key }.map {
            ["funds", record.account.id, statement.exchange, $0.key, $0.value.text()]
          }
      }
    }
  }

  private var breaks: [[String]] {
    figures.breaks.flatMap { found in
      [
        ("layer", found.identity.layer.rawValue), ("type", found.type.rawValue),
        ("severity", found.severity.word), ("symbol", found.symbol), ("ours", found.ours),
        ("theirs", found.theirs), ("difference", found.difference),
        ("money_at_risk", found.moneyAtRisk?.text() ?? ""),
        ("first_seen_on", "\(found.firstSeenOn)"), ("age_in_sessions", String(found.ageInSessions)),
      ].map { ["break", found.identity.accountID, found.identity.key, $0.0, $0.1] }
    }
  }

  private var jobs: [[String]] {
    input.jobs.jobs.flatMap { counts($0) + troubles($0) }
  }

  private func counts(_ job: JobDay) -> [[String]] {
    let worst = job.worstLateness.map { String(Int64($0 / .milliseconds(1))) }
    let cells: [(String, String)] = [
      ("runs", String(job.marks.count)), ("on_time", String(job.count(.onTime))),
      ("late", String(job.count(.late))), ("failed", String(job.count(.failed))),
      ("skipped", String(job.count(.skipped))), ("worst_lateness_ms", worst ?? ""),
    ]
    return cells.map { ["job", "", job.name, $0.0, $0.1] }
  }

  private func troubles(_ job: JobDay) -> [[String]] {
    job.troubles.map { trouble in
      let words = "\(trouble.at.rfc3339(in: input.zone)) \(trouble.reason)"
      return ["job", trouble.item ?? "", job.name, trouble.ending.rawValue, words]
    }
  }
}
