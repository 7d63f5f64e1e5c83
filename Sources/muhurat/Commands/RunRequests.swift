import FoundationEssentials
import JobStore
import Jobs
import TradingTime

/// What `muhurat run` was asked for, one request for each item.
struct RunRequests {
  let command: RunCommand
  let house: House
  let definition: JobStore.Definition

  func all() async throws -> [RunRequest] {
    let almanac = try house.almanacSource.almanac(for: [definition.job])
    let slot = try slot()
    let date = try businessDate(almanac, slot)
    let parameters = try parameters()
    if let slot { try await check(slot, almanac) }
    let passes = passes(almanac, slot)
    return try await items().map { item in
      var request = RunRequest(
        job: definition.job, revision: definition.revision, item: item, slot: slot,
        businessDate: date, parameters: parameters, actor: actor, reason: command.reason)
      request.passes = passes
      request.isDryRun = command.dryRun
      return request
    }
  }

  /// What is owed up to now is decided first, so that a slot which has come due is no longer open.
  private func check(_ slot: Instant, _ almanac: Almanac) async throws {
    if definition.job.schedule != nil { _ = try await house.decideWhatIsDue(definition.job) }
    try await house.control.checkSlotMayRun(
      slot, of: definition.job.name, in: try await house.almanac(everOf: definition.job))
  }

  /// A run by hand passes pause and calendar, and says so.
  private func passes(_ almanac: Almanac, _ slot: Instant?) -> [String] {
    let now = house.clock.nowOrWall
    var passes: [String] = []
    if let pause = definition.pause, pause.covers(now) { passes.append(pause.words) }
    if slot == nil, let schedule = definition.job.schedule,
      let closed = almanac.closedReason(at: now, for: schedule)
    {
      passes.append(closed)
    }
    for passed in passes { Console.complain("a run by hand passes this: \(passed)") }
    return passes
  }

  private func items() async throws -> [String?] {
    let job = definition.job
    if command.item == nil, let name = job.forEach,
      let all = try await house.workshop.source(named: name)?.list(house.control.pool), !all.isEmpty
    {
      return all
    }
    let objection = try await house.workshop.objection(
      toItem: command.item, of: job, on: house.control.pool)
    if let objection { throw Refusal(command.item == nil ? .data : .usage, "--item: \(objection)") }
    return [command.item]
  }

  private func slot() throws -> Instant? {
    guard let text = command.slot else { return nil }
    guard let slot = Instant(rfc3339: text) else {
      throw Refusal(.usage, "--slot '\(text)' is no time such as 2026-07-09T16:20:00+05:30")
    }
    return slot
  }

  private func businessDate(_ almanac: Almanac, _ slot: Instant?) throws -> CivilDate {
    if let text = command.date {
      guard let date = CivilDate(text) else {
        throw Refusal(.usage, "--date '\(text)' is no date such as 2026-07-09")
      }
      return date
    }
    let instant = slot ?? house.clock.nowOrWall
    if let date = almanac.businessDate(of: instant, for: definition.job.schedule) { return date }
    throw Refusal(
      .data, "the calendar does not reach \(instant); name the business date with --date")
  }

  private func parameters() throws -> [String: JSONValue] {
    var parameters: [String: JSONValue] = [:]
    for setting in command.settings {
      guard let equals = setting.firstIndex(of: "=") else {
        throw Refusal(.usage, "--set '\(setting)' is not key=value")
      }
      let key = String(setting[..<equals])
      if let objection = house.workshop.objection(toParameter: key, of: definition.job) {
        throw Refusal(.usage, "--set \(objection)")
      }
      parameters[key] = .string(String(setting[setting.index(after: equals)...]))
    }
    return parameters
  }

  private var actor: String { Operator.name(house.secrets.environment) }
}

/// Who works at this terminal, for the record.
enum Operator {
  static func name(_ environment: [String: String]) -> String {
    if environment["INVOCATION_ID"] != nil, environment["SUDO_USER"] == nil { return "systemd" }
    return environment["SUDO_USER"] ?? environment["USER"] ?? environment["LOGNAME"] ?? "operator"
  }
}
