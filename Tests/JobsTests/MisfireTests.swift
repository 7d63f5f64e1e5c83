import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Late slots` {
  let noon = at("2026-07-09T12:00:00")
  let every = Schedule.every(.seconds(600))

  @Test
  func `lateness begins beyond half an interval or five seconds`() {
    let skip = Misfire(policy: .skip)
    let fast = Job(.every(.seconds(4)), skip)
    #expect(fast.plan(noon + .seconds(2), after: noon - .seconds(1)).lines == ["run 12:00: due"])
    #expect(
      fast.plan(noon + .milliseconds(2_001), after: noon - .seconds(1)).lines == [
        "missed 12:00: first seen 2s late; misfire skip"
      ])
    let slow = Job(every, skip)
    #expect(slow.plan(noon + .seconds(5), after: noon - .seconds(1)).lines == ["run 12:00: due"])
    #expect(
      slow.plan(noon + .milliseconds(5_001), after: noon - .seconds(1)).lines == [
        "missed 12:00: first seen 5s late; misfire skip"
      ])
  }

  @Test
  func `latest runs the newest and tells the others in one row`() {
    let plan = Job(every).plan(noon + .seconds(60), after: noon - .seconds(3_600))
    #expect(
      plan.lines == [
        "missed 11:10...11:50 x5: first seen 51m late; misfire latest takes only the newest slot",
        "run 12:00: 1m late; admitted by misfire latest",
      ])
    #expect(plan.runLines == ["schedule 12:00 ready"])
  }

  @Test
  func `latest gives way to a slot on time`() {
    #expect(
      Job(every).plan(noon, after: noon - .seconds(1_200)).lines == [
        "missed 11:50: first seen 10m late; misfire latest takes only the newest slot",
        "run 12:00: due",
      ])
  }

  @Test
  func `latest finds its slot before a closed stretch, however long`() {
    let plan = Job(.cron("* * * * *", during: .trading)).plan(
      at("2026-07-11T09:00:00"), after: at("2026-07-09T09:00:00"))
    #expect(
      plan.slots.filter { $0.decision == .run }.map(\.label) == ["2026-07-10T15:29:00+05:30"])
    #expect(plan.slots.reduce(0) { $0 + $1.count } == 2 * 24 * 60)
    #expect(plan.slots.count < 12, "neighbours refused alike share a row: \(plan.lines)")
  }

  @Test
  func `within is measured from the slot`() {
    let job = Job(.at("12:00"), Misfire(policy: .latest, within: .seconds(3_600)))
    #expect(
      job.plan(noon + .seconds(3_600), after: noon - .seconds(60)).lines == [
        "run 12:00: 1h late; admitted by misfire latest"
      ])
    #expect(
      job.plan(noon + .seconds(3_601), after: noon - .seconds(60)).lines == [
        "missed 12:00: first seen 1h1s late; beyond misfire's within 1h"
      ])
  }

  @Test
  func `each missed slot gets the reason that is its own`() {
    let job = Job(every, Misfire(policy: .all, within: .seconds(1_800), max: 2))
    #expect(
      job.plan(noon + .seconds(60), after: noon - .seconds(3_600)).lines == [
        "missed 11:10...11:30 x3: first seen 51m late; beyond misfire's within 30m",
        "run 11:40: 21m late; admitted by misfire all",
        "run 11:50: 11m late; admitted by misfire all",
        "missed 12:00: first seen 1m late; beyond misfire's max 2",
      ])
  }

  @Test
  func `all runs the oldest first, and what is on time besides`() {
    let plan = Job(every, Misfire(policy: .all, max: 2)).plan(noon, after: noon - .seconds(2_400))
    #expect(
      plan.lines == [
        "run 11:30: 30m late; admitted by misfire all",
        "run 11:40: 20m late; admitted by misfire all",
        "missed 11:50: first seen 10m late; beyond misfire's max 2",
        "run 12:00: due",
      ])
    #expect(
      plan.runLines == ["catch-up 11:30 ready", "catch-up 11:40 ready", "schedule 12:00 ready"])
  }

  @Test
  func `max counts over the whole of a long outage`() {
    let plan = Job(.cron("* * * * *"), Misfire(policy: .all, max: 100)).plan(
      noon + .seconds(30), after: noon - .seconds(5 * 86_400))
    #expect(plan.runs.count == 100)
    #expect(plan.slots.count == 101)
    #expect(plan.slots.last?.count == 5 * 1_440 - 100)
  }

  @Test
  func `a hundred and fifty missed slots stop nothing`() {
    let plan = Job(.every(.seconds(60))).plan(noon + .seconds(2), after: noon - .seconds(150 * 60))
    #expect(plan.slots.last?.decision == .run && plan.slots.first?.count == 149)
  }

  @Test
  func `a year of one-second slots is two rows`() {
    let plan = Job(.every(.seconds(1))).plan(noon, after: noon - .seconds(365 * 86_400))
    #expect(plan.slots.map(\.count) == [365 * 86_400 - 1, 1])
  }

  @Test
  func `ask holds each, and takes what is young without asking`() {
    let job = Job(every, Misfire(policy: .ask, askAfter: .seconds(900)))
    let plan = job.plan(noon + .seconds(60), after: noon - .seconds(1_800))
    #expect(
      plan.lines == [
        "held 11:40: 21m late; misfire ask: approve it or leave it",
        "run 11:50: 11m late; misfire asks only after 15m",
        "run 12:00: 1m late; misfire asks only after 15m",
      ])
    #expect(plan.runLines == ["catch-up 11:50 ready", "catch-up 12:00 ready"])
    #expect(plan.watermark == noon + .seconds(60), "a held slot does not stop the watermark")
  }

  @Test
  func `within a session takes Friday's slot on Sunday and not on Monday`() {
    let job = Job(.at("16:20", during: .nse), Misfire(policy: .latest, withinSession: true))
    #expect(
      job.plan(at("2026-07-12T20:00:00"), after: at("2026-07-11T16:00:00")).lines == [
        "run 2026-07-11 16:20: 1d3h40m late; admitted by misfire latest",
        "closed 2026-07-12 16:20: nse-cash is closed on 2026-07-12: weekend",
      ])
    #expect(
      job.plan(at("2026-07-13T05:59:00"), after: at("2026-07-11T16:00:00")).lines.first
        == "run 2026-07-11 16:20: 1d13h39m late; admitted by misfire latest")
    #expect(
      job.plan(at("2026-07-13T06:00:00"), after: at("2026-07-11T16:00:00")).lines.first
        == "missed 2026-07-11 16:20: first seen 1d13h40m late; misfire takes only slots of the current business date"
    )
  }

  @Test
  func `the spring night's reconciliation is late like any other`() {
    var job = Job(.cron("30 2 * * *", "America/New_York"))
    job.expiresAfter = .seconds(600)
    let plan = job.plan(at("2026-03-08T07:00:02Z"), after: at("2026-03-08T00:00:00Z"))
    #expect(plan.slots.map(\.label) == ["2026-03-08T03:00:00-04:00"])
    #expect(plan.runs.map(\.expiresAt) == [at("2026-03-08T07:10:00Z")])
  }
}
