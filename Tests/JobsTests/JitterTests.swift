import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Jitter` {
  @Test(arguments: 1...20)
  func `moves the start and never reaches the next slot`(_ seed: Int) {
    var chance = Chance(seed: seed)
    var job = Job(chance.one(of: [.every(.seconds(30)), .cron("*/2 * * * *"), .at("12:00")]))
    job.jitter = .seconds(chance.number(1...7_200))
    job.expiresAfter = chance.once(in: 2) ? .seconds(chance.number(1...60)) : nil
    for minute in 0..<50 {
      let slot = at("2026-07-09T12:00:00") + .seconds(minute * 120)
      let delay = job.delay(of: slot, in: SmallWorld.almanac)
      let next = job.schedule?.next(
        after: slot, before: slot + .seconds(90_000), in: SmallWorld.almanac)
      #expect(delay >= .zero && delay < job.jitter ?? .zero, "seed \(seed)")
      #expect(next.map { slot + delay < $0 } ?? false, "seed \(seed): reaches the next slot")
      #expect(job.expiresAfter.map { delay < $0 } ?? true, "seed \(seed): expires while it waits")
      #expect(delay == job.delay(of: slot, in: SmallWorld.almanac), "two deciders must agree")
    }
  }

  @Test
  func `spreads jobs and slots and leaves the slot alone`() {
    var job = Job(.every(.seconds(60)))
    job.jitter = .seconds(20)
    let noon = at("2026-07-09T12:00:00")
    let delays = (0..<40).map {
      job.delay(of: noon + .seconds($0 * 60), in: SmallWorld.almanac).microseconds
    }
    #expect(Set(delays).count == 40)
    let plan = job.plan(noon, after: noon - .seconds(60))
    #expect(plan.slots.map(\.dueAt) == [noon])
    #expect(plan.runs.map { $0.readyAt - noon } == [job.delay(of: noon, in: SmallWorld.almanac)])
  }
}
