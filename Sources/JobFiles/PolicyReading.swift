import Jobs
import TradingTime
import YAML

/// Reads the keys that say what happens besides: retries, overlap, misfire, promises, limits.
struct PolicyReading {
  let keys: MappingReader
  let context: JobFileContext

  /// With the place of what is to be said about it once all files are read.
  typealias PlacedPool = (limit: PoolLimit, place: @Sendable (String, String?) -> Problem)

  /// What the file said; what it left out gets the defaults of the schedule's kind.
  struct Policies {
    var retry: RetryPolicy?
    var overlap: Overlap?
    var misfire: Misfire?
    var expiresAfter: Duration?
    var idempotent: Bool?
    var oncePerBusinessDate = false
    var needs: Needs?
    var promise: Promise?
    var alert: [AlertChannel]?
    var grace: Duration?
    var jitter: Duration?
    var outputLimit: Int?
    var directory: String?
    var result: String?
    var tags: [String]?
    var pool: PlacedPool?

    func apply(to job: inout Job) {
      let defaults = Defaults(of: job.schedule, oncePerBusinessDate: oncePerBusinessDate)
      job.oncePerBusinessDate = oncePerBusinessDate
      job.misfire = misfire ?? defaults.misfire
      job.expiresAfter = expiresAfter ?? defaults.expiresAfter
      if let retry { job.retry = retry }
      if let overlap { job.overlap = overlap }
      if let idempotent { job.idempotent = idempotent }
      if let needs { job.needs = needs }
      job.promise = promise
      if let alert { job.alert = alert }
      if let grace { job.grace = grace }
      job.jitter = jitter
      if let outputLimit { job.outputLimit = outputLimit }
      job.directory = directory
      job.result = result
      job.pool = pool?.limit
      if let tags { job.tags = tags }
    }
  }

  func read() -> Policies {
    var policies = Policies()
    policies.retry = keys.optional("retry", retry)
    policies.overlap = keys.optional("overlap") { $0.word(Overlap.self) }
    policies.misfire = keys.optional("misfire", misfire)
    policies.expiresAfter = keys.optional("expires_after") { $0.positiveDuration() }
    policies.idempotent = keys.optional("idempotent") { $0.bool() }
    policies.oncePerBusinessDate =
      keys.optional("once_per") { $0.word(of: [("business-date", true)]) } ?? false
    policies.needs = keys.optional("needs", needs)
    policies.promise = keys.optional("promise", promise)
    policies.alert = keys.optional("alert") { $0.distinct { $0.word(AlertChannel.self) } }
    policies.grace = keys.optional("grace") { $0.positiveDuration() }
    policies.jitter = keys.optional("jitter") { $0.positiveDuration() }
    policies.outputLimit = keys.optional("output_limit") { $0.int(in: 1024...1_048_576) }
    policies.directory = keys.optional("directory") { $0.string() }
    policies.result = keys.optional("result") { $0.string() }
    policies.tags = keys.optional("tags") { $0.distinct { $0.string() } }
    policies.pool = keys.optional("pool", pool)
    return policies
  }

  private func pool(_ reader: Reader) -> PlacedPool? {
    let source = reader.problems.source
    let mark = reader.node.mark
    return reader.mapping { keys in
      let name = keys.required("name") { $0.string() }
      let max = keys.required("max") { $0.int(in: 1...1000) }
      guard let name, let max else { return nil }
      return (
        PoolLimit(name: name, max: max), { source.problem($0, at: mark, suggestion: $1) }
      )
    }
  }

  private func retry(_ reader: Reader) -> RetryPolicy? {
    reader.mapping { keys in
      let attempts = keys.required("attempts") { $0.int(in: 1...20) }
      let backoff = keys.optional("backoff") { $0.durationRange() }
      let on = keys.optional("on") { $0.distinct { $0.word(of: ErrorClass.all.map { ($0, $0) }) } }
      guard let attempts else { return nil }
      return RetryPolicy(
        attempts: attempts, backoff: backoff ?? .seconds(1) ... .seconds(60),
        on: on ?? [ErrorClass.transient])
    }
  }

  /// `latest`, or `{ policy: latest, within: 12h }`; `within: one-session` bounds by the session.
  private func misfire(_ reader: Reader) -> Misfire? {
    guard reader.shape == .mapping else {
      return reader.word(Misfire.Policy.self).map { Misfire(policy: $0) }
    }
    return reader.mapping { keys in
      let policy = keys.required("policy") { $0.word(Misfire.Policy.self) }
      var withinSession = false
      let within = keys.optional("within") { reader -> Duration? in
        if reader.scalarText == oneSession {
          withinSession = true
          return nil
        }
        if let text = reader.scalarText, nearest(to: text, in: [oneSession]) != nil {
          reader.report("'\(text)' is no span", "did you mean '\(oneSession)'?")
          return nil
        }
        return reader.positiveDuration()
      }
      let max = keys.optional("max") { $0.int(in: 1...10_000) }
      let askAfter = keys.optional("ask_after") { $0.positiveDuration() }
      guard let policy else { return nil }
      checkMisfire(keys, policy)
      return Misfire(
        policy: policy, within: within, withinSession: withinSession, max: max ?? 100,
        askAfter: askAfter)
    }
  }

  private func checkMisfire(_ keys: MappingReader, _ policy: Misfire.Policy) {
    let meant: [(key: String, policies: [Misfire.Policy])] = [
      ("within", [.latest, .all, .ask]), ("max", [.all, .ask]), ("ask_after", [.ask]),
    ]
    for (key, policies) in meant where keys.has(key) && !policies.contains(policy) {
      let words = policies.map(\.rawValue).joined(separator: ", ")
      keys.report("'\(key)' with policy \(policy.rawValue)", atKey: key, "it is for \(words)")
    }
  }

  private func needs(_ reader: Reader) -> Needs? {
    reader.mapping { keys in
      var needs = Needs()
      needs.signedIn = keys.optional("signed_in") { $0.bool() } ?? false
      needs.fresh =
        keys.optional("fresh") { reader in
          reader.entries { name, value -> Needs.Freshness? in
            guard context.catalogue.freshness.contains(name) else {
              let names = context.catalogue.freshness.sorted()
              let meant = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
              value.report(
                "nothing named '\(name)' can be fresh",
                meant
                  ?? (names.isEmpty
                    ? "there are none" : "there are: \(names.joined(separator: ", "))"))
              return nil
            }
            return value.positiveDuration().map { Needs.Freshness(of: name, within: $0) }
          }
        } ?? []
      needs.gates =
        keys.optional("gates") { reader in
          reader.distinct { $0.known(context.catalogue.gates, "gate") }
        } ?? []
      return needs
    }
  }

  private func promise(_ reader: Reader) -> Promise? {
    reader.mapping { keys in
      let within = keys.optional("success_within") { $0.positiveDuration() }
      let okBy = keys.optional("ok_by") { $0.timeOfDay() }
      let start = keys.optional("start_within") { $0.positiveDuration() }
      if within == nil && okBy == nil && start == nil && keys.keys.isEmpty {
        keys.report("an empty promise", "give success_within, ok_by or start_within")
      }
      return Promise(successWithin: within, okBy: okBy, startWithin: start)
    }
  }
}

/// For `misfire: { within: … }`.
private let oneSession = "one-session"
