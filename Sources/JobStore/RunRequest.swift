package import Jobs
import Postgres
package import TradingTime

/// What an operator asked for: a run of its own, without a slot, or the run of a slot that had
/// none.
package struct RunRequest: Sendable {
  package var job: Job
  package var revision: String
  package var item: String?
  /// A held or missed slot to run; nil for a manual run.
  package var slot: Instant?
  package var businessDate: CivilDate
  package var parameters: [String: JSONValue]
  package var actor: String
  package var reason: String?
  /// Of a manual run that this process works itself; a slot has one run, and that is for real.
  package var isDryRun = false
  /// What would have kept the scheduler from running it now, for the record: a pause, a closed
  /// market.
  package var passes: [String] = []

  package init(
    job: Job, revision: String, item: String? = nil, slot: Instant? = nil,
    businessDate: CivilDate, parameters: [String: JSONValue] = [:], actor: String,
    reason: String? = nil
  ) {
    self.job = job
    self.revision = revision
    self.item = item
    self.slot = slot
    self.businessDate = businessDate
    self.parameters = parameters
    self.actor = actor
    self.reason = reason
  }

  var trigger: Trigger { slot == nil ? .manual : .slot }

  /// A slot's run uses its business date up, however late it comes; a manual run never does.
  var usesDate: Bool { slot != nil && job.oncePerBusinessDate }

  var lock: String {
    job.lock.name(job: job.name, item: item, dueAt: slot, businessDate: businessDate)
  }
}

extension RunRequest {
  /// What the operators' record says was made.
  func record(state: RunState) throws -> JSONText {
    var after: [String: JSONValue] = [
      "state": .string(state.rawValue), "trigger": .string(trigger.rawValue),
      "business_date": .string("\(businessDate)"), "revision": .string(revision),
    ]
    if let item { after["item"] = .string(item) }
    if let slot { after["due_at"] = .string("\(slot)") }
    if !parameters.isEmpty { after["parameters"] = .object(parameters) }
    if isDryRun { after["dry_run"] = true }
    if !passes.isEmpty { after["passes"] = .array(passes.map { .string($0) }) }
    return try JSONText(encoding: after)
  }
}
