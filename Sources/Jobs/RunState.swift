/// The states of a run, and every legal move between them.
///
/// ```
///                        claim                      settle
///   slot ──► ready ───────────────────► running ───────────────► succeeded
///             │  ▲                       │  │                    failed
///             │  │   retry, hand-back,   │  │                    unknown
///             │  └───────────────────────┘  │ cancel
///             │      rescue, interruption   ▼
///             │                         cancelling ────────────► cancelled
///             │ cancel                      │                    (or how the attempt ended,
///             ├──────► cancelled            └── never ready ──►   if it ended first)
///             │ newer slot
///             ├──────► superseded
///             │ expires_at passed
///             ├──────► expired, or gated if a condition was what it waited for
///             │
///   slot ──► skipped, gated           (an item that must not start has its row all the same)
/// ```
///
/// Only `ready`, `running` and `cancelling` can change. `moves` below is the same picture for
/// the compiler; the table's checks and the fenced statements of `JobStore` keep it.
package enum RunState: String, Codable, CaseIterable, Sendable {
  case ready, running, cancelling
  case succeeded, failed, cancelled, unknown, expired, gated, superseded, skipped

  package var isEnded: Bool {
    switch self {
    case .ready, .running, .cancelling: false
    default: true
    }
  }

  /// A run that holds its lock.
  package var isActive: Bool { self == .running || self == .cancelling }

  package var moves: Set<RunState> {
    switch self {
    case .ready: [.running, .cancelled, .superseded, .expired, .gated]
    case .running: [.ready, .cancelling, .succeeded, .failed, .unknown, .gated, .expired]
    // A cancelled run was promised not to start again, so nothing leads back to ready.
    case .cancelling: [.cancelled, .succeeded, .failed, .unknown]
    default: []
    }
  }
}

/// What was decided about a slot, once; the row never changes.
package enum Decision: String, Codable, CaseIterable, Sendable {
  case run, held, skipped, missed, paused, closed, superseded, gated
}

/// What made a run.
package enum Trigger: String, Codable, CaseIterable, Sendable {
  case schedule
  /// A late slot that `misfire: all` admitted.
  case catchUp = "catch-up"
  case manual
  /// A held or missed slot that an operator asked for.
  case slot, backfill, approve
  /// A slot of a pause that an operator wanted run after all.
  case resume

  /// Runs that overlap neither skips nor supersedes; they go oldest first.
  package var ignoresOverlap: Bool { self != .schedule }

  /// Of a slot that had no run until an operator gave it one.
  var isByHand: Bool {
    switch self {
    case .slot, .backfill, .approve, .resume: true
    case .schedule, .catchUp, .manual: false
    }
  }
}
