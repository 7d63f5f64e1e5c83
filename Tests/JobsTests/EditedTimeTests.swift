import Jobs
import Testing
import TradingTime

/// Somebody moves the end of the day from 16:00 to 16:30: before, during and after today's run.
@Suite(.timeLimit(.minutes(10)))
struct `A time edited on its day` {
  private func endOfDay(_ text: String) -> Job {
    var job = Job(.at(text, during: .nse))
    job.oncePerBusinessDate = true
    return job
  }

  private let used = UsedDate(item: nil, date: day("2026-07-09"), run: 41)

  @Test
  func `before today's run starts it once, at the new time`() {
    #expect(
      endOfDay("16:30").plan(at("2026-07-09T16:00:30"), after: at("2026-07-09T15:50:00")).lines
        == [])
    #expect(
      endOfDay("16:30").plan(at("2026-07-09T16:30:00"), after: at("2026-07-09T16:00:30")).lines
        == ["run 16:30: due"])
  }

  @Test
  func `after today's run starts it no second time`() {
    let plan = endOfDay("16:30").plan(
      at("2026-07-09T16:30:00"), after: at("2026-07-09T16:10:00")
    ) { $0.usedDates = [used] }
    #expect(plan.lines == ["skipped 16:30: business date 2026-07-09 already has run 41"])
    #expect(plan.runs.isEmpty)
  }

  @Test
  func `while today's run is under way starts it no second time`() {
    let plan = endOfDay("16:30").plan(
      at("2026-07-09T16:30:00"), after: at("2026-07-09T16:10:00")
    ) {
      $0.usedDates = [used]
      $0.unfinished = [
        UnfinishedRun(
          id: 41, item: nil, dueAt: at("2026-07-09T16:00:00"), state: .running, trigger: .schedule,
          since: at("2026-07-09T16:00:00"))
      ]
    }
    #expect(plan.lines == ["skipped 16:30: business date 2026-07-09 already has run 41"])
    #expect(plan.superseded.isEmpty && plan.cancelled.isEmpty)
  }

  @Test
  func `to an earlier time that has passed starts nothing of the past`() {
    let plan = endOfDay("15:45").plan(at("2026-07-09T15:50:00"), after: at("2026-07-09T15:50:00"))
    #expect(plan.lines == [])
    #expect(
      endOfDay("15:45").plan(at("2026-07-10T15:45:00"), after: at("2026-07-09T15:50:00")).lines
        == ["run 2026-07-10 15:45: due"])
  }

  @Test
  func `without once_per starts it again, which check says beforehand`() {
    let job = Job(.at("16:30", during: .nse))
    #expect(
      job.plan(at("2026-07-09T16:30:00"), after: at("2026-07-09T16:10:00")).lines
        == ["run 16:30: due"])
  }

  private func lines(_ old: Job, _ new: Job, now: String = "2026-07-09T16:10:00") -> [String] {
    PlanDifference(
      from: .init(jobs: [old], almanac: SmallWorld.almanac),
      to: .init(jobs: [new], almanac: SmallWorld.almanac), now: at(now), days: 7
    ).changes.flatMap(\.lines)
  }

  @Test
  func `is told beforehand, with what becomes of today`() {
    // Sunday has no session, and Tuesday is a holiday.
    #expect(
      lines(endOfDay("16:00"), endOfDay("16:30")) == [
        "2026-07-09 to 2026-07-15: 16:00 goes, 16:30 comes",
        "today: the run of 16:00 has used up the business date unless it failed; 16:30 is then skipped",
      ])
    #expect(
      lines(Job(.at("16:00", during: .nse)), Job(.at("16:30", during: .nse))) == [
        "2026-07-09 to 2026-07-15: 16:00 goes, 16:30 comes",
        "today: starts again at 16:30, though 16:00 has come; once_per: business-date would prevent it",
      ])
    #expect(
      lines(endOfDay("16:00"), endOfDay("16:30"), now: "2026-07-09T15:00:00") == [
        "2026-07-09 to 2026-07-15: 16:00 goes, 16:30 comes"
      ])
    #expect(lines(endOfDay("16:00"), endOfDay("16:00")) == [])
  }

  @Test
  func `tells intervals by their number, added and removed jobs by their slots`() {
    #expect(
      lines(
        Job(.every(.seconds(30), during: .trading)), Job(.every(.seconds(60), during: .trading)))
        == [
          "2026-07-09 to 2026-07-10: 750 slots 09:15-15:29:30 → 375 slots 09:15-15:29",
          "2026-07-11: 240 slots 10:00-11:59:30 → 120 slots 10:00-11:59",
          "2026-07-13: 750 slots 09:15-15:29:30 → 375 slots 09:15-15:29",
          "2026-07-15: 450 slots 09:15-12:59:30 → 225 slots 09:15-12:59",
        ])
    let nothing = PlanDifference.Plan(jobs: [], almanac: SmallWorld.almanac)
    let one = PlanDifference.Plan(jobs: [endOfDay("16:20")], almanac: SmallWorld.almanac)
    func changes(_ old: PlanDifference.Plan, _ new: PlanDifference.Plan, _ days: Int) -> [String] {
      PlanDifference(from: old, to: new, now: at("2026-07-10T10:00:00"), days: days).changes
        .flatMap { change in change.lines.map { "\(change.job) \($0)" } }
    }
    #expect(changes(nothing, one, 4) == ["sync 2026-07-10 to 2026-07-13: 16:20 comes"])
    #expect(changes(one, nothing, 2) == ["sync 2026-07-10 to 2026-07-11: 16:20 goes"])
  }

  @Test
  func `tells that a job will hold, or no longer`() {
    var later = SmallWorld.almanac
    later.calendars[SmallWorld.market] = ChangingMarket.calendar(through: "2026-08-31")
    let job = endOfDay("16:20")
    let lines = PlanDifference(
      from: .init(jobs: [job], almanac: SmallWorld.almanac), to: .init(jobs: [job], almanac: later),
      now: at("2026-08-31T18:00:00"), days: 2
    ).changes.flatMap(\.lines)
    #expect(
      lines == [
        "2026-09-01: 16:20 goes", "holds: the calendar of nse ends on 2026-08-31; load a newer one",
      ])
  }
}
