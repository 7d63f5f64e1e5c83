import JobFiles
import JobStore
import Jobs
import YAML

/// Whose definition counts: the one in `jobs.job`. A file that differs is refused, with the difference.
struct JobInForce {
  let house: House
  let options: GlobalOptions

  func definition(of name: String) async throws -> JobStore.Definition {
    let known = try await house.control.definition(of: name)
    guard let file = try fileJob(name) else {
      if let known, known.retiredAt == nil { return known }
      throw Refusal(.data, await unknownJob(name))
    }
    guard let known, known.retiredAt == nil else {
      _ = try await house.load([file], retiringAbsent: false)
      guard let loaded = try await house.control.definition(of: name) else {
        throw Refusal(.data, "job '\(name)' vanished while it was loaded")
      }
      return loaded
    }
    guard try await house.control.revision(of: file) == known.revision else {
      throw Refusal(
        .data,
        "the file of '\(name)' differs from the definition in force:\n"
          + DefinitionDifference.lines(from: known.job, to: file).joined(separator: "\n")
          + "\nreload the daemon (systemctl reload muhurat) or put the file back")
    }
    return known
  }

  /// The job of the files; nil if there is no such file. Files that cannot be read refuse everything.
  private func fileJob(_ name: String) throws -> Job? {
    guard let folder = try? options.jobsFolder() else { return nil }
    return try JobFilesReading.jobs(folder, house.workshop.catalogue, house.almanacSource)
      .first { $0.name == name }
  }

  private func unknownJob(_ name: String) async -> String {
    let names = ((try? await house.control.definitions()) ?? []).map(\.job.name)
    let meant = nearest(to: name, in: names).map { "; did you mean '\($0)'?" }
    let all = names.isEmpty ? "" : "; jobs are: \(names.joined(separator: ", "))"
    return "no job named '\(name)'\(meant ?? all)"
  }
}

/// Job files as every command reads them.
enum JobFilesReading {
  static func jobs(
    _ folder: String, _ catalogue: UnitCatalogue, _ source: AlmanacSource
  ) throws -> [Job] {
    let context = JobFileContext(
      catalogue: catalogue, calendars: try source.readCalendars(), zone: AlmanacSource.zone)
    do {
      return try JobFolder.read(folder, in: context)
    } catch {
      throw Refusal(.data, error.description)
    }
  }
}
