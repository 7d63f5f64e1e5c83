package import Desk
package import TradingTime

/// Everything a report is made of. Equal inputs give equal bytes: nothing here or in the rendering
/// reads a clock, a database or a locale.
package struct ReportInput: Hashable, Sendable {
  package var session: CivilDate
  package var mode: Mode
  /// In which times are printed.
  package var zone: ZoneRules
  package var accounts: [DayRecord]
  package var jobs: JobsSection
  package var next: NextSession
  /// When the market closed; nil if no calendar says.
  package var closedAt: Instant?
  /// What the caller knows to be missing, as sentences.
  package var missing: [String]

  package init(
    session: CivilDate, mode: Mode, zone: ZoneRules, accounts: [DayRecord], jobs: JobsSection,
    next: NextSession, closedAt: Instant? = nil, missing: [String] = []
  ) {
    self.session = session
    self.mode = mode
    self.zone = zone
    self.accounts = accounts.sorted { $0.account.id < $1.account.id }
    self.jobs = jobs
    self.next = next
    self.closedAt = closedAt
    self.missing = missing
  }
}

/// How the day's jobs went, told by whoever runs them.
package struct JobsSection: Hashable, Sendable {
  package var jobs: [JobDay]

  package init(jobs: [JobDay]) {
    self.jobs = jobs.sorted { $0.name < $1.name }
  }

  /// Everybody's troubles as they came.
  var troubles: [(job: String, trouble: JobDay.Trouble)] {
    jobs.flatMap { job in job.troubles.map { (job.name, $0) } }.sorted {
      ($0.1.at, $0.0, $0.1.item ?? "") < ($1.1.at, $1.0, $1.1.item ?? "")
    }
  }
}

/// One job's day: how many runs ended how, when, and what went wrong.
package struct JobDay: Hashable, Sendable {
  package enum Ending: String, Hashable, Sendable, CaseIterable, Comparable {
    case onTime = "on time"
    case late
    case skipped
    case failed

    package static func < (left: Ending, right: Ending) -> Bool {
      let order = Ending.allCases
      return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
  }

  /// One run, or one slot that got none.
  package struct Mark: Hashable, Sendable {
    package let at: Instant
    package let ending: Ending
    package let lateness: Duration

    package init(at: Instant, ending: Ending, lateness: Duration = .zero) {
      self.at = at
      self.ending = ending
      self.lateness = lateness
    }
  }

  /// What somebody should read: a failed, late or skipped run and why.
  package struct Trouble: Hashable, Sendable {
    package let at: Instant
    package let item: String?
    package let ending: Ending
    package let reason: String

    package init(at: Instant, item: String? = nil, ending: Ending, reason: String) {
      self.at = at
      self.item = item
      self.ending = ending
      self.reason = reason
    }
  }

  package let name: String
  package let marks: [Mark]
  package let troubles: [Trouble]

  package init(name: String, marks: [Mark], troubles: [Trouble] = []) {
    self.name = name
    self.marks = marks.sorted { ($0.at, $0.ending) < ($1.at, $1.ending) }
    self.troubles = troubles.sorted {
      ($0.at, $0.item ?? "", $0.reason) < ($1.at, $1.item ?? "", $1.reason)
    }
  }

  package func count(_ ending: Ending) -> Int { marks.count { $0.ending == ending } }
  package var worstLateness: Duration? { marks.map(\.lateness).max() }
}

/// What comes next: the session's date and facts a desk must know before it, as sentences.
package struct NextSession: Hashable, Sendable {
  package var date: CivilDate?
  package var facts: [String]

  package init(date: CivilDate?, facts: [String] = []) {
    self.date = date
    self.facts = facts
  }
}
