import ArgumentParser
import JobStore
import Jobs

struct CancelCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Stop a run, or keep it from starting.",
    discussion: """
      A run that waits ends at once. Of one that is under way the runner is told: the unit is
      asked to stop, then killed after the job's 'grace'; the lock stays held until it is gone.
      Example: muhurat cancel 8123 --reason "wrong date"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The run's number.")
  var run: Int64

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "One object: the run as it now stands.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    house.announce()
    let met = try await house.control.cancel(run: run, actor: house.actor, reason: reason)
    if case .noSuchRun = met { throw try await house.noSuchRun(run) }
    if case .alreadyEnded(let state) = met {
      throw Refusal(
        .data, "run \(run) has ended already, \(state.rawValue); see: muhurat show \(run)")
    }
    if json, let detail = try await house.control.runDetail(run) {
      return Console.say(try JSONOutput.text(detail.run))
    }
    guard case .asked = met else {
      return Console.say("run \(run) is cancelled; it had not begun")
    }
    let holder = try await house.control.runDetail(run)?.run.holder
    Console.say(
      "run \(run) is under way; its runner\(holder.map { " (\($0))" } ?? "") has been told")
    Console.say("next: muhurat show \(run), to see how it ended")
  }
}
