import Jobs
import Testing
import TradingTime

@testable import muhurat

@Suite(.timeLimit(.minutes(10)))
struct `What check shows` {
  private func jobs(reconcileAt: String = "16:20") throws -> [Job] {
    [
      SmallDesk.job("reconcile", .at(time(reconcileAt))),
      SmallDesk.job("sync", .every(Spelled(wrappedValue: .seconds(30))), [.preOpen, .continuous]),
      SmallDesk.job("tick", .cron(try CronExpression("0 9-15 * * mon-fri")), [.continuous]),
      Job(name: "by-hand", work: .unit("sync"), timeout: .seconds(25)),
    ]
  }

  @Test
  func `of a day: each job's slots, with decision, phase and why`() throws {
    let shown = CheckDay(try jobs(), on: day("2026-07-09"), try SmallDesk.almanac()).text
    #expect(
      shown == """
        2026-07-09, thu; nse-cash: session 09:15-15:30

        JOB        FROM   THROUGH   SLOTS  DECISION  PHASE            WHY
        reconcile  16:20  –             1  run       after the close  due
        sync       00:00  08:59:30   1080  closed    before the open  nse-cash closed 2026-07-09 00:00 to 2026-07-09 09:00
        sync       09:00  09:14:30     30  run       pre-open         due
        sync       09:15  15:29:30    750  run       continuous       due
        sync       15:30  23:59:30   1020  closed    after the close  nse-cash closed 2026-07-09 15:30 to 2026-07-09 23:59:59
        tick       09:00  –             1  closed    pre-open         outside the hours of nse-cash on 2026-07-09: 09:15-15:30
        tick       10:00  15:00         6  run       continuous       due

        by hand only: by-hand

        falls into a wrong phase:
          tick: 1 of 7 slots fall outside continuous: 09:00 pre-open
        """)
  }

  @Test
  func `of a day on which a time falls before the open`() throws {
    let day = CheckDay(
      [SmallDesk.job("reconcile", .at(time("16:20")))], on: day("2026-07-11"),
      try SmallDesk.almanac())
    #expect(
      day.text == """
        2026-07-11, sat; nse-cash: session 18:00-19:00 (Muhurat trading)

        JOB        FROM   THROUGH  SLOTS  DECISION  PHASE            WHY
        reconcile  16:20  –            1  run       before the open  due

        falls into a wrong phase:
          reconcile: 16:20 falls before the open; on 2026-07-10, an ordinary day, after the close
        """)
    #expect(
      try JSONOutput.text(day.view) == """
        {
          "date" : "2026-07-11",
          "jobs" : [
            {
              "job" : "reconcile",
              "notes" : [

              ],
              "slots" : [
                {
                  "decision" : "run",
                  "due_at" : "2026-07-11T10:50:00Z",
                  "phase" : "before the open",
                  "reason" : "due",
                  "slots" : 1
                }
              ],
              "strays" : [
                "reconcile: 16:20 falls before the open; on 2026-07-10, an ordinary day, after the close"
              ]
            }
          ]
        }
        """)
  }

  @Test
  func `of an edit: what differs in the files, and which slots go and come`() throws {
    let almanac = try SmallDesk.almanac()
    var after = try jobs(reconcileAt: "16:30")
    after[1].timeout = .seconds(20)
    after.removeLast(2)
    after.append(SmallDesk.job("report", .at(time("17:00"))))
    let now = try #require(Instant(rfc3339: "2026-07-09T16:25:00+05:30"))
    let edit = CheckEdit(
      from: .init(jobs: try jobs(), almanac: almanac), to: .init(jobs: after, almanac: almanac),
      now: now, days: 3)
    #expect(
      edit.text == """
        by-hand: removed
        reconcile: changed
          schedule.timing.at: "16:20" before, "16:30" now
          2026-07-09 to 2026-07-11: 16:20 goes, 16:30 comes
          today: starts again at 16:30, though 16:20 has come; once_per: business-date would prevent it
        report: added
          2026-07-09 to 2026-07-11: 17:00 comes
        sync: changed
          timeout: "25s" before, "20s" now
          no slot changes in 3 days
        tick: removed
          2026-07-09 to 2026-07-10: 10:00, 11:00, 12:00, 13:00, 14:00, 15:00 goes
        """)
    let same = CheckEdit(
      from: .init(jobs: after, almanac: almanac), to: .init(jobs: after, almanac: almanac),
      now: now, days: 3)
    #expect(same.text == "nothing differs")
  }
}
