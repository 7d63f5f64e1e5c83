import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct BackfillCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "backfill",
    abstract: "Give slots or business dates of the past the runs they never had.",
    discussion: """
      Each slot runs by the definition that was in force at its time, unless --current says
      otherwise; oldest first, one at a time per lock, behind the schedule's own runs. A slot that
      has its run is left alone. Look with --dry-run first.
      Examples:
        muhurat backfill reconcile --from 2026-07-01 --to 2026-07-08 --dry-run
        muhurat backfill analytics-rollup --from 2026-07-01 --to yesterday --by dates --reason "new figure"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The job's name.")
  var job: String

  @Option(help: "The first date, in the job's zone, such as 2026-07-01 or yesterday.")
  var from: String

  @Option(help: "The last date.")
  var to: String

  @Option(help: "slots or dates; default: slots where the job has a schedule.")
  var by: BackfillRequest.By?

  @Option(help: "Only this item, such as an account.")
  var item: String?

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "By the definition in force now instead of that of each slot's time.")
  var current = false

  @Flag(help: "Print each slot and what would be decided; change nothing.")
  var dryRun = false

  @Flag(help: "One object: every slot, what is decided, and the batch.")
  var json = false

  func execute() async throws {
    let house = try await House.open(options)
    let definition = try await house.known(job)
    let zone = try house.zone(of: definition.job)
    if !dryRun { house.announce() }
    if let item, definition.job.forEach == nil {
      throw Refusal(.usage, "--item \(item): job '\(job)' has no for_each")
    }
    var request = BackfillRequest(
      job: job, from: try date(from, "--from", house, zone), to: try date(to, "--to", house, zone),
      actor: house.actor)
    (request.by, request.item, request.reason, request.usesCurrent) = (by, item, reason, current)
    let done = try await house.control.backfill(
      request, isDryRun: dryRun, in: try await house.almanac(everOf: definition.job),
      workshop: house.workshop)
    if json { return Console.say(try JSONOutput.text(BackfillView(job: job, done, dryRun))) }
    try await tell(done, house)
  }

  private func tell(_ done: Backfill, _ house: House) async throws {
    let view = PastRunsView(runs: done.runs)
    if dryRun, !done.runs.isEmpty { Console.say(view.text) }
    for note in done.notes { Console.complain(note) }
    guard !done.runs.isEmpty else {
      return Console.say("\(job) has no \(done.by.rawValue) from \(from) to \(to)")
    }
    guard !dryRun else { return Console.say("\(view.sum("would run")); nothing was changed") }
    guard let batch = done.batch else {
      let first = done.runs.first.map { "; the first, \($0.words): \($0.reason)" } ?? ""
      return Console.say("nothing to run\(first)")
    }
    Console.say("\(view.sum("are to run")); \(batch.words(of: "backfill"))")
    try await house.complainWithoutDaemon()
  }

  private func date(
    _ text: String, _ option: String, _ house: House, _ zone: ZoneRules
  ) throws -> CivilDate {
    let today = zone.local(house.clock.nowOrWall).date
    switch text {
    case "today": return today
    case "yesterday": return today.adding(days: -1)
    default:
      guard let date = CivilDate(text) else {
        throw Refusal(
          .usage, "\(option) '\(text)' is no date; write 2026-07-09, today or yesterday")
      }
      return date
    }
  }
}

extension BackfillRequest.By: ExpressibleByArgument {}

/// A backfill as `--json` gives it.
struct BackfillView: Encodable {
  let job: String
  let by: BackfillRequest.By
  let isDryRun: Bool
  let slots: [PastRun]
  let notes: [String]
  let batch: Batch?

  init(job: String, _ done: Backfill, _ isDryRun: Bool) {
    self.job = job
    by = done.by
    self.isDryRun = isDryRun
    slots = done.runs
    notes = done.notes
    batch = done.batch
  }

  enum CodingKeys: String, CodingKey {
    case job, by
    case isDryRun = "is_dry_run"
    case slots, notes, batch
  }
}
