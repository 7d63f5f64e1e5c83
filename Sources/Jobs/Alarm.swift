package import TradingTime

/// Something a person has to know: one for each cause, from the moment it is found until it clears.
package struct Alarm: Hashable, Sendable {
  /// The key of the cause: the same trouble has the same key whoever finds it.
  package var cause: String
  package var kind: Kind
  package var severity: Severity
  /// Grows as the same cause gets worse; each stage is said anew.
  package var stage: Int
  package var scope: AlarmScope
  package var job: String?
  package var sentence: String
  /// What to do about it.
  package var nextStep: String
  /// Nil: by every way there is.
  package var channels: [AlertChannel]?

  package init(
    cause: String, kind: Kind, severity: Severity, stage: Int = 1,
    scope: AlarmScope = .everybody, job: String? = nil, sentence: String, nextStep: String,
    channels: [AlertChannel]? = nil
  ) {
    self.cause = cause
    self.kind = kind
    self.severity = severity
    self.stage = stage
    self.scope = scope
    self.job = job
    self.sentence = sentence
    self.nextStep = nextStep
    self.channels = channels
  }

  package enum Severity: String, Codable, CaseIterable, Comparable, Sendable {
    /// Good to know in time.
    case notice
    /// To be looked at today.
    case warning
    /// To be looked at now.
    case critical

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
  }

  package enum Kind: String, CaseIterable, Sendable {
    case database, blind, loop
    case clocksDisagree = "clocks-disagree"
    case clockStep = "clock-step"
    case decidedAhead = "decided-ahead"
    case delivery, feed, calendar
    case signIn = "sign-in"
    case successWithin = "success-within"
    case okBy = "ok-by"
    case startWithin = "start-within"
    case failing, unknown, skips, gate, breaks, held, holds, undecided
    case pauseEnded = "pause-ended"
  }
}

/// Who can judge whether a cause still stands.
package enum AlarmScope: Hashable, Sendable {
  /// Whoever reads the tables.
  case everybody
  /// The daemons of one machine.
  case host(String)
  /// One process, by its identity.
  case process(String)

  /// As it stands in `jobs.alarm`.
  package var text: String {
    switch self {
    case .everybody: ""
    case .host(let name): "host:\(name)"
    case .process(let holder): holder
    }
  }

  package init(text: String) {
    if text.isEmpty {
      self = .everybody
    } else if text.hasPrefix("host:") {
      self = .host(String(text.dropFirst(5)))
    } else {
      self = .process(text)
    }
  }
}

/// Word of an alarm, complete: whoever sends it needs nothing else.
package struct AlarmMessage: Codable, Hashable, Sendable {
  package enum What: String, Codable, Sendable { case raised, worse, reminder, cleared }

  package var what: What
  package var cause: String
  package var kind: String
  package var severity: Alarm.Severity
  package var job: String?
  package var sentence: String
  package var nextStep: String
  package var since: Instant
  /// When it was to be said.
  package var at: Instant

  enum CodingKeys: String, CodingKey {
    case what, cause, kind, severity, job, sentence
    case nextStep = "next_step"
    case since, at
  }
}

extension AlarmMessage {
  /// For a subject line: worst first, because that is what a phone shows.
  package var subject: String {
    switch what {
    case .raised: "\(severity.rawValue): \(sentence)"
    case .worse: "\(severity.rawValue), worse: \(sentence)"
    case .reminder: "\(severity.rawValue), still after \(age): \(sentence)"
    case .cleared: "over after \(age): \(sentence)"
    }
  }

  /// - Parameter place: who says it, such as `paper on desk-1`.
  package func text(from place: String, in zone: ZoneRules) -> String {
    let rest = what == .cleared ? "This is over." : "What to do: \(nextStep)"
    return """
      \(subject)

      \(rest)

      since    \(since.told(in: zone))
      said     \(at.told(in: zone))
      cause    \(cause)
      from     muhurat, \(place)

      """
  }

  private var age: String { max(.zero, at - since).roundedWords }
}

extension Instant {
  /// `2026-07-09 10:15:30 IST`
  package func told(in zone: ZoneRules) -> String {
    let local = zone.local(self)
    let seconds = local.time.second == 0 ? ":00" : ""
    return "\(local.date) \(local.time)\(seconds) \(local.abbreviation)"
  }
}
