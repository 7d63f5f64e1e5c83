import TradingTime

/// A line of the table of alarms.
struct AlarmRule: Sendable {
  let kind: Alarm.Kind
  /// Follows from the tables, so that nothing is raised or cleared while they cannot be read.
  let needsTables: Bool
  let find: @Sendable (AlarmFacts) -> [Alarm]

  init(_ kind: Alarm.Kind, find: @escaping @Sendable (AlarmFacts) -> [Alarm]) {
    self.kind = kind
    needsTables = false
    self.find = find
  }

  init(
    _ kind: Alarm.Kind,
    reading find: @escaping @Sendable (AlarmFacts, AlarmFacts.Tables) -> [Alarm]
  ) {
    self.kind = kind
    needsTables = true
    self.find = { facts in facts.tables.map { find(facts, $0) } ?? [] }
  }

  /// What one job is found guilty of.
  struct Finding {
    var suffix: String
    var stage: Int
    var sentence: String
    var nextStep: String

    init(suffix: String = "", stage: Int = 1, _ sentence: String, _ nextStep: String) {
      self.suffix = suffix
      self.stage = stage
      self.sentence = sentence
      self.nextStep = nextStep
    }
  }

  static func job(
    _ kind: Alarm.Kind, _ severity: Alarm.Severity,
    _ find:
      @escaping @Sendable (AlarmFacts.JobFacts, AlarmFacts, AlarmFacts.Tables) -> Finding?
  ) -> AlarmRule {
    .job(kind, severity, all: { job, facts, tables in find(job, facts, tables).map { [$0] } ?? [] })
  }

  /// Said by the ways the job names, or else by all.
  static func job(
    _ kind: Alarm.Kind, _ severity: Alarm.Severity,
    all find:
      @escaping @Sendable (AlarmFacts.JobFacts, AlarmFacts, AlarmFacts.Tables) -> [Finding]
  ) -> AlarmRule {
    AlarmRule(
      kind,
      reading: { facts, tables in
        tables.jobs.flatMap { job in
          find(job, facts, tables).map { found in
            Alarm(
              cause: job.cause(kind) + found.suffix, kind: kind,
              severity: severity, stage: found.stage, job: job.name, sentence: found.sentence,
              nextStep: found.nextStep, channels: job.job.alert.isEmpty ? nil : job.job.alert)
          }
        }
      })
  }
}

extension AlarmFacts.JobFacts {
  var name: String { job.name }

  /// How its last run ended, where that explains something.
  var lastWords: String {
    guard let state = health.lastState, state != .succeeded else { return "" }
    return "; its last run \(state.rawValue)" + (health.lastReason.map { ": \($0)" } ?? "")
  }

  /// A missing sign-in that keeps it has its own alarm, and what follows from it has none.
  func isKept(by signIns: [AlarmFacts.SignInFacts]) -> Bool {
    guard let reason = gate?.reason else { return false }
    return signIns.contains { reason.contains($0.reason) && $0.jobs.contains(name) }
  }

  /// The promise of successes, if broken although there was time to keep it.
  func unkept(_ facts: AlarmFacts) -> (since: Instant, within: Duration)? {
    for case .success(let since, let within) in health.brokenPromises
    where hadTime(within, for: .successWithin, facts) {
      return (since, within)
    }
    return nil
  }

  /// While this process was without its database nobody could keep anything, and that had an alarm
  /// of its own; what stood before stands on.
  func hadTime(_ span: Duration, for kind: Alarm.Kind, _ facts: AlarmFacts) -> Bool {
    facts.hasSettled(span) || facts.standing.contains(cause(kind))
  }

  func cause(_ kind: Alarm.Kind) -> String { "job/\(name)/\(kind.rawValue)" }
}

extension AlarmFacts {
  func hasSettled(_ span: Duration) -> Bool { tables.map { $0.reachedFor > span } ?? false }
}

extension [AlarmFacts.JobFacts] {
  var names: String { map(\.name).sorted().joined(separator: ", ") }
}
