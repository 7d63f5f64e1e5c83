import ArgumentParser
import DeskUnits
import JobFiles
import Jobs
import YAML

struct CheckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say everything that is wrong with the job files.",
    discussion: """
      Needs no database. Ends with 65 if anything is wrong.
      Example: muhurat check jobs/
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "A folder of job files, or one file; default: as --jobs.")
  var path: String?

  @Flag(help: "Problems or jobs as JSON.")
  var json = false

  func execute() async throws {
    let source = AlmanacSource(try options.configuration())
    let context = JobFileContext(
      catalogue: DeskUnits.catalogue, calendars: try source.readCalendars(),
      zone: AlmanacSource.zone)
    let path = try path ?? options.jobsFolder()
    do {
      let jobs =
        path.hasSuffix(".yaml")
        ? [try JobFile.read(path, in: context).job] : try JobFolder.read(path, in: context)
      try tell(jobs, path)
    } catch let problems as Problems {
      try tell(problems)
      throw Exit.data.code
    }
  }

  private func tell(_ jobs: [Job], _ path: String) throws {
    if json { return Console.say(try JSONOutput.text(jobs)) }
    var table = Table([("JOB", .left), ("DOES", .left), ("WHEN", .left)])
    for job in jobs { table.add(job.name, job.work.words, job.schedule?.words ?? "by hand") }
    Console.say(table.text)
    Console.say("\(path): \(jobs.count) job\(jobs.count == 1 ? "" : "s"), nothing wrong")
  }

  private func tell(_ problems: Problems) throws {
    if json { return Console.say(try JSONOutput.text(problems.list.map(ProblemView.init))) }
    Console.complain(problems.description)
    let files = Set(problems.list.map(\.file)).count
    Console.complain(
      "\(problems.list.count) problem\(problems.list.count == 1 ? "" : "s") in \(files) file"
        + (files == 1 ? "" : "s"))
  }
}

/// A problem as `--json` gives it.
struct ProblemView: Encodable {
  let file: String
  let line: Int
  let column: Int
  let message: String
  let suggestion: String?

  init(_ problem: Problem) {
    file = problem.file
    line = problem.line
    column = problem.column
    message = problem.message
    suggestion = problem.suggestion
  }
}
