import ArgumentParser
import Demo
import JobStore
import Jobs
import Runner
import Threads
import TradingTime

/// `--once`: each job once, in the order of the day, through the same code as `muhurat run`.
struct DemoOnce: Sendable {
  private let stage: DemoStage

  init(_ stage: DemoStage) { self.stage = stage }

  /// One run of one job, as the table shows it.
  private struct Line: Sendable {
    var job: String
    var item: String?
    var outcome: String
    var verdict: String?
    var rows: Int?
    var milliseconds: Int64
    var reason: String?
  }

  func run() async throws -> Exit {
    let house = stage.house
    _ = try await house.load(stage.wishes.jobs, retiringAbsent: true)
    Console.say(
      "Each job once, in the order of its day, as of \(moment), while the market is open.\n")
    let runner = house.runner(stage.wishes.day.almanac)
    try await stage.clock.goFreely()
    let lines = try await runner.whileKeepingLeases {
      try await house.control.beSeen(as: "run")
      var lines: [Line] = []
      for job in inOrderOfTheDay { lines += try await self.lines(of: job, runner) }
      return lines
    }
    try await house.control.leave()
    Console.say(table(lines))
    let failed = lines.filter { $0.outcome != RunState.succeeded.rawValue }
    for line in failed {
      Console.complain("\(line.job): \(line.outcome)" + (line.reason.map { ": \($0)" } ?? ""))
    }
    Console.say(
      failed.isEmpty
        ? "\nAll \(stage.wishes.jobs.count) jobs succeeded."
        : "\n\(failed.count) of \(lines.count) runs did not succeed.")
    return failed.isEmpty ? .done : .failed
  }

  private var moment: String {
    guard case .shifted(let instant, let session) = stage.wishes.beginning else { return "now" }
    return "\(ClockView.time(instant)) of \(session.date)"
  }

  /// By their first open slot of a session; of two at the same moment, the one that needs the
  /// other's data comes second.
  private var inOrderOfTheDay: [Job] {
    let session = stage.wishes.beginning.session
    let ranked = stage.wishes.jobs.map { job in
      (
        job, stage.wishes.day.firstSlot(of: job, on: session) ?? session.close,
        job.needs.fresh.count
      )
    }
    return ranked.sorted { ($0.1, $0.2, $0.0.name) < ($1.1, $1.2, $1.0.name) }.map(\.0)
  }

  private func lines(of job: Job, _ runner: Runner) async throws -> [Line] {
    guard let definition = try await stage.house.control.definition(of: job.name) else { return [] }
    let command = try RunCommand.parse([job.name, "--reason", "muhurat demo --once"])
    let requests = try await RunRequests(
      command: command, house: stage.house, definition: definition
    ).all()
    var lines: [Line] = []
    for request in requests { lines.append(try await line(request, runner)) }
    return lines
  }

  private func line(_ request: RunRequest, _ runner: Runner) async throws -> Line {
    let askedAt = SystemClock.sinceBoot()
    var line = Line(job: request.job.name, item: request.item, outcome: "", milliseconds: 0)
    switch try await stage.house.control.start(request) {
    case .claimed(let claim):
      switch try await runner.finish(claim, askedAt: askedAt, saying: { Console.complain($0) }) {
      case .takenOver: line.outcome = "taken over"
      case .ended(let state, let reason, let result):
        line.outcome = state.rawValue
        line.reason = reason
        line.verdict = result?.verdict.rawValue
        line.rows = result?.rows.count
      }
    case .busy(let holder):
      line.outcome = "busy"
      line.reason = "\(holder.what) is held by run \(holder.run)"
    case .slotHasRun(let run): line.outcome = "slot has run \(run)"
    }
    line.milliseconds = (SystemClock.sinceBoot() - askedAt).microseconds / 1000
    return line
  }

  private func table(_ lines: [Line]) -> String {
    var table = Table([
      ("JOB", .left), ("ITEM", .left), ("OUTCOME", .left), ("VERDICT", .left), ("ROWS", .right),
      ("MS", .right),
    ])
    for line in lines {
      table.add(
        line.job, line.item, line.outcome, line.verdict, line.rows.map { "\($0)" },
        "\(line.milliseconds)")
    }
    return table.text
  }
}
