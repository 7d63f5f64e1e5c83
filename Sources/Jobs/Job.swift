package import TradingTime

/// A job: what one file of `jobs/` promises to do, when, and under which conditions.
///
/// The value is complete (texts of SQL files included), so that what is stored in `jobs.job` decides
/// alone and a file that changes later changes nothing before a load.
package struct Job: Codable, Hashable, Sendable {
  package var name: String
  package var description: String?
  package var work: Work
  package var schedule: Schedule?
  /// What one run each is made for: the name of an item source, such as `account`.
  package var forEach: String?
  package var lock: LockTemplate
  @Spelled package var timeout: Duration
  /// How long a cancelled attempt may take to end before it is killed.
  @Spelled package var grace: Duration = .seconds(5)
  package var retry = RetryPolicy()
  package var overlap = Overlap.skip
  package var misfire = Misfire(policy: .latest)
  @SpelledIfAny package var expiresAfter: Duration? = nil
  package var idempotent: Bool
  package var oncePerBusinessDate = false
  package var after: [After] = []
  package var needs = Needs()
  package var promise: Promise?
  package var alert: [AlertChannel] = []
  @SpelledIfAny package var jitter: Duration? = nil
  package var pool: PoolLimit?
  package var outputLimit = 64 * 1024
  package var directory: String?
  /// The kind of result this job must give; a run that gives another fails.
  package var result: String?
  package var parameters: [String: JSONValue] = [:]
  package var tags: [String] = []

  package init(name: String, work: Work, timeout: Duration, idempotent: Bool? = nil) {
    self.name = name
    self.work = work
    self.timeout = timeout
    self.idempotent = idempotent ?? work.isIdempotentByNature
    self.lock = LockTemplate(text: name)
  }

  enum CodingKeys: String, CodingKey {
    case name, description, work, schedule
    case forEach = "for_each"
    case lock, timeout, grace, retry, overlap, misfire
    case expiresAfter = "expires_after"
    case idempotent
    case oncePerBusinessDate = "once_per_business_date"
    case after, needs, promise, alert, jitter, pool
    case outputLimit = "output_limit"
    case directory, result
    case parameters = "with"
    case tags
  }
}

extension Job {
  /// Why a result is not what this job promises; nil if it is.
  package func refusal(of found: RunResult) -> String? {
    guard let result, found.kind != result else { return nil }
    return "it gave a result of kind '\(found.kind)'; the job promises '\(result)'"
  }
}

/// A limit on how many runs of several jobs are active at once, by the pool's name.
package struct PoolLimit: Codable, Hashable, Sendable {
  package var name: String
  package var max: Int

  package init(name: String, max: Int) {
    self.name = name
    self.max = max
  }
}

/// What the desk counts on; broken, it alarms.
package struct Promise: Codable, Hashable, Sendable {
  /// A success at least this often, while the job's market is open.
  @SpelledIfAny package var successWithin: Duration? = nil
  /// The local time by which a day's run must have ended with verdict `ok`.
  package var okBy: TimeOfDay?
  /// How long after its due time a slot's run must have started.
  @SpelledIfAny package var startWithin: Duration? = nil

  package init(
    successWithin: Duration? = nil, okBy: TimeOfDay? = nil, startWithin: Duration? = nil
  ) {
    self.successWithin = successWithin
    self.okBy = okBy
    self.startWithin = startWithin
  }

  enum CodingKeys: String, CodingKey {
    case successWithin = "success_within"
    case okBy = "ok_by"
    case startWithin = "start_within"
  }
}

/// Where word of a broken promise or an unknown outcome goes.
package enum AlertChannel: String, Codable, CaseIterable, Sendable {
  case email, webhook

  /// The wanted ways as far as there are any of them, else all there are: a job that asks for a
  /// way nobody has set up must not fall silent.
  package static func chosen(
    from available: [AlertChannel], wanted: [AlertChannel]?
  ) -> [AlertChannel] {
    guard let wanted else { return available }
    let chosen = available.filter(wanted.contains)
    return chosen.isEmpty && !wanted.isEmpty ? available : chosen
  }
}
