import TradingTime

@testable import Jobs

extension `What alarms follow from` {
  static let own: [Case] = [
    Case(
      id: "the database is away", kind: .database,
      change: {
        $0.tables = nil
        $0.database = .init(since: now - .seconds(20), span: .seconds(20), reason: "refused")
      },
      alarm: [
        "database", "PostgreSQL has been out of reach since 2026-07-09 11:59:40 IST: refused",
        "start it or mend the way to it; until then nothing is decided or run, and what was due "
          + "is decided afterwards",
      ]),
    Case(
      id: "the database restarts", kind: .database,
      change: {
        $0.database = .init(since: now - .seconds(14), span: .seconds(14), reason: "refused")
      }),
    Case(
      id: "the tables cannot be read", kind: .blind,
      change: {
        $0.tables = nil
        $0.blind = .init(since: now - .seconds(60), span: .seconds(60), reason: "no such table")
      },
      alarm: [
        "blind/desk-1/boot/7/word",
        "desk-1/boot/7/word has not been able to judge jobs since 2026-07-09 11:59:00 IST: "
          + "no such table",
        "mend what the error names; until then this daemon raises no alarm about jobs",
      ]),
    Case(
      id: "a loop stands still", kind: .loop,
      change: { $0.loops[0].movedSecondsAgo = 61 },
      alarm: [
        "loop/decide/desk-1/boot/7/word",
        "the decide loop of desk-1/boot/7/word has stood still since 2026-07-09 11:58:59 IST",
        "restart muhurat on desk-1; under systemd its watchdog does, and what it ran is taken over",
      ]),
    Case(
      id: "clocks disagree", kind: .clocksDisagree,
      change: { $0.clock.suspicion = "clocks disagree" },
      alarm: [
        "clocks-disagree/desk-1", "on desk-1 clocks disagree",
        "set both right (timedatectl, chronyc tracking); until they agree, jobs that are not "
          + "idempotent are held",
      ]),
    Case(
      id: "a clock was set", kind: .clockStep,
      change: { $0.clock.events = [(step, .seconds(599))] },
      alarm: [
        "host-step/desk-1",
        "seen on desk-1 at 2026-07-09 11:50:01 IST: this machine's clock was set 1h forward",
        "muhurat why JOB TIME tells what became of a slot in between; jobs.clock_event keeps the "
          + "record",
      ], severity: .warning),
    Case(
      id: "a clock was set long ago", kind: .clockStep,
      change: { $0.clock.events = [(step, .seconds(600))] }),
    Case(
      id: "mail does not get through", kind: .delivery,
      change: { $0.delivery = [failing(.email, for: 300), AlarmReport.Channel(name: .webhook)] },
      alarm: [
        "delivery/email/desk-1",
        "no email of alarms gets through from desk-1 since 2026-07-09 11:55:00 IST: refused",
        "muhurat config shows how it is sent; what waits goes out once it works",
      ]),
    Case(
      id: "mail did not get through a moment ago", kind: .delivery,
      change: { $0.delivery = [failing(.email, for: 299)] }),
    Case(
      id: "a feed brings nothing", kind: .feed,
      change: { $0.feeds = [missingFeed(for: 120)] },
      alarm: [
        "feed/asha/desk-1",
        "the feed of asha has brought nothing to desk-1 since 2026-07-09 11:58:00 IST: "
          + "the broker refused the token (401)",
        "prices come from the broker's quotes and candles meanwhile, later than the feed's; if its "
          + "token was refused: muhurat sign-in asha; else see the way to the broker, and whether "
          + "anything followed trades at all",
      ], severity: .warning),
    Case(
      id: "a feed brings nothing for a moment", kind: .feed,
      change: {
        $0.tables = nil
        $0.feeds = [missingFeed(for: 119)]
      }),
  ]

  static func missingFeed(for seconds: Int64) -> AlarmFacts.FeedFacts {
    .init(
      account: "asha", since: now - .seconds(seconds), span: .seconds(seconds),
      reason: "the broker refused the token (401)")
  }

  static let step = ClockEvent(
    kind: .hostStep, at: now - .seconds(599), seconds: 3600,
    sentence: "this machine's clock was set 1h forward")

  static func failing(_ channel: AlertChannel, for seconds: Int64) -> AlarmReport.Channel {
    var channel = AlarmReport.Channel(name: channel)
    channel.failingSince = now - .seconds(seconds)
    channel.error = "refused"
    return channel
  }

  static func missing(isOpen: Bool, isToEnd: Bool = false)
    -> @Sendable (inout AlarmFacts) -> Void
  {
    {
      $0.tables?.signIns = [
        .init(
          item: "asha", reason: "asha is not signed in: no token", market: "nse-cash",
          opensAt: at("2026-07-09T09:15:00"), isOpen: isOpen, jobs: ["sync"], isToEnd: isToEnd)
      ]
    }
  }
}
