package import TradingTime

/// The alarms as a process knows them: what `/status` and the page show, the database up or down.
package struct AlarmReport: Codable, Hashable, Sendable {
  /// Worst first.
  package var standing: [Standing]
  /// Of the last day, newest first.
  package var cleared: [Standing]
  package var channels: [Channel]
  package var heartbeat: Heartbeat?
  /// When they were last judged, by this machine's clock.
  package var judgedAt: Instant?
  /// Kept in the database, which makes sure that they are said once; else by this process alone.
  package var isKept: Bool

  package init(
    standing: [Standing] = [], cleared: [Standing] = [], channels: [Channel] = [],
    heartbeat: Heartbeat? = nil, judgedAt: Instant? = nil, isKept: Bool = false
  ) {
    self.standing = standing
    self.cleared = cleared
    self.channels = channels
    self.heartbeat = heartbeat
    self.judgedAt = judgedAt
    self.isKept = isKept
  }

  enum CodingKeys: String, CodingKey {
    case standing, cleared, channels, heartbeat
    case judgedAt = "judged_at"
    case isKept = "is_kept"
  }

  package struct Standing: Codable, Hashable, Sendable {
    package var cause: String
    package var kind: String
    package var severity: Alarm.Severity
    package var job: String?
    package var sentence: String
    package var nextStep: String
    package var since: Instant
    /// When word of it was last given to its ways; nil: not yet, or nobody is to be told.
    package var saidAt: Instant?
    package var clearedAt: Instant?

    enum CodingKeys: String, CodingKey {
      case cause, kind, severity, job, sentence
      case nextStep = "next_step"
      case since
      case saidAt = "said_at"
      case clearedAt = "cleared_at"
    }

    package init(_ entry: AlarmBook.Entry) {
      cause = entry.cause
      kind = entry.kind
      severity = entry.severity
      job = entry.job
      sentence = entry.sentence
      nextStep = entry.nextStep
      since = entry.since
      saidAt = entry.saidAt
      clearedAt = entry.clearedAt
    }
  }

  /// One way of saying alarms.
  package struct Channel: Codable, Hashable, Sendable {
    package var name: AlertChannel
    /// Messages that this process has in hand and that are not delivered yet.
    package var waiting: Int
    package var failingSince: Instant?
    /// Why the last attempt failed; never with an address or a secret.
    package var error: String?
    package var sentAt: Instant?

    package init(name: AlertChannel) {
      self.name = name
      waiting = 0
    }

    enum CodingKeys: String, CodingKey {
      case name, waiting
      case failingSince = "failing_since"
      case error
      case sentAt = "sent_at"
    }
  }

  /// The sign of life to the world outside.
  package struct Heartbeat: Codable, Hashable, Sendable {
    package var pingedAt: Instant?
    package var failingSince: Instant?
    package var error: String?
    /// Why it is not given: a loop that stands still.
    package var withheld: String?

    package init() {}

    enum CodingKeys: String, CodingKey {
      case pingedAt = "pinged_at"
      case failingSince = "failing_since"
      case error, withheld
    }
  }
}
