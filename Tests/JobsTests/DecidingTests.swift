import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Deciding slots` {
  let noon = at("2026-07-09T12:00:00")

  @Test
  func `a slot on time runs`() {
    let plan = Job(.every(.seconds(30))).plan(noon + .seconds(4), after: noon - .seconds(30))
    #expect(plan.lines == ["run 12:00: due"])
    #expect(plan.runLines == ["schedule 12:00 ready"])
    #expect(plan.watermark == noon + .seconds(4))
    #expect(plan.slots.first?.label == "2026-07-09T12:00:00+05:30")
    #expect(plan.slots.first?.lateness == .seconds(4))
    #expect(plan.slots.first?.businessDate == day("2026-07-09"))
  }

  @Test
  func `nothing is decided before it is due, nor twice, nor when the clock goes back`() {
    let job = Job(.every(.seconds(30)))
    #expect(job.plan(noon - .microseconds(1), after: noon - .seconds(30)).lines == [])
    #expect(job.plan(noon, after: noon).lines == [])
    let back = job.plan(noon - .seconds(3600), after: noon)
    #expect(back.lines == [] && back.watermark == noon)
  }

  @Test
  func `a job without a schedule has no slots`() {
    let plan = Job(nil).plan(noon, after: noon - .seconds(3600))
    #expect(plan.isEmpty && plan.watermark == noon)
  }

  @Test
  func `nights are told in one row when the market has opened again`() {
    let job = Job(.every(.seconds(1_800), during: .trading))
    let evening = job.plan(at("2026-07-09T23:00:00"), after: at("2026-07-09T15:00:00"))
    #expect(evening.isEmpty && evening.watermark == at("2026-07-09T15:00:00"))
    let morning = job.plan(at("2026-07-10T09:30:02"), after: at("2026-07-09T15:00:00"))
    #expect(
      morning.lines == [
        "closed 15:30...2026-07-10 09:00 x36: nse-cash closed 2026-07-09 15:30 to 2026-07-10 09:15",
        "run 2026-07-10 09:30: due",
      ])
    #expect(morning.watermark == at("2026-07-10T09:30:02"))
  }

  @Test
  func `a daily slot on a holiday is closed at once`() {
    let plan = Job(.at("16:20", during: .nse)).plan(
      at("2026-07-14T16:20:01"), after: at("2026-07-13T16:20:01"))
    #expect(
      plan.lines == ["closed 2026-07-14 16:20: nse-cash is closed on 2026-07-14: Founders' Day"])
    #expect(plan.slots.first?.businessDate == day("2026-07-13"))
  }

  @Test
  func `past the calendar nothing is decided, and health learns why`() {
    let job = Job(.at("16:20", during: .nse))
    let plan = job.plan(at("2027-01-04T16:20:00"), after: at("2026-12-31T16:21:00"))
    #expect(plan.isEmpty && plan.watermark < at("2027-01-01T00:00:00"))
    #expect(plan.holds == "the calendar of nse-cash ends on 2026-12-31; load a newer one")
  }

  @Test
  func `a suspect clock holds what is not safe to repeat and nothing else`() {
    var job = Job(.every(.seconds(30)))
    #expect(
      job.plan(noon, after: noon - .seconds(30)) { $0.suspectClock = "clocks differ by 3 s" }.lines
        == ["run 12:00: due"])
    job.idempotent = false
    let plan = job.plan(noon, after: noon - .seconds(30)) {
      $0.suspectClock = "clocks differ by 3 s"
    }
    #expect(plan.isEmpty && plan.watermark == noon - .seconds(30))
    #expect(plan.holds == "clocks differ by 3 s")
  }

  @Test
  func `every item has a run, and no item is on record too`() {
    var job = Job(.every(.seconds(30)))
    job.forEach = "account"
    job.lock = .standard(job: "sync", hasItems: true)
    let plan = job.plan(noon, after: noon - .seconds(30)) { $0.items = ["asha", "ravi"] }
    #expect(plan.lines == ["run 12:00: due"])
    #expect(plan.runLines == ["schedule 12:00/asha ready", "schedule 12:00/ravi ready"])
    #expect(plan.runs.map(\.lock) == ["sync/asha", "sync/ravi"])
    let none = job.plan(noon, after: noon - .seconds(30)) { $0.items = [] }
    #expect(none.lines == ["skipped 12:00: no enabled account to run for"])
    #expect(none.runs.isEmpty)
  }

  @Test
  func `the business date is the session's, not the night's`() {
    let plan = Job(.cron("0 2 * * *", during: .nse)).plan(
      at("2026-07-10T02:00:00"), after: at("2026-07-10T00:00:00"))
    #expect(plan.runs.map(\.businessDate) == [day("2026-07-09")])
  }

  @Test
  func `a run on time expires from its slot, a late one from its decision`() {
    var job = Job(.at("12:00"))
    job.expiresAfter = .seconds(30)
    let punctual = job.plan(noon + .seconds(5), after: noon - .seconds(60))
    #expect(punctual.runs.map(\.expiresAt) == [noon + .seconds(30)])
    let late = job.plan(noon + .seconds(6), after: noon - .seconds(60))
    #expect(late.runs.map(\.expiresAt) == [noon + .seconds(36)])
  }

  @Test
  func `an edited schedule closes what its old one left undecided`() {
    let job = Job(.every(.seconds(1_800), during: .trading))
    let facts = DecidingFacts(
      now: at("2026-07-10T10:10:00"), watermark: at("2026-07-09T15:00:00"))
    let plan = Deciding.superseding(
      job, in: SmallWorld.almanac, facts, because: "revision 1a2b gave way to 3c4d")
    #expect(
      plan.lines == [
        "closed 15:30...2026-07-10 09:00 x36: nse-cash closed 2026-07-09 15:30 to 2026-07-10 09:15",
        "superseded 2026-07-10 09:30...2026-07-10 10:00 x2: revision 1a2b gave way to 3c4d",
      ])
    #expect(plan.runs.isEmpty && plan.watermark == facts.now)
  }
}
