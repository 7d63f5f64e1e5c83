import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Once per business date` {
  let close = at("2026-07-09T16:20:00")

  private var job: Job {
    var job = Job(.cron("20,30 16 * * *", during: .nse), Misfire(policy: .all))
    job.oncePerBusinessDate = true
    return job
  }

  @Test
  func `a second slot of the day names the run that has the date`() {
    let plan = job.plan(close + .seconds(600), after: close + .seconds(1)) {
      $0.usedDates = [UsedDate(item: nil, date: day("2026-07-09"), run: 41)]
    }
    #expect(plan.lines == ["skipped 16:30: business date 2026-07-09 already has run 41"])
  }

  @Test
  func `two slots decided together use the date once`() {
    let plan = job.plan(close + .seconds(660), after: close - .seconds(60))
    #expect(
      plan.lines == [
        "run 16:20: 11m late; admitted by misfire all",
        "skipped 16:30: business date 2026-07-09 already has the run of an earlier slot",
      ])
  }

  @Test
  func `another date is another right`() {
    let plan = job.plan(close, after: close - .seconds(60)) {
      $0.usedDates = [UsedDate(item: nil, date: day("2026-07-08"), run: 40)]
    }
    #expect(plan.lines == ["run 16:20: due"])
  }

  @Test
  func `each item has the date for itself`() {
    var job = job
    job.forEach = "account"
    let plan = job.plan(close, after: close - .seconds(60)) {
      $0.items = ["asha", "ravi"]
      $0.usedDates = [UsedDate(item: "asha", date: day("2026-07-09"), run: 41)]
    }
    #expect(plan.lines == ["run 16:20: due"])
    #expect(
      plan.runLines == [
        "schedule 16:20/asha skipped: business date 2026-07-09 already has run 41",
        "schedule 16:20/ravi ready",
      ])
  }
}
