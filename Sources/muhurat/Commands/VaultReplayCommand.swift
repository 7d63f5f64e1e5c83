import ArgumentParser
import DeskStore
import DeskUnits
import JobStore
import TradingTime

struct VaultReplayCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Read past answers again with today's readers, and show what would change.",
    discussion: """
      Nothing is written. Each answer is read again; how many rows it holds is held against the count
      of then, and the rows of orders, positions, holdings, funds, trades and contracts against the
      tables, where the answer was the last to write them.
      Ends with 65 if anything would change.
      Examples:
        muhurat vault replay --from 2026-07-09 --to 2026-07-09 --account asha
        muhurat vault replay --json
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var span: VaultSpan

  @Flag(help: "One object: the books and the differences.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let replay = VaultReplay(
      desk: house.desk, broker: house.broker, database: house.control.pool)
    let report = try await replay.run(try await span.filter(house))
    Console.say(json ? try JSONOutput.text(report) : Self.text(report))
    guard report.changesNothing else { throw Exit.data.code }
  }

  private static func text(_ report: ReplayReport) -> String {
    guard !report.lines.isEmpty else { return "no such answers in the vault" }
    var table = Table([
      ("BOOK", .left), ("ACCOUNT", .left), ("ANSWERS", .right), ("REFUSED", .right),
      ("UNREADABLE", .right), ("ROWS THEN", .right), ("ROWS NOW", .right), ("ADDED", .right),
      ("REMOVED", .right), ("CHANGED", .right),
    ])
    let lines = report.lines.sorted { ($0.book, $0.account ?? "") < ($1.book, $1.account ?? "") }
    for line in lines {
      table.add(
        line.book, line.account, "\(line.answers)", "\(line.refused)", "\(line.unreadable)",
        "\(line.rowsThen)", "\(line.rowsNow)", "\(line.added)", "\(line.removed)",
        "\(line.changed)")
    }
    let differences = report.differences.map { difference in
      let whose = difference.account.map { " of \($0)" } ?? ""
      return "answer \(difference.answer), \(difference.book)\(whose), \(difference.businessDate): "
        + difference.what
    }
    var rest = report.changesNothing ? ["nothing would change"] : []
    if report.unlisted > 0 { rest.append("and \(report.unlisted) more; narrow the span") }
    return ([table.text] + differences + rest).joined(separator: "\n")
  }
}
