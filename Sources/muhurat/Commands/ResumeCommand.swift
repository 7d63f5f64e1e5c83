import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct ResumeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "End a job's pause.",
    discussion: """
      The slots that came due in the pause are decided first, so that each is on record as paused.
      --paused latest or all gives the newest or each of them a run after all.
      Examples:
        muhurat resume strategy-tick --reason "maintenance over"
        muhurat resume reconcile --paused latest --reason "broker is back"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The job's name.")
  var job: String

  @Option(help: "Why, for the record.")
  var reason: String?

  @Option(help: "Which of the paused slots run after all: skip, latest or all.")
  var paused = PausedSlots.skip

  @Flag(help: "One object.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let definition = try await house.known(job)
    let zone = try house.zone(of: definition.job)
    house.announce()
    let resumed = try await house.control.resume(
      job, paused: paused, actor: house.actor, reason: reason,
      in: try await house.almanac(everOf: definition.job), workshop: house.workshop)
    if let holds = resumed?.holds { Console.complain("\(job) holds: \(holds)") }
    try tell(house, definition, resumed, zone)
  }

  /// - Parameter resumed: nil if there was no pause to end.
  private func tell(
    _ house: House, _ definition: JobStore.Definition, _ resumed: Resumed?, _ zone: ZoneRules
  ) throws {
    let now = house.clock.nowOrWall
    let next = definition.job.schedule?.next(
      after: now, before: now + .seconds(370 * 86_400),
      in: try house.almanacSource.almanac(for: [definition.job]))
    if json {
      return Console.say(
        try JSONOutput.text(
          ResumeView(
            job: job, resumed: resumed != nil, pausedSlots: resumed?.slots ?? 0, nextSlot: next,
            batch: resumed?.batch, slots: resumed?.runs ?? [])))
    }
    let coming = next.map { "; its next slot is \($0.words(in: zone))" } ?? ""
    guard let resumed else { return Console.say("\(job) is not paused\(coming)") }
    Console.say("\(job) runs again\(coming)")
    if resumed.slots > 0 {
      Console.say("slots of the pause, on record as paused: \(resumed.slots)")
    }
    for run in resumed.runs where !run.willRun {
      Console.say("  \(run.words) does not run: \(run.reason)")
    }
    if let batch = resumed.batch { Console.say(batch.words(of: "resume")) }
  }
}

extension PausedSlots: ExpressibleByArgument {}
