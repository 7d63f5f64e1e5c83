package import TradingTime

/// What `why` is answered from: rows of the tables, read at one moment, and the almanac.
///
/// Times of slots are on the job's clock, times of claims and processes on the server's; the two are
/// never compared, because a rehearsal shifts only the first.
package struct ExplanationFacts: Sendable {
  package var job: Job
  package var almanac: Almanac
  /// The job's clock.
  package var now: Instant
  /// The server's clock.
  package var serverNow: Instant
  /// The time that was asked about, on the job's clock; nil: why is it (not) running now?
  package var asked: Instant?
  package var watermark: Instant
  /// Up to here the history may be gone.
  package var prunedThrough: Instant?
  package var pause: Pause?
  /// No longer among the job files; on the server's clock.
  package var retiredAt: Instant?
  /// The newest slot row with `due_at` not after `asked`, or not after now.
  package var slot: Slot?
  /// That slot's runs. Asked about now: also every run of the job that has not ended, and, if there
  /// is no slot, the job's newest run.
  package var runs: [Run]
  /// When a `serve` process last said that it lives, on the server's clock; nil: none is on record.
  package var daemonSeenAt: Instant?
  /// Why clocks are not to be trusted now; it holds every job that is not idempotent.
  package var suspectClock: String?

  package init(
    job: Job, almanac: Almanac, now: Instant, serverNow: Instant, asked: Instant? = nil,
    watermark: Instant, pause: Pause? = nil, retiredAt: Instant? = nil, slot: Slot? = nil,
    runs: [Run] = [], daemonSeenAt: Instant? = nil, suspectClock: String? = nil
  ) {
    self.job = job
    self.almanac = almanac
    self.now = now
    self.serverNow = serverNow
    self.asked = asked
    self.watermark = watermark
    self.pause = pause
    self.retiredAt = retiredAt
    self.slot = slot
    self.runs = runs
    self.daemonSeenAt = daemonSeenAt
    self.suspectClock = suspectClock
  }

  /// A row of `jobs.slot`.
  package struct Slot: Hashable, Sendable {
    package var dueAt: Instant
    package var through: Instant?
    package var count: Int
    package var decision: Decision
    package var reason: String
    package var lateness: Duration

    package init(
      dueAt: Instant, through: Instant? = nil, count: Int = 1, decision: Decision, reason: String,
      lateness: Duration
    ) {
      self.dueAt = dueAt
      self.through = through
      self.count = count
      self.decision = decision
      self.reason = reason
      self.lateness = lateness
    }
  }

  /// A row of `jobs.run` with its attempts, its result's verdict and whoever holds its lock.
  package struct Run: Hashable, Sendable {
    package var id: Int64
    package var item: String?
    package var dueAt: Instant?
    package var trigger: Trigger
    package var state: RunState
    package var reason: String?
    package var waitingFor: String?
    package var requestedBy: String?
    package var requestReason: String?
    package var lock: String
    /// Charged so far, the present one included.
    package var attempt: Int
    package var readyAt: Instant
    package var expiresAt: Instant?
    package var lateness: Duration?
    package var holder: String?
    package var claimedAt: Instant?
    package var startedAt: Instant?
    package var finishedAt: Instant?
    package var verdict: RunResult.Verdict?
    package var attempts: [Attempt]
    /// Of a ready run: the other run that has its lock.
    package var lockedBy: LockHolder?

    package init(
      id: Int64, item: String? = nil, dueAt: Instant?, trigger: Trigger = .schedule,
      state: RunState, reason: String? = nil, lock: String, readyAt: Instant
    ) {
      self.id = id
      self.item = item
      self.dueAt = dueAt
      self.trigger = trigger
      self.state = state
      self.reason = reason
      self.lock = lock
      self.readyAt = readyAt
      attempt = 0
      attempts = []
    }
  }

  /// A row of `jobs.attempt`, oldest first.
  package struct Attempt: Hashable, Sendable {
    package var number: Int
    /// Nil while it works.
    package var outcome: Outcome?
    package var error: String?
    package var holder: String
    package var claimedAt: Instant
    package var finishedAt: Instant?

    package init(
      number: Int, outcome: Outcome? = nil, error: String? = nil, holder: String,
      claimedAt: Instant, finishedAt: Instant? = nil
    ) {
      self.number = number
      self.outcome = outcome
      self.error = error
      self.holder = holder
      self.claimedAt = claimedAt
      self.finishedAt = finishedAt
    }
  }

  /// Who has a lock (`jobs.lock`), and since when on the server's clock.
  package struct LockHolder: Hashable, Sendable {
    package var run: Int64
    package var job: String
    package var item: String?
    package var since: Instant

    package init(run: Int64, job: String, item: String? = nil, since: Instant) {
      self.run = run
      self.job = job
      self.item = item
      self.since = since
    }
  }
}
