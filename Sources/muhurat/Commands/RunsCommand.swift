import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct RunsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Runs, newest first.",
    discussion: """
      Examples:
        muhurat runs reconcile --item asha --limit 5
        muhurat runs --state failed,unknown --date 2026-07-09
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Only this job's.")
  var job: String?

  @Option(
    help: "Only in these states, such as failed,unknown; 'unfinished' is all that have not ended.")
  var state: String?

  @Option(help: "Only of this item, such as an account.")
  var item: String?

  @Option(help: "Only of this business date, such as 2026-07-09, today or yesterday.")
  var date: String?

  @Option(help: "Only of this batch: a backfill, a resume or an approval.")
  var batch: Int64?

  @Option(help: "How many at most.")
  var limit = 20

  @Option(help: "Only runs older than this one: the next page.")
  var before: Int64?

  @Flag(help: "An array of objects.")
  var json = false

  func validate() throws {
    if batch != nil, job != nil || item != nil || date != nil {
      throw ValidationError(
        "a batch is of one job; --batch goes with --state, --limit and --before")
    }
    guard (1...10_000).contains(limit) else {
      throw ValidationError("--limit \(limit) is not 1 to 10000")
    }
    _ = try states()
  }

  func execute() async throws {
    let house = try await House.open(options)
    if let job { _ = try await house.known(job) }
    let clock = try await ClockView.of(house)
    var filter = RunFilter(
      job: job, states: try states(), item: item, businessDate: try businessDate(clock),
      before: before, limit: limit)
    filter.batch = batch
    let runs = try await house.control.runs(filter)
    if json { return Console.say(try JSONOutput.text(runs)) }
    guard !runs.isEmpty else {
      Console.say("no such runs" + (job.map { "; why it did not run: muhurat why \($0)" } ?? ""))
      if let job { try await tellFormerNames(of: job, house) }
      return
    }
    Console.say(RunsView(runs: runs, clock: clock).text)
    if runs.count == limit, let last = runs.last {
      Console.say("there may be older ones: --before \(last.id)")
    }
    if let job { try await tellFormerNames(of: job, house) }
  }

  /// A renamed job's history stays where it was written.
  private func tellFormerNames(of job: String, _ house: House) async throws {
    for name in try await house.control.formerNames(of: job) {
      Console.say("before, it was named '\(name)': muhurat runs \(name)")
    }
  }

  private func states() throws -> [RunState]? {
    guard let state else { return nil }
    if state == "unfinished" { return RunState.allCases.filter { !$0.isEnded } }
    return try state.split(separator: ",").map { word in
      guard let state = RunState(rawValue: String(word)) else {
        let all = RunState.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--state '\(word)' is no state; states are: unfinished, \(all)")
      }
      return state
    }
  }

  private func businessDate(_ clock: ClockView) throws -> CivilDate? {
    guard let date else { return nil }
    let today = clock.zone.local(clock.clock.jobTime).date
    switch date {
    case "today": return today
    case "yesterday": return today.adding(days: -1)
    default:
      guard let day = CivilDate(date) else {
        throw Refusal(.usage, "--date '\(date)' is no date such as 2026-07-09")
      }
      return day
    }
  }
}
