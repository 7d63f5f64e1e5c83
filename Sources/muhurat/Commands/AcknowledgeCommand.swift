import ArgumentParser
import JobStore
import Jobs

struct AcknowledgeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge",
    abstract: "Say that you have looked into a run whose outcome is unknown.",
    discussion: """
      The run stays 'unknown': what it did is not known to muhurat. But it no longer waits for a
      person, and its job's health is judged by its other runs again.
      Example: muhurat acknowledge 8123 --reason "broker's book shows no order of it"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The run's number.")
  var run: Int64

  @Option(help: "What you found, for the record.")
  var reason: String

  @Flag(help: "One object: the run as it now stands.")
  var json = false

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--reason is empty; say what you found, for whoever asks later")
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    house.announce()
    switch try await house.control.acknowledge(run: run, actor: house.actor, reason: reason) {
    case .noSuchRun: throw try await house.noSuchRun(run)
    case .alreadyBy(let other):
      throw Refusal(
        .data, "run \(run) was acknowledged by \(other) before; see: muhurat show \(run)")
    case .notUnknown(let state):
      throw Refusal(
        .data,
        "run \(run) is \(state.rawValue), its outcome is not unknown; see: muhurat show \(run)"
      )
    case .done: break
    }
    guard let found = try await house.control.runDetail(run)?.run else { return }
    if json { return Console.say(try JSONOutput.text(found)) }
    Console.say("run \(run) of \(found.job) is acknowledged: \(reason)")
  }
}
