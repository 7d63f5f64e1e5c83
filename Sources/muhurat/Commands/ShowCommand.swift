import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct ShowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Everything about one run.",
    discussion: "Example: muhurat show 8123")

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The run's number.")
  var run: Int64

  @Flag(help: "One object, rows of the result included.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    guard let detail = try await house.control.runDetail(run) else {
      throw try await house.noSuchRun(run)
    }
    if json { return Console.say(try JSONOutput.text(detail)) }
    Console.say(ShowView(detail: detail, clock: try await ClockView.of(house)).text)
  }
}

extension House {
  func noSuchRun(_ run: Int64) async throws -> Refusal {
    let newest = try await control.runs(RunFilter(limit: 1)).first
    return Refusal(
      .data, "no run \(run); " + (newest.map { "the newest is \($0.id)" } ?? "there are none yet"))
  }
}
