import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct WhyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Why a job ran, did not run, or is not running: one sentence, then the chain.",
    discussion: """
      Read from the tables alone, so the answer is the same while no daemon lives.
      TIME is in the job's zone: 10:00, yesterday 16:20, 2026-07-09 16:20, or RFC 3339;
      default: now.
      Examples:
        muhurat why sync-positions
        muhurat why reconcile yesterday 16:20
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The job's name.")
  var job: String

  @Argument(help: "The time of the slot in question.")
  var time: [String] = []

  @Flag(help: "One object: the sentence and the chain.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let definition = try await house.known(job)
    let almanac = try house.almanacSource.almanac(for: [definition.job])
    let asked: Instant? =
      time.isEmpty
      ? nil
      : try TimeArgument(
        now: house.clock.nowOrWall, zone: almanac.zone(of: definition.job.schedule)
      )
      .instant(time.joined(separator: " "))
    let explanation = try await house.control.why(job: job, at: asked, almanac: almanac)
    if json { return Console.say(try JSONOutput.text(explanation)) }
    Console.say(
      ([explanation.sentence] + explanation.chain.map { "  \($0)" }).joined(separator: "\n"))
  }
}
