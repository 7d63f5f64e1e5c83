package import JobStore
package import Jobs
import Subprocess

import class FoundationEssentials.ProcessInfo

/// `command: [prog, arg]`: a program of the operator's, run with everything it starts as one group.
///
/// When the attempt ends, in whatever way, nobody of the group is left: a cancelled one is asked
/// first and has the job's grace, but never beyond its lease; leftovers of one that ended by itself
/// are killed at once.
package struct ProgramUnit: WorkUnit {
  let output: Transcript
  let inherited: [String: String]
  let whenOutOfTime: @Sendable (@escaping @Sendable () -> Void) -> Void

  /// - Parameters:
  ///   - output: the attempt's transcript; the program's two streams go there byte for byte.
  ///   - inherited: where the few variables that a program may see are taken from.
  ///   - whenOutOfTime: takes what ends the program at once, for the moment when its lease is as
  ///     good as over.
  package init(
    output: Transcript, inherited: [String: String] = ProcessInfo.processInfo.environment,
    whenOutOfTime: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in }
  ) {
    self.output = output
    self.inherited = inherited
    self.whenOutOfTime = whenOutOfTime
  }

  package func run(_ attempt: Attempt) async throws -> RunResult {
    guard case .command(let words) = attempt.job.work else {
      throw UnitFailure("job \(attempt.job.name) names no program")
    }
    let visible = ProgramEnvironment.passedOn(from: inherited)
    let place = try ProgramPlace(
      words, directory: attempt.job.directory, path: visible["PATH"])
    let report = try ProgramReport()
    defer { report.remove() }
    let environment = visible.merging(
      ProgramEnvironment.facts(of: attempt, reportingTo: report.path)
    ) { _, ours in ours }
    try Task.checkCancellation()
    let group = ProgramGroup(place: place, environment: environment, grace: attempt.job.grace)
    whenOutOfTime(group.kill)
    do {
      let status = try await group.run(into: output)
      try Task.checkCancellation()
      if let failure = ProgramExit(status).failure(of: place.name, lastLine: output.lastLine) {
        throw failure
      }
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw place.failure(of: error)
    }
    return try report.result(kind: attempt.job.result ?? "program", program: place.name)
  }
}
