import ArgumentParser
import DeskUnits
import JobFiles
import Jobs
import Threads
import TradingTime
import YAML

struct CheckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say everything that is wrong with the job files.",
    discussion: """
      Needs no database. Ends with 65 if anything is wrong.
      Examples:
        muhurat check jobs/
        muhurat check --date 2026-11-08          the day as it would run, and what runs in the wrong phase
        muhurat check jobs/ --diff /etc/muhurat/jobs   what the files in jobs/ change in the next days
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "A folder of job files, or one file; default: as --jobs.")
  var path: String?

  @Option(help: "Show this date as it would run.", transform: ArgumentDate.read)
  var date: CivilDate?

  @Option(help: "A folder of job files as they were: show what changes in the next days.")
  var diff: String?

  @Option(help: "With --diff: how many days, today included.")
  var days = 7

  @Flag(help: "Problems, jobs, the day or the changes as JSON.")
  var json = false

  func validate() throws {
    guard date == nil || diff == nil else {
      throw ValidationError("give --date or --diff, not both")
    }
    guard (1...370).contains(days) else { throw ValidationError("--days is 1 to 370") }
  }

  func execute() async throws {
    let source = AlmanacSource(try options.configuration())
    let files = try CheckedFiles(source)
    let path = try path ?? options.jobsFolder()
    do {
      let jobs = try files.jobs(path)
      if let date {
        let day = CheckDay(jobs, on: date, try source.almanac(for: jobs))
        Console.say(json ? try JSONOutput.text(day.view) : day.text)
      } else if let diff {
        let before = try files.jobs(diff)
        let edit = CheckEdit(
          from: .init(jobs: before, almanac: try source.almanac(for: before)),
          to: .init(jobs: jobs, almanac: try source.almanac(for: jobs)),
          now: Instant(microseconds: SystemClock.microsecondsSinceEpoch()), days: days)
        Console.say(json ? try JSONOutput.text(edit.view) : edit.text)
      } else {
        try tell(jobs, path)
      }
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

/// Job files as `check` reads them: a folder, or one file.
struct CheckedFiles {
  var context: JobFileContext

  init(_ source: AlmanacSource) throws {
    context = JobFileContext(
      catalogue: DeskUnits.catalogue, calendars: try source.readCalendars(),
      zone: AlmanacSource.zone)
  }

  func jobs(_ path: String) throws(Problems) -> [Job] {
    try path.hasSuffix(".yaml")
      ? [JobFile.read(path, in: context).job] : JobFolder.read(path, in: context)
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
