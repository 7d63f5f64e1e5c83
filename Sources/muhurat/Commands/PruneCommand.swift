import ArgumentParser
import DeskUnits
import JobStore
import Jobs
import Postgres
import TradingTime

struct PruneCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Take old runs, slots and broker answers away, now.",
    discussion: """
      The shipped job prune-history does the same each morning. What operators did, unknown
      outcomes and the last success of each job stay.
      Example: muhurat prune --history 400d --vault 30d
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "How long runs and slots are kept.")
  var history = Keeping.standard.history.spelled

  @Option(help: "How long the broker's answers and acknowledgements of orders are kept.")
  var vault = Keeping.standard.vault.spelled

  @Flag(help: "One object: what went.")
  var json = false

  func execute() async throws {
    let keeping = Keeping(
      history: try span("--history", history), vault: try span("--vault", vault))
    let house = try await House.open(options)
    house.announce()
    let pruning = Pruning(store: house.control, desk: house.desk) { batch in
      try await house.control.pool.transaction { try await batch($0) }
    }
    let pruned = try await pruning.run(keeping)
    if json { return Console.say(try JSONOutput.text(pruned)) }
    Console.say(pruned.words)
  }

  private func span(_ option: String, _ text: String) throws -> Duration {
    guard let span = try? Duration(spelling: text), span >= Keeping.least else {
      throw Refusal(
        .usage,
        "\(option) is '\(text)'; wanted a span of \(Keeping.least.spelled) or longer, such as 400d")
    }
    return span
  }
}
