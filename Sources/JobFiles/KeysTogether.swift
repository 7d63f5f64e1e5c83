import Jobs
import YAML

/// Rules about keys that only make sense together. A key without effect is as bad as a misspelt
/// one: its author counts on it.
struct KeysTogether {
  let keys: MappingReader
  let catalogue: UnitCatalogue

  func check(_ work: Work?, _ policies: PolicyReading.Policies) {
    if !keys.has("schedule") { checkByHand(policies) }
    if keys.has("schedule"), keys.has("after"), !keys.has("expires_after") {
      keys.report(
        "'after' without 'expires_after'", atKey: "after",
        "say until when it may wait, such as expires_after: 16h")
    }
    guard let work else { return }
    if case .command = work {
    } else if keys.has("directory") {
      keys.report("'directory' is for 'command'", atKey: "directory")
    }
    if case .unit(let name) = work, let unit = catalogue.unit(name), let result = policies.result,
      result != unit.resultKind
    {
      keys.report("unit '\(name)' gives '\(unit.resultKind)', not '\(result)'", atKey: "result")
    }
  }

  private func checkByHand(_ policies: PolicyReading.Policies) {
    for key in ["after", "once_per", "overlap", "misfire", "expires_after", "jitter"]
    where keys.has(key) {
      keys.report(
        "'\(key)' without a schedule", atKey: key, "it is about slots, and a job by hand has none")
    }
    if policies.promise?.okBy != nil {
      keys.report("'ok_by' without a schedule", atKey: "promise")
    }
    if policies.promise?.startWithin != nil {
      keys.report("'start_within' without a schedule", atKey: "promise")
    }
  }
}
