import FoundationEssentials
package import Jobs
package import TradingTime
package import YAML

/// What job files may refer to beside their own text.
package struct JobFileContext: Sendable {
  package var catalogue: UnitCatalogue
  package var calendars: [String: TradingCalendar]
  package var zone: @Sendable (String) -> ZoneRules?

  package init(
    catalogue: UnitCatalogue, calendars: [String: TradingCalendar],
    zone: @escaping @Sendable (String) -> ZoneRules?
  ) {
    self.catalogue = catalogue
    self.calendars = calendars
    self.zone = zone
  }
}

/// Reads a folder of job files: all jobs, or every problem of every file. Never a part of them.
package enum JobFolder {
  package static func read(_ folder: String, in context: JobFileContext) throws(Problems) -> [Job] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw refusal(
        folder, "the folder of job files cannot be read; check its name and permissions")
    }
    let files = names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
    var problems = names.filter { $0.hasSuffix(".yml") }.sorted().map { name in
      Problem(
        file: "\(folder)/\(name)", line: 1, column: 1, message: "job files end in .yaml",
        suggestion: "rename it to \(name.dropLast(3))yaml", sourceLine: nil)
    }
    if files.isEmpty && problems.isEmpty {
      throw refusal(folder, "no job files here; a job is one file named NAME.yaml")
    }
    var read: [ReadJob] = []
    for name in files {
      do {
        read.append(try JobFile.read("\(folder)/\(name)", in: context))
      } catch {
        problems += error.list
      }
    }
    // References are judged only when all files could be read: a file with a problem is no missing job.
    if problems.isEmpty { problems = References.problems(of: read) }
    guard problems.isEmpty else { throw Problems(problems) }
    return read.map(\.job)
  }

  static func refusal(_ place: String, _ message: String) -> Problems {
    Problems([
      Problem(
        file: place, line: 1, column: 1, message: message, suggestion: nil, sourceLine: nil)
    ])
  }
}

/// A job with the places in its file that other files may prove wrong.
package struct ReadJob {
  package var job: Job
  var afterPlaces: [(After, @Sendable (String, String?) -> Problem)]
}
