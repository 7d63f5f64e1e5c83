package import Jobs
package import TradingTime

/// Every job at one moment: what `muhurat status`, `/status` and the page show.
package struct Overview: Codable, Hashable, Sendable {
  package var clock: ViewClock
  package var jobs: [JobOverview]

  package init(clock: ViewClock, jobs: [JobOverview]) {
    self.clock = clock
    self.jobs = jobs
  }
}

/// One job: what it promises, how it is doing and what comes next.
package struct JobOverview: Codable, Hashable, Sendable {
  package var name: String
  package var description: String?
  /// What it does, and when, in words.
  package var work: String
  package var schedule: String?
  package var forEach: String?
  package var tags: [String]
  package var revision: String
  package var retiredAt: Instant?
  package var health: Health
  package var pause: PauseView?
  package var lastRun: LastRun?
  /// When every item had its last success: the oldest of theirs.
  package var lastSuccessAt: Instant?
  package var lastSlot: LastSlot?
  package var nextSlot: Instant?
  /// The watermark: every slot up to here has its decision.
  package var decidedThrough: Instant
  /// The oldest slot that is owed a decision: nobody may be alive to decide it.
  package var undecidedSince: Instant?
  /// Why later slots cannot be told, such as a calendar that ends.
  package var holds: String?
  /// Slots that wait for an operator's approval.
  package var heldSlots: Int
  package var activeRuns: Int
  package var readyRuns: Int
  package var waitingFor: String?
  /// The oldest slot of which a run has not begun to start.
  package var waitingSince: Instant?
  package var unknownRuns: Int
  package var skipsInARow: Int
  package var promise: Promise?

  enum CodingKeys: String, CodingKey {
    case name, description, work, schedule
    case forEach = "for_each"
    case tags, revision
    case retiredAt = "retired_at"
    case health, pause
    case lastRun = "last_run"
    case lastSuccessAt = "last_success_at"
    case lastSlot = "last_slot"
    case nextSlot = "next_slot"
    case decidedThrough = "decided_through"
    case undecidedSince = "undecided_since"
    case holds
    case heldSlots = "held_slots"
    case activeRuns = "active_runs"
    case readyRuns = "ready_runs"
    case waitingFor = "waiting_for"
    case waitingSince = "waiting_since"
    case unknownRuns = "unknown_runs"
    case skipsInARow = "skips_in_a_row"
    case promise
  }
}

extension JobOverview {
  package struct PauseView: Codable, Hashable, Sendable {
    package var pausedAt: Instant
    package var pausedUntil: Instant
    package var pausedBy: String
    package var pausedReason: String

    enum CodingKeys: String, CodingKey {
      case pausedAt = "paused_at"
      case pausedUntil = "paused_until"
      case pausedBy = "paused_by"
      case pausedReason = "paused_reason"
    }
  }

  /// The worst item of the newest slot that has ended, or a later run by hand of the same item.
  package struct LastRun: Codable, Hashable, Sendable {
    package var id: Int64
    package var item: String?
    package var state: RunState
    package var verdict: RunResult.Verdict?
    package var reason: String?
    package var trigger: Trigger
    package var dueAt: Instant?
    package var businessDate: CivilDate
    package var attempt: Int
    package var startedAt: Instant?
    package var finishedAt: Instant?
    package var latenessSeconds: Double?
    package var durationSeconds: Double?
    /// How many items ended, and how many of them well: succeeded with verdict `ok` or none.
    package var items: Int
    package var itemsWell: Int

    enum CodingKeys: String, CodingKey {
      case id, item, state, verdict, reason, trigger
      case dueAt = "due_at"
      case businessDate = "business_date"
      case attempt
      case startedAt = "started_at"
      case finishedAt = "finished_at"
      case latenessSeconds = "lateness_seconds"
      case durationSeconds = "duration_seconds"
      case items
      case itemsWell = "items_well"
    }
  }

  package struct LastSlot: Codable, Hashable, Sendable {
    package var dueAt: Instant
    package var decision: Decision
    package var reason: String

    enum CodingKeys: String, CodingKey {
      case dueAt = "due_at"
      case decision, reason
    }
  }
}
