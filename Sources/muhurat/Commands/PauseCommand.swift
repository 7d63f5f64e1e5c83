import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct PauseCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Keep a job from starting until a time, with a reason.",
    discussion: """
      Every slot of the pause gets its decision 'paused' and is never run late; work under way
      goes on. A pause without an end would be forgotten: --until takes 15:30,
      tomorrow 09:00, RFC 3339 or 2h.
      Example: muhurat pause strategy-tick --reason "broker maintenance" --until 15:30
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The job's name.")
  var job: String

  @Option(help: "Why, for the record.")
  var reason: String

  @Option(help: "Until when, in the job's zone, or for how long.")
  var until: String

  @Flag(help: "One object.")
  var json = false

  func validate() throws {
    guard reason.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("--reason is empty; say why, for whoever finds the job paused")
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    let before = try await house.known(job)
    guard before.retiredAt == nil else {
      throw Refusal(.data, "job '\(job)' is retired and does not run")
    }
    let zone = try house.zone(of: before.job)
    let until = try TimeArgument(now: house.clock.nowOrWall, zone: zone).coming(until)
    house.announce()
    // A new pause begins now; what the old one covered is decided under the old one's reason.
    if before.pause != nil { _ = try await house.decideWhatIsDue(before.job) }
    guard
      try await house.control.pause(job, until: until, actor: house.actor, reason: reason),
      let pause = try await house.control.definition(of: job)?.pause
    else { throw Refusal(.data, "job '\(job)' was retired just now") }
    if json { return Console.say(try JSONOutput.text(PauseView(job: job, pause: pause))) }
    Console.say("\(job) is paused until \(until.words(in: zone)): \(reason)")
    if let old = before.pause {
      Console.say("it was paused until \(old.until.words(in: zone)) by \(old.by): \(old.reason)")
    }
    try await tellUnfinished(house)
    Console.say("next: muhurat resume \(job), to end it before")
  }

  /// A pause keeps slots from being run; it stops nothing.
  private func tellUnfinished(_ house: House) async throws {
    let states = RunState.allCases.filter { !$0.isEnded }
    for run in try await house.control.runs(RunFilter(job: job, states: states, limit: 10)) {
      let item = run.item.map { " (\($0))" } ?? ""
      let what = run.state == .ready ? "is ready and will still run" : "is \(run.state.rawValue)"
      Console.say("run \(run.id)\(item) \(what); to stop it: muhurat cancel \(run.id)")
    }
  }
}

extension House {
  /// Decides every slot up to now by the daemon's own statement, a pause included.
  func decideWhatIsDue(_ job: Job) async throws -> Decided? {
    try await control.decide(
      [job.name], in: try almanacSource.almanac(for: [job]), workshop: workshop, waiting: true
    ).first
  }
}
