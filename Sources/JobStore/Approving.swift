package import Jobs
import Postgres
package import TradingTime

/// The slots of one job that `misfire: ask` holds for a person, as one plan.
///
/// Its name is a hash of exactly these slots: whoever approves it approves what he has seen, and a
/// slot that was held since makes it another plan.
package struct HeldPlan: Sendable, Hashable, Encodable {
  package var plan: String
  package var job: String
  package var slots: [HeldSlot]

  package struct HeldSlot: Sendable, Hashable, Encodable {
    package var dueAt: Instant
    package var localLabel: String
    package var businessDate: CivilDate
    package var reason: String
    package var revision: String

    enum CodingKeys: String, CodingKey {
      case dueAt = "due_at"
      case localLabel = "local_label"
      case businessDate = "business_date"
      case reason, revision
    }
  }
}

/// What an approval did; encoded as `approve --json` and the API give it.
package struct Approved: Sendable, Encodable {
  package var plan: String
  package var job: String
  package var isDeclined: Bool
  package var heldSlots: Int
  /// Each held slot, item by item, with what became of it.
  package var slots: [PastRun]
  package var batch: Batch?

  enum CodingKeys: String, CodingKey {
    case plan, job
    case isDeclined = "is_declined"
    case heldSlots = "held_slots"
    case slots, batch
  }
}

extension JobStore {
  /// Held slots that nobody has answered yet, by job.
  package func heldPlans() async throws -> [HeldPlan] { try await heldPlans(of: nil, on: pool) }

  private func heldPlans(
    of job: String?, on database: any Queryable
  ) async throws -> [HeldPlan] {
    let rows = try await database.query(
      """
      with held as (
        select s.job, s.due_at, s.local_label, s.business_date, s.reason, s.revision
          from jobs.slot s
         where s.decision = 'held' and ($1::text is null or s.job = $1)
           and not exists (select from jobs.run r where r.job = s.job and r.due_at = s.due_at)
      )
      select h.job, h.due_at, h.local_label, h.business_date, h.reason, h.revision, p.plan
        from held h
        join (select job,
                     substr(encode(sha256(convert_to(
                       job || string_agg(
                         to_char(due_at at time zone 'UTC', ' YYYY-MM-DD"T"HH24:MI:SS.US'),
                         '' order by due_at), 'UTF8')), 'hex'), 1, 8) as plan
                from held group by job) as p on p.job = h.job
       order by h.job, h.due_at
      """, job)
    return try rows.reduce(into: []) { plans, row in
      let plan: String = try row["plan"]
      if plans.last?.plan != plan {
        plans.append(HeldPlan(plan: plan, job: try row["job"], slots: []))
      }
      plans[plans.count - 1].slots.append(
        HeldPlan.HeldSlot(
          dueAt: try row.instant("due_at"), localLabel: try row["local_label"],
          businessDate: try row.date("business_date"), reason: try row["reason"],
          revision: try row["revision"]))
    }
  }

  /// Gives the held slots of a plan their runs, oldest first, or with `declining` a run each that
  /// ends where it begins, so that the answer is on record and nobody is asked again.
  ///
  /// Under the watermark's lock: of two who answer at once the second finds the plan gone.
  ///
  /// - Throws: `OperatorRefusal` if no such plan waits.
  package func approve(
    _ name: String, declining: Bool = false, actor: String, reason: String?, workshop: Workshop
  ) async throws -> Approved {
    try await brief(within: .seconds(40), pause: .seconds(15)) { tx in
      let waiting = try await heldPlans(of: nil, on: tx)
      guard let job = waiting.first(where: { $0.plan == name })?.job else {
        throw Self.noPlan(name, waiting)
      }
      let watermark = try await tx.query(
        "select decided_through from jobs.watermark where job = $1 for update", job
      ).one
      let now = try await heldPlans(of: job, on: tx)
      guard let plan = now.first(where: { $0.plan == name }) else { throw Self.noPlan(name, now) }
      let definitions = try await jobs(
        plan.slots.map { (name: job, revision: $0.revision) }, on: tx)
      let slots = zip(plan.slots, definitions).map { held, definition in
        PastSlot(
          dueAt: held.dueAt, businessDate: held.businessDate, label: held.localLabel,
          job: definition, revision: held.revision, decision: .held, reason: held.reason)
      }
      let facts = try await catchUpFacts(
        for: slots, of: job, decidedThrough: try watermark.instant("decided_through"),
        workshop: workshop, on: tx)
      let runs = CatchingUp.plan(slots, facts)
      var request = BatchRequest(
        trigger: .approve, job: job, actor: actor, reason: reason,
        asked: [
          "plan": .string(name), "slots": .array(plan.slots.map { .string("\($0.dueAt)") }),
        ], expires: true)
      if declining {
        request.declined = "declined by \(actor)" + (reason.map { ": \($0)" } ?? "")
      }
      let batch = try await write(request, runs, on: tx)
      try await note(
        request, action: declining ? "decline" : "approve", batch: batch,
        before: ["held": .integer(Int64(plan.slots.count))], on: tx)
      return Approved(
        plan: name, job: job, isDeclined: declining, heldSlots: plan.slots.count, slots: runs,
        batch: batch)
    }
  }

  /// The refusal of a plan that does not wait, naming those that do.
  package static func noPlan(_ name: String, _ waiting: [HeldPlan]) -> OperatorRefusal {
    let plans = waiting.map { "\($0.plan) (\($0.job), \($0.slots.count) slots)" }
    return OperatorRefusal(
      plans.isEmpty
        ? "no plan '\(name)'; no slot is held for a person"
        : "no plan '\(name)': what waits now is \(plans.joined(separator: ", ")); look again with: "
          + "muhurat approve")
  }
}
