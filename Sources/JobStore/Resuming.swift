package import Jobs
import Postgres
import TradingTime

/// What becomes of the slots a pause took.
package enum PausedSlots: String, CaseIterable, Codable, Sendable {
  /// None runs.
  case skip
  /// The newest runs.
  case latest
  /// Each runs, oldest first.
  case all
}

/// What a resume did.
package struct Resumed: Sendable {
  package var pause: Pause
  /// Slots on record as paused.
  package var slots: Int64
  /// Why later slots cannot be told, if so.
  package var holds: String?
  /// What became of the slots asked for, one answer for each slot and item.
  package var runs: [PastRun] = []
  package var batch: Batch?
}

extension JobStore {
  /// Ends a pause, in one transaction under the watermark's lock: every slot that came due in it is
  /// decided `paused` first, so none slips through between that and the pause's end. A decision
  /// stands; slots that are to run after all get runs with a trigger of their own, on record.
  ///
  /// - Returns: nil if there is no pause to end.
  package func resume(
    _ job: String, paused: PausedSlots = .skip, actor: String, reason: String?, in almanac: Almanac,
    workshop: Workshop
  ) async throws -> Resumed? {
    try await brief(within: .seconds(40), pause: .seconds(15)) { tx in
      let decided = try await decideDue(
        [job], in: almanac, workshop: workshop, waiting: true, on: tx
      ).first
      let found = try await tx.query(
        """
        select j.retired_at, j.paused_at, j.paused_until, j.paused_by, j.paused_reason,
               w.decided_through
          from jobs.job j join jobs.watermark w on w.job = j.name
         where j.name = $1 and j.paused_at is not null
           for no key update of j
        """, job
      ).first
      guard let found, let pause = try pause(from: found) else { return nil }
      let isRetired = try found.instantIfAny("retired_at") != nil
      guard decided != nil || isRetired else {
        throw OperatorRefusal(
          "this muhurat cannot decide the slots of '\(job)': it does not know the items it runs for"
        )
      }
      guard paused == .skip || !isRetired else {
        throw OperatorRefusal("job '\(job)' is retired; resume it with --paused skip")
      }
      var resumed = Resumed(
        pause: pause, slots: try await pausedCount(of: job, since: pause.since, on: tx),
        holds: decided?.holds)
      let request = BatchRequest(
        trigger: .resume, job: job, actor: actor, reason: reason,
        asked: ["paused": .string(paused.rawValue), "slots": .integer(resumed.slots)],
        expires: paused == .latest)
      if paused != .skip {
        let slots = try await slots(
          paused, of: job, since: pause.since, through: try found.instant("decided_through"),
          in: almanac, on: tx)
        let facts = try await catchUpFacts(
          for: slots, of: job, decidedThrough: try found.instant("decided_through"),
          workshop: workshop, on: tx)
        resumed.runs = CatchingUp.plan(slots, facts)
        resumed.batch = try await write(request, resumed.runs, on: tx)
      }
      try await tx.query(
        """
        update jobs.job
           set paused_at = null, paused_until = null, paused_by = null, paused_reason = null
         where name = $1
        """, job)
      try await hint("load", on: tx)
      try await note(
        request, action: "resume", batch: resumed.batch, before: pause.record, on: tx)
      return resumed
    }
  }

  private func pausedCount(
    of job: String, since: Instant, on tx: any Queryable
  ) async throws -> Int64 {
    try await tx.query(
      """
      select coalesce(sum(slots), 0)::bigint as slots
        from jobs.slot where job = $1 and due_at >= $2 and decision = 'paused'
      """, job, Timestamp(since)
    ).one["slots"]
  }

  private func slots(
    _ paused: PausedSlots, of job: String, since: Instant, through: Instant, in almanac: Almanac,
    on tx: any Queryable
  ) async throws -> [PastSlot] {
    var rows = try await decidedRows(
      of: job, from: since, through: through, decision: .paused, on: tx)
    guard paused == .latest else { return try await pastSlots(rows, of: job, in: almanac, on: tx) }
    rows = rows.suffix(1)
    // Of a span only its end is looked at: a long pause of a fast job has no end of slots.
    if let last = rows.last, last.count > 1 { rows[0].dueAt = last.through }
    return try await pastSlots(rows, of: job, in: almanac, on: tx)
  }
}

extension Pause {
  fileprivate var record: [String: JSONValue] {
    [
      "since": .string("\(since)"), "until": .string("\(until)"), "by": .string(by),
      "reason": .string(reason),
    ]
  }
}
