import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Slots of the past` {
  private let almanac = SmallWorld.almanac

  private func slots(
    _ schedule: Schedule, from: String, through: String, most: Int = 1_000
  ) -> PastSlots {
    PastSlots(
      of: Job(schedule), revision: "r1", after: at(from) - .microseconds(1), through: at(through),
      in: almanac, most: most)
  }

  private func at(_ text: String) -> Instant {
    guard let instant = Instant(rfc3339: text) else { preconditionFailure("no time: \(text)") }
    return instant
  }

  private func facts(_ change: (inout CatchingUp.Facts) -> Void = { _ in }) -> CatchingUp.Facts {
    var facts = CatchingUp.Facts(decidedThrough: at("2026-12-01T00:00:00+05:30"))
    change(&facts)
    return facts
  }

  @Test func `name the days on which the market was closed and cannot run there`() {
    let daily = Schedule(
      timing: .at(time("16:20")), during: Window(market: SmallWorld.market),
      timezone: "Asia/Kolkata")
    let found = slots(
      daily, from: "2026-07-10T00:00:00+05:30", through: "2026-07-14T23:59:00+05:30")
    let plan = CatchingUp.plan(found.slots, facts())
    #expect(
      plan.map { "\($0.slot.label.prefix(16)) \($0.willRun) \($0.reason)" } == [
        "2026-07-10T16:20 true it was never decided",
        "2026-07-11T16:20 true it was never decided",
        "2026-07-12T16:20 false nse-cash is closed on 2026-07-12: weekend",
        "2026-07-13T16:20 true it was never decided",
        "2026-07-14T16:20 false nse-cash is closed on 2026-07-14: Founders' Day",
      ])
    #expect(plan.map(\.slot.businessDate.day) == [10, 11, 11, 13, 13])
  }

  @Test func `tell a closed night of a fast job in one line`() {
    let fast = Schedule(
      timing: .every(Spelled(wrappedValue: .seconds(30))),
      during: Window(market: SmallWorld.market, phases: [.continuous]))
    let found = slots(fast, from: "2026-07-09T15:29:00+05:30", through: "2026-07-10T09:15:30+05:30")
    let plan = CatchingUp.plan(found.slots, facts())
    #expect(plan.map(\.willRun) == [true, true, false, true, true])
    #expect(plan[2].slot.count == 2_130 && plan[2].reason.hasPrefix("nse-cash closed"))
  }

  @Test func `are counted no further than is wanted`() {
    let fast = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
    let found = slots(
      fast, from: "2026-07-09T00:00:00Z", through: "2026-08-09T00:00:00Z", most: 100)
    #expect(found.slots.count == 101)
  }

  @Test func `end where the calendar does`() {
    let daily = Schedule(
      timing: .at(time("16:20")), during: Window(market: SmallWorld.market),
      timezone: "Asia/Kolkata")
    let found = slots(
      daily, from: "2026-12-31T00:00:00+05:30", through: "2027-01-02T00:00:00+05:30")
    #expect(found.slots.count == 1 && found.holds != nil)
  }

  @Test func `run once for each item, those that have no run yet`() throws {
    var job = Job(Schedule(timing: .every(Spelled(wrappedValue: .seconds(30)))))
    job.forEach = "account"
    job.lock = LockTemplate(text: "account/{item}")
    let due = at("2026-07-09T12:00:00Z")
    let slot = PastSlot(
      dueAt: due, businessDate: day("2026-07-09"), label: "noon", job: job, revision: "r1",
      decision: .missed, reason: "misfire skip")
    let plan = CatchingUp.plan(
      [slot],
      facts {
        $0.items = ["account": ["asha", "ravi"]]
        $0.runs = [.init(dueAt: due, item: "asha"): .init(id: 7, state: .failed)]
      })
    #expect(
      plan.map { "\($0.item ?? "") \($0.willRun) \($0.lock): \($0.reason)" } == [
        "asha false account/asha: it has run 7, failed",
        "ravi true account/ravi: it was decided missed: misfire skip",
      ])
    let none = CatchingUp.plan([slot], facts())
    #expect(none.map(\.reason) == ["no enabled account to run for"])
  }

  @Test func `use a business date once, the date of a run that is planned too`() {
    var job = Job(Schedule(timing: .every(Spelled(wrappedValue: .seconds(30)))))
    job.oncePerBusinessDate = true
    let slots = [9, 9, 10].map { number in
      PastSlot(
        dueAt: at("2026-07-0\(number == 10 ? 8 : 9)T12:00:00Z"),
        businessDate: day(number == 10 ? "2026-07-08" : "2026-07-09"), label: "x", job: job,
        revision: "r1")
    }
    let plan = CatchingUp.plan(
      slots, facts { $0.usedDates = [.init(date: day("2026-07-08"), item: nil): 5] })
    #expect(
      plan.map(\.reason) == [
        "it was never decided",
        "business date 2026-07-09 already has the run of an earlier slot",
        "business date 2026-07-08 already has run 5",
      ])
  }

  @Test func `beyond the watermark are the scheduler's`() {
    let fast = Schedule(timing: .every(Spelled(wrappedValue: .seconds(30))))
    let found = slots(fast, from: "2026-07-09T12:00:00Z", through: "2026-07-09T12:00:30Z")
    let plan = CatchingUp.plan(
      found.slots, CatchingUp.Facts(decidedThrough: at("2026-07-09T12:00:00Z")))
    #expect(plan.map(\.willRun) == [true, false])
  }
}
