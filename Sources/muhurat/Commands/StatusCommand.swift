import ArgumentParser
import Desk
import DeskStore
import JobStore
import Jobs
import TradingTime

struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "How every job is doing, and whether anybody runs them.",
    discussion: """
      Read from the database, with or without a daemon. Ends with 0 however the jobs are doing.
      Example: muhurat status --json
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "One object: clock, mode, runners, jobs, accounts and standing alarms.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let overview = try await house.control.overview(almanac: try await house.almanac())
    let runners = try await house.control.runnersSeen()
    let alarms = try await house.control.alarms().entries.values.filter(\.stands)
    let view = StatusView(
      mode: house.configuration.mode, overview: overview, runners: runners,
      accounts: try await house.desk.accounts(onlyEnabled: true, on: house.control.pool)
        .map(house.view),
      alarms: alarms.sorted { ($0.severity, $1.since) < ($1.severity, $0.since) }.map { .init($0) })
    if json { return Console.say(try JSONOutput.text(view)) }
    Console.say(view.text(try house.homeZone()))
  }
}
