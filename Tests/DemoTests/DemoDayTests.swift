import Demo
import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Where a demo begins and ends` {
  @Test func `an open session is played in real time, its pre-open included`() throws {
    let day = Market.day()
    #expect(try day.openSession(at: at("09:00:00"))?.date == date("2026-07-09"))
    #expect(try day.openSession(at: at("15:29:59"))?.date == date("2026-07-09"))
    #expect(try day.openSession(at: at("08:59:59")) == nil)
    #expect(try day.openSession(at: at("15:30:00")) == nil)
    #expect(try day.openSession(at: at("11:00:00", on: "2026-07-14")) == nil)
  }

  @Test(arguments: [
    ("2026-07-09", "20:00:00", "2026-07-09"), ("2026-07-09", "08:00:00", "2026-07-08"),
    ("2026-07-12", "11:00:00", "2026-07-10"), ("2026-07-14", "11:00:00", "2026-07-13"),
    ("2027-03-01", "11:00:00", "2026-07-31"), ("2025-03-01", "11:00:00", "2026-07-31"),
  ])
  func `the last session is one that is over`(_ on: String, _ clock: String, _ last: String) throws
  {
    let session = try Market.day().lastSession(before: at(clock, on: on))
    #expect(session.date == date(last))
  }

  @Test func `a day is played from half a minute before its first slot`() throws {
    let day = Market.day()
    let session = try day.session(on: date("2026-07-09"))
    #expect(day.opening(of: session) == at("08:59:30"))
    #expect(Market.day([Market.tick]).opening(of: session) == at("09:14:30"))
    #expect(
      Market.day([Market.tick, Market.beforeDawn]).opening(of: session) == at("09:14:30"),
      "housekeeping before dawn is no part of a trading day")
  }

  @Test func `it ends with the report, or else with the last slot of all`() throws {
    let day = Market.day()
    let session = try day.session(on: date("2026-07-09"))
    #expect(
      day.finale(of: session) == DemoDay.Finale(job: "end-of-day-report", dueAt: at("16:45:00")))
    let without = Market.day([Market.sync, Market.tick, Market.byHand])
    #expect(without.finale(of: session) == DemoDay.Finale(job: "sync", dueAt: at("15:29:30")))
    #expect(
      Market.day([Market.sync, Market.byHand]).firstSlot(of: Market.byHand, on: session) == nil)
  }

  @Test(arguments: [
    (
      "2026-07-12",
      "--day 2026-07-12: nse-cash is closed: a weekend; the session before it is 2026-07-10"
    ),
    (
      "2026-07-14",
      "--day 2026-07-14: nse-cash is closed: Founders' Day; the session before it is 2026-07-13"
    ),
    (
      "2026-07-19",
      "--day 2026-07-19: its hours are not loaded: Drill: to be announced; "
        + "the session before it is 2026-07-17"
    ),
    ("2027-01-04", "--day 2027-01-04: the calendar of nse-cash does not reach that far"),
  ])
  func `a day without a session is refused with the reason`(_ on: String, _ text: String) {
    #expect(throws: DemoProblem(.configuration, text)) { try Market.day().session(on: date(on)) }
  }

  @Test func `jobs without any market have no day to play`() {
    #expect(
      throws: DemoProblem(
        .configuration, "no job names a market whose calendar is loaded")
    ) { try Market.day([Market.byHand]).calendar() }
  }
}
