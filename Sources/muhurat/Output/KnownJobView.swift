import Desk
import JobStore
import Jobs
import Postgres
import TradingTime
import YAML

/// What commands about one job have in common: which job is meant, and who asks.
extension House {
  /// The definition in the database; files are not looked at, because it is the one that decides.
  func known(_ name: String) async throws -> JobStore.Definition {
    if let known = try await control.definition(of: name) { return known }
    let names = try await control.definitions().map(\.job.name)
    let meant = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
    let all =
      names.isEmpty
      ? "no jobs are loaded, muhurat serve loads them"
      : "jobs are: \(names.joined(separator: ", "))"
    throw Refusal(.data, "no job named '\(name)'; \(meant ?? all)")
  }

  /// The zone in which a job's times are written.
  func zone(of job: Job) throws -> ZoneRules {
    try almanacSource.almanac(for: [job]).zone(of: job.schedule)
  }

  /// For slots of the past, which run by the definition of their time.
  func almanac(everOf job: Job) async throws -> Almanac {
    try almanacSource.almanac(for: try await control.definitionsEver(of: job.name) + [job])
  }

  /// Puts definitions in force; what the old ones still owe is told by their own zones and calendars.
  func load(_ jobs: [Job], retiringAbsent: Bool) async throws -> JobStore.LoadReport {
    let known = try await control.readableDefinitions().definitions.map(\.job)
    return try await control.load(
      jobs, retiringAbsent: retiringAbsent, in: try almanacSource.almanac(for: known + jobs))
  }

  /// Who is on record for what this process does.
  var actor: String { Operator.name(secrets.environment) }

  /// Whoever types at a terminal sees which database is about to change.
  func announce() {
    guard Console.hasPerson else { return }
    Console.complain("database: \(control.pool.settings) (\(configuration.mode.rawValue))")
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
