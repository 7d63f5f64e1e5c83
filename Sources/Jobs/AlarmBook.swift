package import TradingTime

/// The alarms on record, and what is to be said when they are judged anew.
///
/// The same rules keep the rows of `jobs.alarm` and, while those are out of reach, a process's own
/// memory: said when raised, again when worse, again as a reminder, and once when over. What comes
/// and goes is said every few minutes at most, however often it comes.
package struct AlarmBook: Sendable {
  package struct Entry: Hashable, Sendable {
    package var cause: String
    package var kind: String
    package var severity: Alarm.Severity
    package var stage: Int
    package var scope: AlarmScope
    package var job: String?
    package var sentence: String
    package var nextStep: String
    package var channels: [AlertChannel]?
    package var since: Instant
    package var judgedAt: Instant
    package var saidAt: Instant?
    /// 0: this time not said yet.
    package var saidStage: Int
    package var clearedAt: Instant?
    package var times: Int64

    package init(_ alarm: Alarm, since: Instant) {
      cause = alarm.cause
      kind = alarm.kind.rawValue
      severity = alarm.severity
      stage = alarm.stage
      scope = alarm.scope
      job = alarm.job
      sentence = alarm.sentence
      nextStep = alarm.nextStep
      channels = alarm.channels
      self.since = since
      judgedAt = since
      saidStage = 0
      times = 1
    }

    package var stands: Bool { clearedAt == nil }
  }

  /// How often is said what.
  package struct Manners: Hashable, Sendable {
    /// What still stands is said again after this; nil: never.
    package var remindAfter: Duration? = .seconds(4 * 3600)
    /// A cause that comes again is not said sooner after it was last said.
    package var restless = Duration.seconds(600)
    /// Words change, and a judge shows that he lives, this often while a cause stands.
    package var rewordAfter = Duration.seconds(30)
    /// Whoever should judge a cause and has not for so long is taken for dead.
    package var silence = Duration.seconds(120)

    package init() {}
  }

  /// Who judges: this process, on this machine, from what it read as of a moment.
  package struct Judge: Sendable {
    package var holder: String
    package var host: String
    package var asOf: Instant
    package var now: Instant
    /// False while the tables cannot be read: what follows from them is then left as it is.
    package var readsTables: Bool
    package var manners: Manners

    package init(
      holder: String, host: String, asOf: Instant, now: Instant, readsTables: Bool,
      manners: Manners
    ) {
      self.holder = holder
      self.host = host
      self.asOf = asOf
      self.now = now
      self.readsTables = readsTables
      self.manners = manners
    }
  }

  package struct Outcome: Sendable {
    /// Causes whose entries are new or changed.
    package var changed: Set<String> = []
    package var messages: [(message: AlarmMessage, channels: [AlertChannel]?)] = []
  }

  package var entries: [String: Entry]

  package init(_ entries: [Entry] = []) {
    self.entries = Dictionary(entries.map { ($0.cause, $0) }) { _, new in new }
  }

  /// Takes note of what stands now; whatever else this judge can judge is over.
  package mutating func judge(_ standing: [Alarm], _ judge: Judge) -> Outcome {
    var outcome = Outcome()
    for entry in entries.values where entry.liesAhead(of: judge.now) {
      entries[entry.cause] = entry.broughtBack(to: judge.now)
      outcome.changed.insert(entry.cause)
    }
    for alarm in standing { note(alarm, judge, &outcome) }
    let causes = Set(standing.map(\.cause))
    for entry in entries.values.sorted(by: { $0.cause < $1.cause })
    where entry.stands && !causes.contains(entry.cause) && judge.mayClear(entry) {
      clear(entry, judge, &outcome)
    }
    return outcome
  }

  private mutating func note(_ alarm: Alarm, _ judge: Judge, _ outcome: inout Outcome) {
    let known = entries[alarm.cause]
    if let known, known.judgedAt > judge.asOf { return }
    let isOld = known.map { judge.asOf - $0.judgedAt >= judge.manners.rewordAfter } ?? true
    var entry = Entry(alarm, since: judge.now)
    if let known { entry.follow(known, keepingWords: !isOld && known.stage == alarm.stage) }
    entry.judgedAt = judge.asOf
    say(&entry, judge, &outcome)
    // What says the same is left alone, except that a judge nobody can stand in for shows he lives.
    var same = entry
    same.judgedAt = known?.judgedAt ?? entry.judgedAt
    guard same != known || (isOld && entry.scope != .everybody) else { return }
    entries[alarm.cause] = entry
    outcome.changed.insert(alarm.cause)
  }

  private func say(_ entry: inout Entry, _ judge: Judge, _ outcome: inout Outcome) {
    let since = entry.saidAt.map { judge.now - $0 }
    let what: AlarmMessage.What
    if entry.saidStage == 0 {
      if let since, since < judge.manners.restless { return }
      what = .raised
    } else if entry.stage > entry.saidStage {
      what = .worse
    } else if let after = judge.manners.remindAfter, let since, since >= after {
      what = .reminder
    } else {
      return
    }
    entry.saidAt = judge.now
    entry.saidStage = max(entry.stage, entry.saidStage)
    outcome.messages.append((entry.message(what, at: judge.now), entry.channels))
  }

  private mutating func clear(_ entry: Entry, _ judge: Judge, _ outcome: inout Outcome) {
    var entry = entry
    let wasSaid = entry.saidStage > 0
    entry.clearedAt = judge.now
    entry.judgedAt = judge.asOf
    entry.saidStage = 0
    entries[entry.cause] = entry
    outcome.changed.insert(entry.cause)
    guard wasSaid else { return }
    outcome.messages.append((entry.message(.cleared, at: judge.now), entry.channels))
  }
}

