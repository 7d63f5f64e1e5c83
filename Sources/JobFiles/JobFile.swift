import FoundationEssentials
import Jobs
import TradingTime
package import YAML

/// Reads one job file. Its stem is the job's name.
package enum JobFile {
  package static func read(
    _ path: String, in context: JobFileContext
  ) throws(Problems) -> ReadJob {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw JobFolder.refusal(
        path, "the file cannot be read; it vanished or its permissions forbid it")
    }
    return try read([UInt8](content), path: path, in: context)
  }

  package static func read(
    _ bytes: [UInt8], path: String, in context: JobFileContext
  ) throws(Problems) -> ReadJob {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.hasSuffix(".yaml") ? String(file.dropLast(5)) : file
    return try YAMLFile.read(bytes, name: path) { reader in
      checkName(stem, reader)
      return reader.mapping { keys in
        JobReading(name: stem, folder: folder(of: path), keys: keys, context: context).job()
      }
    }
  }

  /// Names stand in URLs, locks, unit names of systemd and the environment of programs.
  private static func checkName(_ stem: String, _ reader: Reader) {
    let isUsable =
      stem.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
      && !stem.hasPrefix("-") && (1...64).contains(stem.utf8.count)
    if !isUsable {
      reader.report(
        "'\(stem)' is no job name", "use 1 to 64 lower-case letters, digits and inner hyphens")
    }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}

/// The keys of one job file, read in the order of DESIGN section 5.
struct JobReading {
  let name: String
  let folder: String
  let keys: MappingReader
  let context: JobFileContext

  func job() -> ReadJob? {
    let description = keys.optional("description") { $0.string() }
    let work = work()
    let schedule = keys.optional("schedule") { ScheduleReading(context: context).schedule($0) }
    let forEach = keys.optional("for_each") { $0.known(context.catalogue.items, "item source") }
    let timeout = keys.required("timeout") { $0.positiveDuration() }
    let lock = keys.optional("lock") { lockTemplate($0, hasItems: forEach != nil) }
    let after = keys.optional("after", after) ?? []
    let parameters = parameters(of: work)
    var policies = PolicyReading(keys: keys, context: context)
    let read = policies.read()
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
    read.apply(to: &job)
    checkTogether(job)
    return ReadJob(job: job, afterPlaces: after)
  }

  // MARK: Work

  private func work() -> Work? {
    guard let (kind, reader) = keys.atMostOne(of: ["unit", "command", "sql", "http"]) else {
      keys.report("nothing to do", "give one of unit, command, sql or http")
      return nil
    }
    switch kind {
    case "unit":
      return reader.known(context.catalogue.units.map(\.name), "unit").map(Work.unit)
    case "command":
      guard let words = reader.list({ $0.string() }) else { return nil }
      guard words.first?.isEmpty == false else {
        reader.report("an empty command", "write [program, argument, …]")
        return nil
      }
      return .command(words)
    case "sql": return script(reader)
    default: return call(reader)
    }
  }

  private func script(_ reader: Reader) -> Work? {
    guard let path = reader.string() else { return nil }
    let place = path.hasPrefix("/") ? path : "\(folder)/\(path)"
    guard let content = FileManager.default.contents(atPath: place) else {
      reader.report("'\(place)' cannot be read", "the path is relative to the job file")
      return nil
    }
    guard content.count <= 1 << 20, let text = String(validating: content, as: UTF8.self) else {
      reader.report("'\(place)' is no UTF-8 text of at most 1 MiB")
      return nil
    }
    return .sql(path: path, text: text)
  }

  private func call(_ reader: Reader) -> Work? {
    reader.mapping { keys in
      let method = keys.optional("method") {
        $0.word(of: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map { ($0, $0) })
      }
      let url = keys.required("url") { reader in
        reader.parsed("an address such as https://host/path") { text throws(WrongSpelling) in
          guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            throw WrongSpelling("'\(text)' does not begin with https:// or http://")
          }
          guard !text.contains("@") else {
            throw WrongSpelling("a URL with credentials would stand in the database; use a header")
          }
          return text
        }
      }
      let headers =
        keys.optional("headers") { reader in
          reader.entries { key, value in value.string().map { (key, $0) } }
        } ?? []
      let body = keys.optional("body") { $0.string() }
      guard let url else { return nil }
      return .http(
        Work.Call(
          method: method ?? "GET", url: url,
          headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }), body: body))
    }
  }

  // MARK: Conditions and parameters

  private func lockTemplate(_ reader: Reader, hasItems: Bool) -> LockTemplate? {
    guard let text = reader.string() else { return nil }
    let template = LockTemplate(text: text)
    for place in template.unknownPlaces {
      let meant = nearest(to: place, in: LockTemplate.places).map { "did you mean '{\($0)}'?" }
      let all = "places are \(LockTemplate.places.map { "{\($0)}" }.joined(separator: ", "))"
      reader.report("unknown place '{\(place)}' in a lock's name", meant ?? all)
    }
    if text.contains("{item}") && !hasItems {
      reader.report("'{item}' in a lock's name, and the job has no for_each")
    }
    return template
  }

  /// `[a, b]`, or `{ a: settled, b: succeeded }`.
  private func after(
    _ reader: Reader
  ) -> [(After, @Sendable (String, String?) -> Problem)]? {
    func placed(_ after: After, _ node: Reader) -> (After, @Sendable (String, String?) -> Problem) {
      let source = node.problems.source
      let mark = node.node.mark
      return (after, { source.problem($0, at: mark, suggestion: $1) })
    }
    if reader.shape == .mapping {
      return reader.entries { name, value in
        value.word(After.Condition.self).map { placed(After(job: name, condition: $0), value) }
      }
    }
    return reader.oneOrMore { value in value.string().map { placed(After(job: $0), value) } }
  }

  private func parameters(of work: Work?) -> [String: JSONValue] {
    guard let reader = keys.optional("with") else { return [:] }
    guard case .unit(let name)? = work, let unit = context.catalogue.unit(name) else {
      if case .unit? = work { return [:] }
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

  /// Rules about keys that only make sense together.
  private func checkTogether(_ job: Job) {
    if !job.after.isEmpty && job.expiresAfter == nil {
      keys.report(
        "'after' without 'expires_after'", atKey: "after",
        "say until when it may wait, such as expires_after: 16h")
    }
    if job.oncePerBusinessDate && job.schedule == nil {
      keys.report("'once_per' without a schedule", atKey: "once_per")
    }
    if case .skip = job.misfire.policy, job.schedule == nil, keys.has("misfire") {
      keys.report("'misfire' without a schedule", atKey: "misfire")
    }
  }
}
