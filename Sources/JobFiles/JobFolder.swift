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
  package static func read(_ path: String, in context: JobFileContext) throws(Problems) -> [Job] {
    var folder = path[...]
    while folder.count > 1, folder.last == "/" { folder.removeLast() }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: String(folder))
    } catch {
      throw refusal(
        String(folder), "the folder of job files cannot be read; check its name and permissions")
    }
    let files = names.filter { isJobFile($0) || isMisnamed($0) }.sorted()
    if files.isEmpty {
      throw refusal(String(folder), "no job files here; a job is one file named NAME.yaml")
    }
    let lookups = Lookups(context)
    var read: [ReadJob] = []
    var problems: [Problem] = []
    for name in files {
      do throws(Problems) {
        guard !isMisnamed(name) else { throw misnamed(name, in: String(folder)) }
        read.append(try JobFile.read("\(folder)/\(name)", lookups))
      } catch {
        problems += error.list
      }
    }
    // Judged only when all files could be read: a file with a problem is no missing job.
    if problems.isEmpty { problems = References(read).problems }
    guard problems.isEmpty else { throw Problems(problems) }
    return read.map(\.job)
  }

  private static func isJobFile(_ name: String) -> Bool {
    name.hasSuffix(".yaml") && !name.hasPrefix(".")
  }

  /// Passed over, it would be a job that never runs.
  private static func isMisnamed(_ name: String) -> Bool {
    let isYAML = name.lowercased().hasSuffix(".yml") || name.lowercased().hasSuffix(".yaml")
    return isYAML && !name.hasSuffix(".yaml") && !name.hasPrefix(".")
  }

  private static func misnamed(_ name: String, in folder: String) -> Problems {
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    return refusal("\(folder)/\(name)", "job files end in .yaml", "rename it to \(stem).yaml")
  }

  static func refusal(
    _ place: String, _ message: String, _ suggestion: String? = nil
  ) -> Problems {
    Problems([
      Problem(file: place, line: 1, column: 1, message: message, suggestion: suggestion)
    ])
  }
}

/// A job with the places in its file that other files may prove wrong.
package struct ReadJob {
  typealias PlacedAfter = (After, @Sendable (String, String?) -> Problem)

  package var job: Job
  var afterPlaces: [PlacedAfter]
  var poolPlace: (@Sendable (String, String?) -> Problem)?
}
