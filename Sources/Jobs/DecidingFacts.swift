package import TradingTime

/// What the database knew when a job's slots were decided: read under the lock on the job's
/// watermark, so that nobody decides beside us.
package struct DecidingFacts: Sendable {
  /// The job's clock, from the server. Nothing later is ever decided.
  package var now: Instant
  /// The job's durable watermark: everything up to here is decided.
  package var watermark: Instant
  package var pause: Pause?
  /// What `for_each` names, read now; nil for jobs without.
  package var items: [String]?
  package var unfinished: [UnfinishedRun]
  /// Runs that have used up a business date (`once_per: business-date`).
  package var usedDates: [UsedDate]
  /// Why clocks are not to be trusted now; holds every job that is not idempotent.
  package var suspectClock: String?

  package init(
    now: Instant, watermark: Instant, pause: Pause? = nil, items: [String]? = nil,
    unfinished: [UnfinishedRun] = [], usedDates: [UsedDate] = [], suspectClock: String? = nil
  ) {
    self.now = now
    self.watermark = watermark
    self.pause = pause
    self.items = items
    self.unfinished = unfinished
    self.usedDates = usedDates
    self.suspectClock = suspectClock
  }
}

/// An operator's pause; it ends by itself.
package struct Pause: Hashable, Sendable {
  package var since: Instant
  package var until: Instant
  package var by: String
  package var reason: String

  package init(since: Instant, until: Instant, by: String, reason: String) {
    self.since = since
    self.until = until
    self.by = by
    self.reason = reason
  }

  package func covers(_ instant: Instant) -> Bool { since <= instant && instant < until }

  /// Who, and why: what a paused slot says for ever.
  package var words: String { "paused by \(by): \(reason)" }
}

/// An older run of the job that has not ended.
package struct UnfinishedRun: Hashable, Sendable {
  package var id: Int64
  package var item: String?
  package var dueAt: Instant?
  package var state: RunState
  package var trigger: Trigger
  /// Since when it is due, or was asked for.
  package var since: Instant

  package init(
    id: Int64, item: String?, dueAt: Instant?, state: RunState, trigger: Trigger, since: Instant
  ) {
    self.id = id
    self.item = item
    self.dueAt = dueAt
    self.state = state
    self.trigger = trigger
    self.since = since
  }
}

package struct UsedDate: Hashable, Sendable {
  package var item: String?
  package var date: CivilDate
  /// The run that used it; nil while that run is only planned.
  package var run: Int64?

  package init(item: String?, date: CivilDate, run: Int64?) {
    self.item = item
    self.date = date
    self.run = run
  }
}

/// What is to be written, in one statement, about the slots that have come due.
package struct DecidingPlan: Hashable, Sendable {
  package var slots: [SlotRecord] = []
  package var runs: [NewRun] = []
  package var superseded: [Superseding] = []
  /// Running runs to cancel (`overlap: cancel-old`).
  package var cancelled: [Int64] = []
  package var watermark: Instant
  /// Why nothing can be decided beyond the watermark, if so.
  package var holds: String?

  package init(watermark: Instant) { self.watermark = watermark }

  package var isEmpty: Bool { slots.isEmpty }

  package struct SlotRecord: Hashable, Sendable {
    package var dueAt: Instant
    /// The last of a span of slots that were not run; nil for one slot.
    package var through: Instant?
    package var count: Int
    package var decision: Decision
    package var reason: String
    package var lateness: Duration
    package var businessDate: CivilDate
    /// Local time with offset, explainable for ever: `2026-11-01T01:30:00-04:00`.
    package var label: String
  }

  package struct NewRun: Hashable, Sendable {
    package var item: String?
    package var dueAt: Instant
    package var businessDate: CivilDate
    package var trigger: Trigger
    package var state: RunState
    package var reason: String?
    package var lock: String
    package var readyAt: Instant
    package var expiresAt: Instant?
  }

  package struct Superseding: Hashable, Sendable {
    package var run: Int64
    package var by: Instant

    package init(run: Int64, by: Instant) {
      self.run = run
      self.by = by
    }
  }
}
