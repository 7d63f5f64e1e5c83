import ArgumentParser
import JobStore
import Jobs

struct LogsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "What a run wrote, attempt by attempt.",
    discussion: """
      The end of it, up to the job's 'output_limit'; it is kept when an attempt ends.
      Examples:
        muhurat logs 8123
        muhurat logs 8123 --attempt 2 > attempt.txt
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The run's number.")
  var run: Int64

  @Option(help: "Only this attempt.")
  var attempt: Int?

  @Flag(help: "An array of objects, one each attempt.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    guard let all = try await house.control.output(ofRun: run) else {
      throw try await house.noSuchRun(run)
    }
    let outputs = all.filter { attempt == nil || $0.number == attempt }
    if let attempt, outputs.isEmpty {
      throw Refusal(.data, "run \(run) has no attempt \(attempt); it has \(all.count)")
    }
    if json { return Console.say(try JSONOutput.text(outputs)) }
    let view = LogsView(run: run, isForTerminal: Console.isTerminal)
    guard !outputs.isEmpty else {
      return Console.complain("run \(run) has not begun; see: muhurat show \(run)")
    }
    for output in outputs {
      // On standard error, so that what the run wrote can be kept alone.
      if let remark = view.remark(output, isOnly: outputs.count == 1) { Console.complain(remark) }
      if let text = view.text(output) { Console.say(text) }
    }
  }
}
