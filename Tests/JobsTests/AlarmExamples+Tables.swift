import TradingTime

@testable import Jobs

extension `What alarms follow from` {
  private static let extend =
    "add the exchange's next dates to its file, raise 'covers', and reload: systemctl reload muhurat"

  static let read: [Case] = [
    Case(
      id: "a clock ran ahead and was set back", kind: .decidedAhead,
      change: job { $0.decidedThrough = now + .seconds(1800) },
      alarm: [
        "decided-ahead",
        "sync decided up to 2026-07-09 12:30:00 IST, which has not come yet: the database's clock "
          + "ran ahead and was set back",
        "nothing of it is due before then; what is missing can be run by hand: muhurat run JOB",
      ]),
    Case(id: "61 days of calendar are left", kind: .calendar, change: ends("2026-09-08")),
    Case(
      id: "60 days of calendar are left", kind: .calendar, change: ends("2026-09-07"),
      alarm: [
        "calendar/nse-cash",
        "the calendar of nse-cash ends on 2026-09-07, in 60 days; to be held then: sync", extend,
      ], severity: .notice),
    Case(
      id: "30 days of calendar are left", kind: .calendar, change: ends("2026-08-08"),
      alarm: [
        "calendar/nse-cash",
        "the calendar of nse-cash ends on 2026-08-08, in 30 days; to be held then: sync", extend,
      ], severity: .warning),
    Case(
      id: "7 days of calendar are left", kind: .calendar, change: ends("2026-07-16"),
      alarm: [
        "calendar/nse-cash",
        "the calendar of nse-cash ends on 2026-07-16, in 7 days; to be held then: sync", extend,
      ]),
    Case(
      id: "the calendar has ended, which is one cause and not two", kind: .calendar,
      change: {
        ends("2026-07-08")(&$0)
        $0.tables?.jobs[0].isHeld =
          "the calendar of nse-cash ends on 2026-07-08; load a newer one"
      },
      alarm: [
        "calendar/nse-cash", "the calendar of nse-cash ended on 2026-07-08; held: sync", extend,
      ]),
    Case(
      id: "an account is not signed in before the open", kind: .signIn,
      change: missing(isOpen: false),
      alarm: [
        "sign-in/asha/desk-1", "asha is not signed in: no token",
        "sign in now: nse-cash opens at 2026-07-09 09:15:00 IST, and sync cannot start without",
      ], severity: .warning),
    Case(
      id: "an account is not signed in after it", kind: .signIn, change: missing(isOpen: true),
      alarm: [
        "sign-in/asha/desk-1", "asha is not signed in: no token",
        "sign in now: nse-cash opened at 2026-07-09 09:15:00 IST, and sync cannot start without",
      ]),
    Case(
      id: "an account is signed in, but not until the close", kind: .signIn,
      change: missing(isOpen: true, isToEnd: true),
      alarm: [
        "sign-in/asha/desk-1", "asha is not signed in: no token",
        "sign in now: nse-cash opened at 2026-07-09 09:15:00 IST, and sync cannot start without",
      ], severity: .warning),
    Case(
      id: "a job is held", kind: .holds,
      change: job { $0.isHeld = "time zone 'Asia/Kolkatta' is not on this machine" },
      alarm: [
        "holds/time zone 'Asia/Kolkatta' is not on this machine",
        "sync held: time zone 'Asia/Kolkatta' is not on this machine",
        "mend that and reload: systemctl reload muhurat",
      ]),
    Case(
      id: "nobody decides", kind: .undecided,
      change: job { $0.undecidedSince = now - .seconds(60) },
      alarm: [
        "undecided", "no slot since 2026-07-09 11:59:00 IST is decided of sync",
        "see whether a daemon lives that knows these jobs: muhurat status; its log names what it "
          + "cannot do",
      ]),
    Case(
      id: "nobody decides because the decider stands still, which is one cause and not two",
      kind: .loop,
      change: {
        $0.loops[0].movedSecondsAgo = 61
        $0.tables?.jobs[0].undecidedSince = now - .seconds(60)
      },
      alarm: [
        "loop/decide/desk-1/boot/7/word",
        "the decide loop of desk-1/boot/7/word has stood still since 2026-07-09 11:58:59 IST",
        "restart muhurat on desk-1; under systemd its watchdog does, and what it ran is taken over",
      ]),
  ]
}
