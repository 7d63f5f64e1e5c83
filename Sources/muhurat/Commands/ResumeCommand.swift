import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct ResumeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "End a job's pause.",
    discussion: """
      The slots that came due in the pause are decided first, so that each is on record as paused.
      Example: muhurat resume strategy-tick --reason "maintenance over"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The job's name.")
  var job: String

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "One object.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let definition = try await house.known(job)
    let zone = try house.zone(of: definition.job)
    guard let pause = definition.pause else { return try tell(house, definition, nil, zone) }
    house.announce()
    if definition.retiredAt == nil {
      let decided = try await house.decideWhatIsDue(definition.job)
      if let holds = decided?.holds { Console.complain("\(job) holds: \(holds)") }
    }
    let resumed = try await house.control.resume(job, actor: house.actor, reason: reason)
    let slots = try await house.control.slots(
      of: job, from: pause.since, decision: .paused, limit: 1_000)
    try tell(house, definition, resumed ? slots.reduce(0) { $0 + $1.slots } : nil, zone)
  }

  /// - Parameter slots: nil if there was no pause to end.
  private func tell(
    _ house: House, _ definition: JobStore.Definition, _ slots: Int64?, _ zone: ZoneRules
  ) throws {
    let now = house.clock.nowOrWall
    let next = definition.job.schedule?.next(
      after: now, before: now + .seconds(370 * 86_400),
      in: try house.almanacSource.almanac(for: [definition.job]))
    let view = ResumeView(
      job: job, resumed: slots != nil, pausedSlots: slots ?? 0, nextSlot: next)
    if json { return Console.say(try JSONOutput.text(view)) }
    let coming = next.map { "; its next slot is \($0.words(in: zone))" } ?? ""
    guard let slots else { return Console.say("\(job) is not paused\(coming)") }
    Console.say("\(job) runs again\(coming)")
    if slots > 0 {
      Console.say(
        "slots of the pause, on record and never to run: \(slots)"
      )
    }
  }
}
