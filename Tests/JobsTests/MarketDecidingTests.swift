import Jobs
import Testing
import TradingTime

/// Market time as it is decided, not only as it is reckoned: each line is a row that would be
/// written.
@Suite(.timeLimit(.minutes(10)))
struct `Decisions of a market` {
  /// A day's rows: every slot decided within a second of coming due.
  private func rows(
    _ job: Job, _ date: String, in almanac: Almanac = ChangingMarket.almanac
  ) -> [String] {
    guard let schedule = job.schedule else { return [] }
    let start = at("\(date)T00:00:00")
    let end = start + .seconds(86_400)
    var watermark = start - .microseconds(1)
    var rows: [String] = []
    while watermark < end - .microseconds(1) {
      let due = schedule.slots(after: watermark, through: end, in: almanac, limit: 1)
      // The first slot of what comes, so that none is late; at the end of the day what is left.
      let next = due.spans.first.map { $0.standing == .open ? $0.first : $0.last } ?? end
      let now = min(next, end - .microseconds(1))
      let plan = Deciding.plan(
        for: job, in: almanac, DecidingFacts(now: now, watermark: watermark))
      rows += plan.lines
      if let holds = plan.holds { return rows + ["holds: \(holds)"] }
      watermark = max(plan.watermark, now)
    }
    return rows.map { $0.replacing("\(date) ", with: "", maxReplacements: 1) }
  }

  private func moment(_ text: String, _ market: String, _ date: String) -> [String] {
    rows(ChangingMarket.job(.moment(text), market), date)
  }

  @Test(arguments: [
    // Before the change every class closes together.
    ("close-15m", "nse", "2026-07-31", "run 15:15: due"),
    ("close-15m", "nse/fno", "2026-07-31", "run 15:15: due"),
    ("close-15m", "nse/other", "2026-07-31", "run 15:15: due"),
    // After it each class has its own close; the market's is the last.
    ("close-15m", "nse", "2026-08-03", "run 15:20: due"),
    ("close-15m", "nse/fno", "2026-08-03", "run 15:20: due"),
    ("close-15m", "nse/other", "2026-08-03", "run 15:15: due"),
    ("open+5m", "nse/fno", "2026-08-03", "run 09:20: due"),
    // A special Saturday with ordinary hours, and an early close.
    ("open+5m", "nse", "2026-08-08", "run 09:20: due"),
    ("close-15m", "nse/fno", "2026-08-08", "run 15:20: due"),
    ("close-15m", "nse/fno", "2026-08-14", "run 11:45: due"),
    // An evening session on a holiday.
    ("open+5m", "nse", "2026-08-17", "run 18:05: due"),
    ("close+15m", "nse/other", "2026-08-17", "run 19:15: due"),
  ])
  func `a moment follows its class's hours of the date`(
    _ moment: String, _ market: String, _ date: String, _ row: String
  ) {
    #expect(self.moment(moment, market, date) == [row])
  }

  @Test(arguments: ["2026-08-15", "2026-08-16"])
  func `no moment comes on a day without a session`(_ date: String) {
    #expect(moment("open+5m", "nse", date) == [])
  }

