import Jobs
import Testing
import TradingTime

/// Promise 2, by brute force: whatever the moments at which somebody looks, every slot that comes due
/// is decided once, and the watermark never leaves one behind.
@Suite(.timeLimit(.minutes(10)))
struct `However often somebody looks` {
  /// A slot as the slow way finds it.
  struct Slot: Hashable {
    var due: Instant
    var isOpen: Bool
  }

  @Test(arguments: (1...40).map(RandomSchedule.init(seed:)))
  func `each slot is decided exactly once`(_ random: RandomSchedule) throws {
    var chance = Chance(seed: random.seed + 7_000)
    var job = Job(random.schedule, misfire(&chance))
    job.overlap = chance.one(of: Overlap.allCases)
    let start = at("2026-07-08T20:00:00")
    let end = start + .seconds(6 * 86_400)
    let slots = try BruteForce(random.schedule).slots(after: start, through: end)
    var facts = DecidingFacts(now: start, watermark: start)
    facts.pause = pause(&chance, start)
    var records: [DecidingPlan.SlotRecord] = []
    while facts.now < end {
      facts.now = min(end, facts.now + .milliseconds(chance.number(1...20_000_000)))
      let plan = Deciding.plan(for: job, in: SmallWorld.almanac, facts)
      try check(plan, facts, slots, job, random)
      records += plan.slots
      facts.watermark = plan.watermark
    }
    let decided = slots.filter { $0.due <= facts.watermark }
    #expect(records.reduce(0) { $0 + $1.count } == decided.count, "\(random.testDescription)")
    #expect(
      slots.filter { $0.due > facts.watermark }.allSatisfy { !$0.isOpen },
      "only closed slots may wait for the market to open: \(random.testDescription)")
  }

  private func check(
    _ plan: DecidingPlan, _ facts: DecidingFacts, _ slots: [Slot], _ job: Job,
    _ random: RandomSchedule
  ) throws {
    #expect(plan.watermark >= facts.watermark && plan.watermark <= facts.now)
    let told = slots.filter { facts.watermark < $0.due && $0.due <= plan.watermark }
    var rest = told[...]
    for record in plan.slots {
      let through = record.through ?? record.dueAt
      let mine = rest.prefix { $0.due <= through }
      rest = rest.dropFirst(mine.count)
      let where_ = "\(random.testDescription) at \(facts.now): \(record)"
      #expect(mine.first?.due == record.dueAt && mine.last?.due == through, "\(where_)")
      #expect(mine.count == record.count, "\(where_)")
      // One expectation for the stretch: one for each slot would be millions.
      #expect(mine.allSatisfy { fits($0, record.decision, facts.pause) }, "\(where_)")
      #expect(record.count == 1 || ![.run, .held].contains(record.decision), "\(where_)")
      #expect(!record.reason.isEmpty, "\(where_)")
    }
    #expect(
      rest.isEmpty, "jumped over \(rest.first?.due.description ?? ""): \(random.testDescription)")
    let ran = plan.slots.filter { $0.decision == .run }.map(\.dueAt)
    #expect(plan.runs.map(\.dueAt) == ran, "one run for each slot that runs")
    #expect(ran.count <= job.misfire.max + 1)
    if job.misfire.policy == .latest { #expect(ran.count <= 1) }
  }

  private func fits(_ slot: Slot, _ decision: Decision, _ pause: Pause?) -> Bool {
    slot.isOpen == (decision != .closed)
      && (slot.isOpen && isInside(slot.due, pause)) == (decision == .paused)
  }

  private func isInside(_ slot: Instant, _ pause: Pause?) -> Bool {
    pause.map { $0.since <= slot && slot < $0.until } ?? false
  }

  private func misfire(_ chance: inout Chance) -> Misfire {
    Misfire(
      policy: chance.one(of: Misfire.Policy.allCases),
      within: chance.one(of: [nil, .seconds(600), .seconds(43_200)]),
      withinSession: chance.once(in: 4), max: chance.one(of: [1, 3, 100]),
      askAfter: chance.one(of: [nil, .seconds(900)]))
  }

  private func pause(_ chance: inout Chance, _ start: Instant) -> Pause? {
    guard chance.once(in: 2) else { return nil }
    let since = start + .seconds(chance.number(0...300_000))
    return Pause(
      since: since, until: since + .seconds(chance.number(60...300_000)), by: "asha",
      reason: "maintenance")
  }
}

/// Finds a schedule's slots by trying every second or minute, and asks the calendar day by day.
private struct BruteForce {
  let schedule: Schedule
  let zone: ZoneRules
  let calendar = SmallWorld.calendar

  init(_ schedule: Schedule) {
    self.schedule = schedule
    zone = SmallWorld.almanac.zone(of: schedule)
  }

  func slots(after: Instant, through: Instant) throws -> [`However often somebody looks`.Slot] {
    let instants: [Instant] =
      switch schedule.timing {
      case .every(let interval):
        steps(interval.wrappedValue.components.seconds, after, through)
      case .cron(let expression):
        try steps(60, after, through).filter { try matches(expression, zone.local($0)) }
      case .at(let time):
        steps(60, after, through).filter { zone.local($0).time == time }
      case .atMarket(let moment):
        try days(after, through).compactMap { date in
          guard let session = session(on: date) else { return nil }
          let edge = try #require(moment.edge == .open ? session.open : session.close)
          return edge + .seconds(moment.offsetSeconds)
        }.filter { after < $0 && $0 <= through }
      }
    let sessions = Dictionary(
      uniqueKeysWithValues: days(after, through).map { ($0, session(on: $0)) })
    return instants.map { slot in
      let session = sessions[ZoneRules.india.local(slot).date] ?? nil
      return .init(due: slot, isOpen: isOpen(slot, session))
    }
  }

  private func steps(_ seconds: Int64, _ after: Instant, _ through: Instant) -> [Instant] {
    stride(
      from: (after.secondsSinceEpoch / seconds + 1) * seconds,
      through: through.secondsSinceEpoch, by: Int(seconds)
    ).map { Instant(secondsSinceEpoch: $0) }
  }

  /// Only what `RandomSchedule` writes: lists, a starred minute, one range of hours.
  private func matches(_ expression: CronExpression, _ local: LocalTime) throws -> Bool {
    let fields = expression.text.split(separator: " ").map(String.init)
    let minute =
      fields[0] == "*/20"
      ? local.time.minute.isMultiple(of: 20)
      : fields[0].split(separator: ",").contains { Int($0) == local.time.minute }
    switch fields[1] {
    case "*": return minute
    case "9-16": return minute && (9...16).contains(local.time.hour)
    default:
      let hour = try #require(Int(fields[1]))
      return minute && local.time.hour == hour
    }
  }

  private func session(on date: CivilDate) -> Session? {
    if case .session(let session) = calendar.day(date) { session } else { nil }
  }

  private func isOpen(_ slot: Instant, _ session: Session?) -> Bool {
    if case .atMarket = schedule.timing { return true }
    guard let during = schedule.during else { return true }
    guard let session else { return false }
    if during.phases.isEmpty { return true }
    if let until = during.until, slot >= session.close + .seconds(until.offsetSeconds) {
      return false
    }
    let lastEnd = session.phases.filter { during.phases.contains($0.kind) }.map(\.end).max()
    return session.phases.contains { $0.contains(slot) && during.phases.contains($0.kind) }
      || (during.until != nil && lastEnd.map { slot >= $0 } ?? false)
  }

  private func days(_ after: Instant, _ through: Instant) -> [CivilDate] {
    (-4...12).map { ZoneRules.india.local(after).date.adding(days: $0) }
  }
}