extension AlarmBook.Judge {
  fileprivate func mayClear(_ entry: AlarmBook.Entry) -> Bool {
    guard entry.judgedAt <= asOf else { return false }
    if !readsTables, AlarmRules.needsTables(kind: entry.kind) { return false }
    switch entry.scope {
    case .everybody: return true
    case .host(let name) where name == host: return true
    case .process(let name) where name == holder: return true
    default: return now - entry.judgedAt >= manners.silence
    }
  }
}

/// Where the clock was set back, moments on record lie ahead of it. Left alone they would silence
/// their causes until it has caught up.
extension AlarmBook.Entry {
  /// Several judges' readings of one clock lie closer together.
  private static let nearness = Duration.seconds(60)

  fileprivate func liesAhead(of now: Instant) -> Bool {
    [since, judgedAt, saidAt, clearedAt].contains { $0.map { $0 - now > Self.nearness } ?? false }
  }

  /// Judged anew at once; what stands was said just now, and what is over may be said again.
  fileprivate func broughtBack(to now: Instant) -> AlarmBook.Entry {
    var entry = self
    entry.since = min(since, now)
    entry.judgedAt = min(judgedAt, now - Self.nearness)
    entry.saidAt = stands ? saidAt.map { min($0, now) } : nil
    entry.clearedAt = clearedAt.map { min($0, now) }
    return entry
  }
}

extension AlarmBook.Entry {
  fileprivate mutating func follow(_ known: AlarmBook.Entry, keepingWords: Bool) {
    saidAt = known.saidAt
    times = known.stands ? known.times : known.times + 1
    guard known.stands else { return }
    since = known.since
    saidStage = known.saidStage
    guard keepingWords else { return }
    sentence = known.sentence
    nextStep = known.nextStep
  }

  fileprivate func message(_ what: AlarmMessage.What, at now: Instant) -> AlarmMessage {
    AlarmMessage(
      what: what, cause: cause, kind: kind, severity: severity, job: job, sentence: sentence,
      nextStep: nextStep, since: since, at: now)
  }
}

/// What a process judged by itself while the database was away, brought in afterwards.
extension AlarmBook {
  /// - Parameters:
  ///   - own: entries that changed meanwhile, on this book's clock.
  ///   - mine: whether a scope is the reporting process's own.
  /// - Returns: causes whose entries are new or changed.
  package mutating func adopt(_ own: [Entry], mine: (AlarmScope) -> Bool) -> Set<String> {
    var adopted: Set<String> = []
    for entry in own {
      if let known = entries[entry.cause], !mine(entry.scope) {
        // Another daemon brought the same trouble in already, and it may be over by now.
        if known.stands || known.clearedAt.map({ $0 >= entry.since }) ?? false { continue }
      }
      entries[entry.cause] = entry
      adopted.insert(entry.cause)
    }
    return adopted
  }
}

extension AlarmBook.Entry {
  /// The same on a clock that is ahead by a difference.
  package func shifted(by difference: Duration) -> AlarmBook.Entry {
    var entry = self
    entry.since = since + difference
    entry.judgedAt = judgedAt + difference
    entry.saidAt = saidAt.map { $0 + difference }
    entry.clearedAt = clearedAt.map { $0 + difference }
    return entry
  }
}
