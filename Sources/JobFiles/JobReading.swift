import Jobs
import TradingTime
import YAML

/// The keys of one job file.
struct JobReading {
  let name: String
  let folder: String
  let keys: MappingReader
  let lookups: Lookups

  private var context: JobFileContext { lookups.context }

  func job() -> ReadJob? {
    let description = keys.optional("description") { $0.string() }
    let work = WorkReading(folder: folder, catalogue: context.catalogue).work(keys)
    let schedule = keys.optional("schedule") { ScheduleReading(lookups: lookups).schedule($0) }
    let forEach = keys.optional("for_each") { $0.known(context.catalogue.items, "item source") }
    let timeout = keys.required("timeout") { $0.positiveDuration() }
    let lock = keys.optional("lock", lockTemplate)
    let after = keys.optional("after", after) ?? []
    let parameters = parameters(of: work)
    let policies = PolicyReading(keys: keys, context: context).read()
    reportKeysOfSchedule()
    KeysTogether(keys: keys, catalogue: context.catalogue).check(work, policies)
    guard let work, let timeout else { return nil }
    var job = Job(name: name, work: work, timeout: timeout)
    if case .unit(let unit) = work {
      job.idempotent = context.catalogue.unit(unit)?.isIdempotent ?? false
    }
    job.description = description
    job.schedule = schedule
    job.forEach = forEach
    job.lock = lock ?? .standard(job: name, hasItems: forEach != nil)
    job.after = after.map(\.0)
    job.parameters = parameters
    policies.apply(to: &job)
    return ReadJob(job: job, afterPlaces: after, poolPlace: policies.pool?.place)
  }

  /// Other systems have them at the top.
  private func reportKeysOfSchedule() {
    for key in ["every", "at", "cron", "during", "timezone", "dst_gap", "dst_fold"]
    where keys.optional(ifThere: key) {
      keys.report("unknown key '\(key)'", atKey: key, "it belongs into 'schedule'")
    }
  }

  private func lockTemplate(_ reader: Reader) -> LockTemplate? {
    guard let text = reader.string() else { return nil }
    for place in LockTemplate(text: text).unknownPlaces {
      guard !LockTemplate.places.contains(place) else {
        reader.report("'{\(place)' in a lock's name is not closed", "write '{\(place)}'")
        continue
      }
      let meant = nearest(to: place, in: LockTemplate.places).map { "did you mean '{\($0)}'?" }
      let all = "places are \(LockTemplate.places.map { "{\($0)}" }.joined(separator: ", "))"
      reader.report("unknown place '{\(place)}' in a lock's name", meant ?? all)
    }
    if text.allSatisfy(\.isWhitespace) { reader.report("an empty lock name") }
    if text.contains("{item}") && !keys.has("for_each") {
      reader.report("'{item}' in a lock's name, and the job has no for_each")
    }
    return LockTemplate(text: text)
  }

  /// `[a, b]`, or `{ a: settled, b: succeeded }`.
  private func after(_ reader: Reader) -> [ReadJob.PlacedAfter]? {
    func placed(_ after: After, _ node: Reader) -> ReadJob.PlacedAfter {
      let source = node.problems.source
      let mark = node.node.mark
      return (after, { source.problem($0, at: mark, suggestion: $1) })
    }
    if reader.shape == .mapping {
      return reader.entries { name, value in
        value.word(After.Condition.self).map { placed(After(job: name, condition: $0), value) }
      }
    }
    var known: Set<String> = []
    return reader.oneOrMore { value in
      value.string().flatMap { name in
        guard known.insert(name).inserted else {
          value.reportRepeated()
          return nil
        }
        return placed(After(job: name), value)
      }
    }
  }

  private func parameters(of work: Work?) -> [String: JSONValue] {
    guard let reader = keys.optional("with") else { return [:] }
    // What cannot be told because the unit's own name is wrong is no second problem.
    guard let work else { return [:] }
    guard case .unit(let name) = work, let unit = context.catalogue.unit(name) else {
      reader.report("'with' is for built-in units", "a program takes its arguments in 'command'")
      return [:]
    }
    return reader.mapping { keys in
      var values: [String: JSONValue] = [:]
      for parameter in unit.parameters {
        let found =
          parameter.isRequired
          ? keys.required(parameter.name) { $0.parameter(parameter.kind) }
          : keys.optional(parameter.name) { $0.parameter(parameter.kind) }
        if let found { values[parameter.name] = found }
      }
      return values
    } ?? [:]
  }
}

extension MappingReader {
  /// Asks for a key only where it is, so that it is no candidate for what was meant elsewhere.
  fileprivate func optional(ifThere key: String) -> Bool { has(key) && optional(key) != nil }
}
