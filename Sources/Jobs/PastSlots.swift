package import TradingTime

/// A slot of the past, or a business date, that an operator wants run, with what is on record of it.
package struct PastSlot: Hashable, Sendable {
  /// Nil for a business date.
  package var dueAt: Instant?
  /// The last of a stretch that cannot run and is told in one line.
  package var through: Instant?
  package var count: Int
  package var businessDate: CivilDate
  /// Local time with offset, or the date.
  package var label: String
  /// By which it would run.
  package var job: Job
  package var revision: String
  /// What was decided; nil if it never was.
  package var decision: Decision?
  package var reason: String?
  /// Why it cannot run, whatever the item.
  package var obstacle: String?

  package init(
    dueAt: Instant? = nil, through: Instant? = nil, count: Int = 1, businessDate: CivilDate,
    label: String, job: Job, revision: String, decision: Decision? = nil, reason: String? = nil,
    obstacle: String? = nil
  ) {
    self.dueAt = dueAt
    self.through = through
    self.count = count
    self.businessDate = businessDate
    self.label = label
    self.job = job
    self.revision = revision
    self.decision = decision
    self.reason = reason
    self.obstacle = obstacle
  }
}

/// The slots of the past that one definition promises, or would have promised.
package struct PastSlots: Sendable {
  package var slots: [PastSlot] = []
  /// Why the later ones cannot be told.
  package var holds: String?

  /// - Parameter most: open slots at most; one more is given, so that the caller sees it.
  package init(
    of job: Job, revision: String, after: Instant, through: Instant, in almanac: Almanac,
    most: Int
  ) {
    guard let schedule = job.schedule else { return }
    let due = schedule.slots(after: after, through: through, in: almanac, limit: .max)
    holds = due.holds
    let zone = almanac.zone(of: schedule)
    func slot(_ span: SlotSpan, _ obstacle: String?) -> PastSlot {
      PastSlot(
        dueAt: span.first, through: span.count > 1 ? span.last : nil, count: span.count,
        businessDate: almanac.businessDate(of: span.first, for: schedule)
          ?? zone.local(span.first).date,
        label: span.first.rfc3339(in: zone), job: job, revision: revision, obstacle: obstacle)
    }
    var open = 0
    for span in due.spans {
      switch span.standing {
      case .closed(let why): slots.append(slot(span, why))
      case .open:
        let (taken, _) = span.split(most + 1 - open)
        open += taken?.count ?? 0
        slots += (taken?.singles ?? []).map { slot($0, nil) }
        if open > most { return }
      }
    }
  }

  /// One for each date, of which those without a session cannot run.
  package static func dates(
    of job: Job, revision: String, from: CivilDate, to: CivilDate, in almanac: Almanac
  ) -> [PastSlot] {
    var slots: [PastSlot] = []
    var date = from
    while date <= to {
      let closed = almanac.closedDate(date, for: job.schedule)
      slots.append(
        PastSlot(
          businessDate: date, label: "\(date)", job: job, revision: revision, obstacle: closed))
      date = date.adding(days: 1)
    }
    return slots
  }
}
