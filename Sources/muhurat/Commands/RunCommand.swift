import ArgumentParser
import Glibc
import JobStore
import Jobs
import Postgres
import Runner
import Threads
import TradingTime

struct RunCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a job now, in this process, to its end.",
    discussion: """
      A manual run has a record of its own and no slot. It passes pause and calendar, never lock, fence or
      'needs'. With --due it decides what is owed up to now, as systemd timers want it.
      Examples:
        muhurat run reconcile --item asha --reason "fills arrived late"
        muhurat run sync-positions --due
        muhurat run reconcile --slot 2026-07-09T16:20:00+05:30
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The job's name.")
  var job: String

  @Option(help: "Only this item, such as an account; default: each in turn.")
  var item: String?

  @Option(help: "The business date to run for, such as 2026-07-09.")
  var date: String?

  @Option(help: "Run this held or missed slot, as RFC 3339.")
  var slot: String?

  @Option(name: .customLong("set"), help: "A parameter for this run, as key=value; repeatable.")
  var settings: [String] = []

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "Do everything, take it back, and put it on record as cancelled.")
  var dryRun = false

  @Flag(help: "Decide and run what is due, then leave; what timers call.")
  var due = false

  @Flag(help: "Wait for the lock instead of ending with 75.")
  var wait = false

  @Flag(help: "Leave the run to a daemon and print its id.")
  var enqueue = false

  @Flag(help: "An array: the runs as they ended.")
  var json = false

  func validate() throws {
    let isPlain =
      item == nil && date == nil && slot == nil && reason == nil && settings.isEmpty && !dryRun
      && !wait && !enqueue
    if due && !isPlain {
      throw ValidationError(
        "--due takes what is owed as it is; it goes with no other option but --json")
    }
    if dryRun && enqueue { throw ValidationError("a daemon does nothing dry; leave out --enqueue") }
    if dryRun && slot != nil {
      throw ValidationError("a slot has one run, and that is for real; a dry run takes --date")
    }
    if enqueue && wait { throw ValidationError("--enqueue waits for nothing; leave out --wait") }
    if slot != nil && date != nil { throw ValidationError("a slot has its own business date") }
  }

  func execute() async throws {
    let house = try await House.open(options)
    let definition = try await JobInForce(house: house, options: options).definition(of: job)
    house.announce()
    let runner = house.runner(try house.almanacSource.almanac(for: [definition.job]))
    let signals = SignalWatch { runner.interrupt() }
    defer { signals.stop() }
    let (code, runs) = try await runner.whileKeepingLeases {
      try await house.control.beSeen(as: "run")
      return due
        ? try await DueRun(house: house, runner: runner, definition: definition, json: json).run()
        : try await manual(house, runner, definition)
    }
    if json { Console.say(try JSONOutput.text(try await house.control.views(of: runs))) }
    try await house.control.leave()
    guard code == .done else { throw code.code }
  }

  private func manual(
    _ house: House, _ runner: Runner, _ definition: JobStore.Definition
  ) async throws -> (Exit, [Int64]) {
    let requests = try await RunRequests(command: self, house: house, definition: definition).all()
    var worst = Exit.done
    var runs: [Int64] = []
    for request in requests {
      guard !runner.isInterrupted else {
        Console.complain("interrupted; \(requests.count - runs.count) of \(requests.count) not run")
        return (max(worst, .failed), runs)
      }
      let told = try await ManualRun(command: self, house: house, runner: runner).run(request)
      worst = max(worst, told.exit)
      runs += told.run.map { [$0] } ?? []
    }
    return (worst, runs)
  }
}

extension JobStore {
  /// In the order asked for.
  fileprivate func views(of runs: [Int64]) async throws -> [RunView] {
    var filter = RunFilter(limit: max(1, runs.count))
    filter.ids = runs
    return try await self.runs(filter).reversed()
  }
}

extension Exit: Comparable {
  /// Worse than another, for commands that do several things: an unknown outcome above all.
  private var gravity: Int {
    switch self {
    case .done: 0
    case .busy: 1
    case .notPermitted: 2
    case .unknown: 9
    default: 5
    }
  }

  static func < (one: Exit, other: Exit) -> Bool { one.gravity < other.gravity }
}
