import JobStore
import Jobs
import TradingTime

/// A pause, named as in `jobs.job`.
struct PauseView: Encodable {
  let job: String
  let pausedAt: Instant
  let pausedUntil: Instant
  let pausedBy: String
  let pausedReason: String

  init(job: String, pause: Pause) {
    self.job = job
    pausedAt = pause.since
    pausedUntil = pause.until
    pausedBy = pause.by
    pausedReason = pause.reason
  }

  enum CodingKeys: String, CodingKey {
    case job
    case pausedAt = "paused_at"
    case pausedUntil = "paused_until"
    case pausedBy = "paused_by"
    case pausedReason = "paused_reason"
  }
}

/// What a resume put on record.
struct ResumeView: Encodable {
  let job: String
  /// False if the job was not paused.
  let resumed: Bool
  /// Slots of the pause, on record as paused.
  let pausedSlots: Int64
  let nextSlot: Instant?
  let batch: Batch?
  /// What became of those that were to run after all.
  let slots: [PastRun]

  enum CodingKeys: String, CodingKey {
    case job, resumed
    case pausedSlots = "paused_slots"
    case nextSlot = "next_slot"
    case batch, slots
  }
}
