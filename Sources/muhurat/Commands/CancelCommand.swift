import ArgumentParser
import JobStore
import Jobs

struct CancelCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Stop a run, or keep it from starting.",
    discussion: """
      A run that waits ends at once. Of one that is under way the runner is told: the unit is
      asked to stop, then killed after the job's 'grace'; the lock stays held until it is gone.
      With --batch all that is left of the run's backfill, resume or approval is cancelled as one.
      Examples:
        muhurat cancel 8123 --reason "wrong date"
        muhurat cancel 8123 --batch --reason "wrong month"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The run's number.")
  var run: Int64

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "Every run of the batch that this run belongs to.")
  var batch = false

  @Flag(help: "One object: the run as it now stands, or the batch.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    house.announce()
    if batch { return try await cancelBatch(house) }
    let met = try await house.control.cancel(run: run, actor: house.actor, reason: reason)
    if case .noSuchRun = met { throw try await house.noSuchRun(run) }
    if case .alreadyEnded(let state) = met {
      throw Refusal(
        .data, "run \(run) has ended already, \(state.rawValue); see: muhurat show \(run)")
    }
    if json, let detail = try await house.control.runDetail(run) {
      return Console.say(try JSONOutput.text(detail.run))
    }
    let found = try await house.control.runDetail(run)?.run
    if found?.batch != nil {
      Console.complain("it is one of a batch; to cancel the rest: muhurat cancel \(run) --batch")
    }
    guard case .asked = met else {
      return Console.say("run \(run) is cancelled; it had not begun")
    }
    let holder = found?.holder
    Console.say(
      "run \(run) is under way; its runner\(holder.map { " (\($0))" } ?? "") has been told")
    Console.say("next: muhurat show \(run), to see how it ended")
  }

  private func cancelBatch(_ house: House) async throws {
    guard
      let met = try await house.control.cancelBatch(
        ofRun: run, actor: house.actor, reason: reason)
    else {
      guard try await house.control.runDetail(run) != nil else {
        throw try await house.noSuchRun(run)
      }
      throw Refusal(
        .data, "run \(run) belongs to no batch; to cancel it alone: muhurat cancel \(run)")
    }
    guard met.ended + met.asked > 0 else {
      throw Refusal(
        .data, "batch \(met.batch) has ended already, all \(met.endedBefore) runs of it")
    }
    if json { return Console.say(try JSONOutput.text(met)) }
    Console.say(
      "batch \(met.batch) (\(met.kind) of \(met.job)): \(met.ended) runs cancelled before they began, "
        + "\(met.asked) under way and told to stop, \(met.endedBefore) had ended")
  }
}
