package import TradingTime

/// What an operator's act would do about one slot and item of the past.
package struct PastRun: Hashable, Sendable {
  package var slot: PastSlot
  package var item: String?
  package var willRun: Bool
  package var reason: String
  /// Where it would run.
  package var lock: String
}

/// Decides which slots of the past get their run when an operator asks: `backfill`, `resume` and
/// `approve` alike.
///
/// A decision is written once and stands; what is decided here is only whether the slot, item by
/// item, may still have its one run. Pause, overlap and misfire have had their word; the lock, the
/// fence, `needs` and a business date that is used up are never passed.
package struct CatchingUp: Sendable {
  private let facts: Facts
  private var usedDates: [ItemOfDate: Int64?]

  package struct ItemOfSlot: Hashable, Sendable {
    package var dueAt: Instant
    package var item: String?

    package init(dueAt: Instant, item: String?) {
      self.dueAt = dueAt
      self.item = item
    }
  }

  package struct ItemOfDate: Hashable, Sendable {
    package var date: CivilDate
    package var item: String?

    package init(date: CivilDate, item: String?) {
      self.date = date
      self.item = item
    }
  }

  package struct KnownRun: Hashable, Sendable {
    package var id: Int64
    package var state: RunState

    package init(id: Int64, state: RunState) {
      self.id = id
      self.state = state
    }
  }

  package struct Facts: Sendable {
    /// The job's watermark: later slots are the scheduler's.
    package var decidedThrough: Instant
    /// What `for_each` names now, by the name of its source.
    package var items: [String: [String]] = [:]
    /// Only this item.
    package var only: String?
    /// Runs that these slots have.
    package var runs: [ItemOfSlot: KnownRun] = [:]
    /// Runs that have used up a business date (`once_per: business-date`).
    package var usedDates: [ItemOfDate: Int64] = [:]
    /// For business dates: those that have a run which succeeded or has not ended.
    package var doneDates: [ItemOfDate: KnownRun] = [:]

    package init(decidedThrough: Instant) { self.decidedThrough = decidedThrough }
  }

  /// One answer for each slot and item, in the order of the slots.
  package static func plan(_ slots: [PastSlot], _ facts: Facts) -> [PastRun] {
    var catching = CatchingUp(facts)
    return slots.flatMap { catching.runs(of: $0) }
  }

  private init(_ facts: Facts) {
    self.facts = facts
    usedDates = facts.usedDates.mapValues { $0 }
  }

  private mutating func runs(of slot: PastSlot) -> [PastRun] {
    if let obstacle = obstacle(to: slot) {
      return [PastRun(slot: slot, item: nil, willRun: false, reason: obstacle, lock: "")]
    }
    let items = items(of: slot.job)
    guard !items.isEmpty else {
      let why = "no enabled \(slot.job.forEach ?? "item") to run for"
      return [PastRun(slot: slot, item: nil, willRun: false, reason: why, lock: "")]
    }
    return items.map { run(of: slot, $0) }
  }

  private func obstacle(to slot: PastSlot) -> String? {
    if let obstacle = slot.obstacle { return obstacle }
    guard let dueAt = slot.dueAt, dueAt > facts.decidedThrough else { return nil }
    return "it is not decided yet; the scheduler decides it"
  }

  private func items(of job: Job) -> [String?] {
    guard let source = job.forEach else { return facts.only == nil ? [nil] : [] }
    return (facts.items[source] ?? []).filter { facts.only == nil || $0 == facts.only }
      .map(Optional.some)
  }

  private mutating func run(of slot: PastSlot, _ item: String?) -> PastRun {
    let date = ItemOfDate(date: slot.businessDate, item: item)
    var run = PastRun(
      slot: slot, item: item, willRun: false, reason: Self.before(slot),
      lock: slot.job.lock.name(
        job: slot.job.name, item: item, dueAt: slot.dueAt, businessDate: slot.businessDate))
    if let known = known(slot, item, date) {
      run.reason = "it has run \(known.id), \(known.state.rawValue)"
    } else if slot.job.oncePerBusinessDate, let used = usedDates[date] {
      let holder = used.map { "run \($0)" } ?? "the run of an earlier slot"
      run.reason = "business date \(slot.businessDate) already has \(holder)"
    } else {
      run.willRun = true
      if slot.job.oncePerBusinessDate { usedDates[date] = .some(nil) }
    }
    return run
  }

  private func known(_ slot: PastSlot, _ item: String?, _ date: ItemOfDate) -> KnownRun? {
    guard let dueAt = slot.dueAt else { return facts.doneDates[date] }
    return facts.runs[ItemOfSlot(dueAt: dueAt, item: item)]
  }

  private static func before(_ slot: PastSlot) -> String {
    guard slot.dueAt != nil else { return "the date has no run that succeeded" }
    guard let decision = slot.decision else { return "it was never decided" }
    return "it was decided \(decision.rawValue)" + (slot.reason.map { ": \($0)" } ?? "")
  }
}

extension PastRun: Encodable {
  private enum Key: String, CodingKey {
    case dueAt = "due_at"
    case through, slots
    case businessDate = "business_date"
    case localLabel = "local_label"
    case item, decision
    case willRun = "will_run"
    case reason, revision, lock
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encodeIfPresent(slot.dueAt, forKey: .dueAt)
    try keys.encodeIfPresent(slot.through, forKey: .through)
    try keys.encode(slot.count, forKey: .slots)
    try keys.encode(slot.businessDate, forKey: .businessDate)
    try keys.encode(slot.label, forKey: .localLabel)
    try keys.encodeIfPresent(item, forKey: .item)
    try keys.encodeIfPresent(slot.decision, forKey: .decision)
    try keys.encode(willRun, forKey: .willRun)
    try keys.encode(reason, forKey: .reason)
    try keys.encode(slot.revision, forKey: .revision)
    if willRun { try keys.encode(lock, forKey: .lock) }
  }
}
