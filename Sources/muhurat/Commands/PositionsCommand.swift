import ArgumentParser
import Desk
import DeskStore
import JobStore
import TradingTime

struct PositionsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "An account's positions: the broker's, our ledger's, the latest price.",
    discussion: """
      As of the last sync; a missing price is shown as missing, never as 0.
      Example: muhurat positions asha
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The account's short name.")
  var account: String

  @Flag(help: "An array of objects.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let pool = house.control.pool
    _ = try await house.desk.account(account, on: pool)
    let lines = try await house.desk.positions(of: account, on: pool)
    let view = PositionsView(
      account: account, lines: lines,
      seenAt: try await house.desk.booksSeenAt("positions", of: account, on: pool),
      now: house.clock.nowOrWall, zone: try house.homeZone())
    Console.say(json ? try JSONOutput.text(view.rows) : view.text)
  }
}