  @Test
  func `an interval runs in its phases, by class and date`() {
    func starts(_ market: String, _ phases: [PhaseKind], _ date: String) -> [String] {
      rows(ChangingMarket.job(.every(600), market, phases), date)
        .filter { $0.hasPrefix("run") }.map { String($0.dropFirst(4).prefix(5)) }
    }
    #expect(starts("nse/fno", [.closingAuction], "2026-07-31") == [])
    #expect(starts("nse/fno", [.closingAuction], "2026-08-03") == ["15:20", "15:30"])
    #expect(starts("nse/other", [.closingAuction], "2026-08-03") == [])
    #expect(starts("nse/fno", [.continuous], "2026-08-03").last == "15:10")
    #expect(starts("nse/other", [.continuous], "2026-08-03").last == "15:20")
    #expect(starts("nse/fno", [.continuous], "2026-08-14").last == "11:50")
    #expect(
      starts("nse", [.continuous], "2026-08-17") == [
        "18:00", "18:10", "18:20", "18:30", "18:40", "18:50",
      ])
    #expect(starts("nse", [.preOpen], "2026-08-08") == ["09:00", "09:10"])
  }

  @Test
  func `a window's edges move with the close`() {
    let job = ChangingMarket.job(
      .every(600), "nse/fno", [.continuous], from: "close-20m", until: "close+5m")
    func starts(_ date: String) -> [String] {
      rows(job, date).filter { $0.hasPrefix("run") }.map { String($0.dropFirst(4).prefix(5)) }
    }
    #expect(starts("2026-07-31") == ["15:10", "15:20", "15:30"])
    #expect(starts("2026-08-14") == ["11:40", "11:50", "12:00"])
  }

  @Test
  func `a time outside a day's hours is closed, with those hours`() {
    let job = ChangingMarket.job(.at(time("15:20")), "nse/fno", [.continuous])
    #expect(rows(job, "2026-07-31") == ["run 15:20: due"])
    #expect(
      rows(job, "2026-08-03") == [
        "closed 15:20: outside the hours of nse/fno on 2026-08-03: 09:15-15:15"
      ])
    #expect(
      rows(job, "2026-08-15") == ["closed 15:20: nse/fno is closed on 2026-08-15: Independence Day"]
    )
    #expect(rows(job, "2026-08-16") == ["closed 15:20: nse/fno is closed on 2026-08-16: weekend"])
  }

  @Test
  func `a session without hours is closed to times, and held for moments until it is over`() {
    #expect(
      rows(ChangingMarket.job(.at(time("16:20"))), "2026-08-23") == [
        "closed 16:20: nse has a session on 2026-08-23 whose hours are not loaded: Drill: soon"
      ])
    let close = ChangingMarket.job(.moment("close+15m"))
    #expect(
      rows(close, "2026-08-23") == [
        "holds: nse has a session on 2026-08-23 whose hours are not loaded: Drill: soon"
      ])
    #expect(
      rows(close, "2026-08-24") == [
        "closed 00:14: nse has a session on 2026-08-23 whose hours are not loaded: Drill: soon",
        "run 15:50: due",
      ])
  }

  @Test
  func `hours that are loaded in time let the held moment run`() {
    var almanac = ChangingMarket.almanac
    almanac.calendars["nse"] = ChangingMarket.calendar(
      through: "2026-08-31",
      sunday: .phases([PhaseHours(kind: .continuous, start: time("11:00"), end: time("12:30"))]))
    let close = ChangingMarket.job(.moment("close+15m"))
    #expect(rows(close, "2026-08-23", in: almanac) == ["run 12:45: due"])
  }

  @Test(arguments: [
    ChangingMarket.job(.moment("close+15m")), ChangingMarket.job(.at(time("16:20"))),
    ChangingMarket.job(.every(1_800), "nse", [.continuous]),
  ])
  func `beyond its calendar a job holds, and decides nothing`(_ job: Job) {
    let watermark = at("2026-08-31T23:59:59.999999")
    let plan = Deciding.plan(
      for: job, in: ChangingMarket.almanac,
      DecidingFacts(now: at("2026-09-07T16:20:00"), watermark: watermark))
    #expect(plan.slots.isEmpty && plan.runs.isEmpty && plan.watermark == watermark)
    #expect(plan.holds == "the calendar of nse ends on 2026-08-31; load a newer one")
  }

  /// What a newer calendar then does is what it would have done at the time, late.
  @Test
  func `a newer calendar takes up where the old one ended`() {
    var almanac = ChangingMarket.almanac
    almanac.calendars["nse"] = ChangingMarket.calendar(through: "2026-12-31")
    var job = ChangingMarket.job(.at(time("16:20")))
    job.misfire = Misfire(policy: .latest)
    let plan = Deciding.plan(
      for: job, in: almanac,
      DecidingFacts(
        now: at("2026-09-03T17:00:00"), watermark: at("2026-08-31T23:59:59.999999")))
    #expect(
      plan.lines == [
        "missed 2026-09-01 16:20...2026-09-02 16:20 x2: first seen 2d40m late; misfire latest takes only the newest slot",
        "run 2026-09-03 16:20: 40m late; admitted by misfire latest",
      ])
  }
}
