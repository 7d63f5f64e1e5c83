import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `A day as it would run` {
  private func plan(_ job: Job, _ date: String) throws -> DayPlan {
    try #require(DayPlan(of: job, on: day(date), in: ChangingMarket.almanac))
  }

  /// `09:15-15:14 360 run continuous (fno): due`
  private func lines(_ plan: DayPlan) -> [String] {
    plan.rows.map { row in
      func wall(_ instant: Instant) -> String { plan.zone.local(instant).time.description }
      let span = row.count > 1 ? "\(wall(row.first))-\(wall(row.last))" : wall(row.first)
      return "\(span) \(row.count) \(row.decision.rawValue) \(row.phase ?? "–"): \(row.reason)"
    }
  }

  @Test
  func `tells each slot with decision, phase and why`() throws {
    let job = ChangingMarket.job(.every(60), "nse/fno", [.preOpen, .continuous], until: "close+5m")
    #expect(
      lines(try plan(job, "2026-08-03")) == [
        "00:00-08:59 540 closed before the open: nse/fno closed 2026-08-03 00:00 to 2026-08-03 09:00",
        "09:00-09:14 15 run pre-open: due",
        "09:15-15:14 360 run continuous (fno): due",
        "15:15-15:34 20 run closing-auction (fno): due",
        "15:35-15:39 5 run after the close: due",
        "15:40-15:59 20 closed post-close: nse/fno closed 2026-08-03 15:40 to 2026-08-03 23:59:59",
        "16:00-23:59 480 closed after the close: nse/fno closed 2026-08-03 15:40 to 2026-08-03 23:59:59",
      ])
    #expect(try plan(job, "2026-08-03").strays == [])
  }

  @Test
  func `tells a day without a session`() throws {
    let job = ChangingMarket.job(.at(time("16:20")))
    #expect(
      lines(try plan(job, "2026-08-15")) == [
        "16:20 1 closed holiday: nse is closed on 2026-08-15: Independence Day"
      ])
    #expect(lines(try plan(ChangingMarket.job(.moment("close+15m")), "2026-08-15")) == [])
    let beyond = try plan(job, "2026-09-01")
    #expect(beyond.rows.isEmpty)
    #expect(beyond.notes == ["the calendar of nse ends on 2026-08-31; load a newer one"])
  }

  @Test
  func `lets a business date be used once`() throws {
    var job = ChangingMarket.job(.cron(cron("0 17,18 * * *")))
    job.oncePerBusinessDate = true
    job.after = [After(job: "reconcile"), After(job: "rollup", condition: .settled)]
    #expect(
      lines(try plan(job, "2026-08-03")) == [
        "17:00 1 run after the close: due; starts when reconcile has succeeded and rollup has ended",
        "18:00 1 skipped after the close: business date 2026-08-03 already has the run of an earlier slot",
      ])
  }

  @Test
  func `names what falls into the wrong phase`() throws {
    func strays(_ job: Job, _ date: String) throws -> [String] { try plan(job, date).strays }
    // A time on the wall stands still while the exchange moves.
    let tick = ChangingMarket.job(
      .cron(cron("*/20 15 * * *")), "nse/fno", [.continuous], named: "tick")
    #expect(
      try strays(tick, "2026-07-31") == [
        "tick: 1 of 3 slots fall outside continuous: 15:40 post-close"
      ])
    #expect(
      try strays(tick, "2026-08-03") == [
        "tick: 2 of 3 slots fall outside continuous: 15:20 closing-auction (fno), 15:40 post-close"
      ])
    #expect(
      try strays(tick, "2026-08-14") == [
        "tick does not run at all: nse/fno is open 09:15-12:00 that day"
      ])
    // A market's moment moves, into another phase.
    let square = ChangingMarket.job(.moment("close-15m"), "nse/fno", [.continuous], named: "square")
    #expect(try strays(square, "2026-07-31") == [])
    #expect(
      try strays(square, "2026-08-03") == [
        "square: close-15m is 15:20, closing-auction (fno), and not continuous"
      ])
    // Nothing is named: an ordinary day says what was meant.
    let evening = ChangingMarket.job(.at(time("16:20")), named: "reconcile")
    #expect(try strays(evening, "2026-08-03") == [])
    #expect(
      try strays(evening, "2026-08-17") == [
        "reconcile: 16:20 falls before the open; on 2026-08-13, an ordinary day, after the close"
      ])
    // A class that has none of the wanted phases that day.
    let auction = ChangingMarket.job(.every(60), "nse/other", [.closingAuction], named: "auction")
    #expect(
      try strays(auction, "2026-08-03") == [
        "auction does not run at all: nse/other has none of its hours that day"
      ])
    #expect(try strays(auction, "2026-08-15") == [], "nobody expects it on a holiday")
  }

  @Test
  func `tells of clocks that change`() throws {
    var job = Job(name: "job", work: .unit("sync"), timeout: .seconds(25))
    job.schedule = .at("02:30", "America/New_York")
    let spring = try #require(
      DayPlan(of: job, on: day("2026-03-08"), in: SmallWorld.almanac))
    #expect(lines(spring) == ["03:00 1 run –: due"])
    #expect(
      spring.notes == [
        "at 02:00 the clocks of America/New_York go forward by 1h; times that do not exist: run-after"
      ])
    job.schedule = .every(.seconds(86_400))
    job.schedule?.timezone = "America/New_York"
    let autumn = try #require(
      DayPlan(of: job, on: day("2026-11-01"), in: SmallWorld.almanac))
    #expect(
      autumn.notes == [
        "at 02:00 the clocks of America/New_York go back by 1h; intervals do not notice"
      ])
  }
}
