import Testing
import TradingTime

@testable import Jobs

/// Which facts give which alarm, in which words, at 12:00 on an ordinary Thursday.
@Suite(.timeLimit(.minutes(1)))
struct `What alarms follow from` {
  static let now = at("2026-07-09T12:00:00")
  static let holder = "desk-1/boot/7/word"

  struct Case: CustomTestStringConvertible, Sendable {
    var id: String
    var kind: Alarm.Kind
    var change: @Sendable (inout AlarmFacts) -> Void
    /// Cause, sentence and next step; nil: no alarm of the kind.
    var alarm: [String]?
    var severity = Alarm.Severity.critical
    var testDescription: String { id }
  }

  static func facts() -> AlarmFacts {
    var facts = AlarmFacts(holder: holder, now: now, zone: .india)
    facts.loops = [.init(name: "decide", movedSecondsAgo: 1, limitSeconds: 60)]
    var job = Job(name: "sync", work: .command(["true"]), timeout: .seconds(25))
    job.schedule = .every(.seconds(30), during: .syncing)
    var tables = AlarmFacts.Tables(
      asOf: now, now: now, isShifted: false,
      jobs: [
        .init(
          job: job, zone: .india,
          health: Health.Facts(now: now, lastState: .succeeded, lastVerdict: .ok),
          decidedThrough: now)
      ], reachedFor: .seconds(3600))
    tables.jobs[0].lastRun = 41
    tables.calendars = [
      .init(
        market: "nse-cash", endsOn: day("2026-12-31"), today: day("2026-07-09"), jobs: ["sync"])
    ]
    facts.tables = tables
    return facts
  }

  static func job(_ change: @escaping @Sendable (inout AlarmFacts.JobFacts) -> Void)
    -> @Sendable (inout AlarmFacts) -> Void
  {
    { facts in
      guard var tables = facts.tables else { return }
      change(&tables.jobs[0])
      facts.tables = tables
    }
  }

  static func ends(_ date: String) -> @Sendable (inout AlarmFacts) -> Void {
    { $0.tables?.calendars[0].endsOn = day(date) }
  }

  @Test func `nothing follows where nothing is wrong`() {
    #expect(AlarmRules.standing(Self.facts()) == [])
  }

  @Test(arguments: Self.own + Self.read + Self.ofJobs)
  func `is told with its sentence and its next step`(_ test: Case) {
    var facts = Self.facts()
    test.change(&facts)
    let found = AlarmRules.standing(facts)
    #expect(found.map { [$0.cause, $0.sentence, $0.nextStep] } == (test.alarm.map { [$0] } ?? []))
    if let alarm = found.first {
      #expect(alarm.kind == test.kind && alarm.severity == test.severity)
    }
  }

  @Test func `has one line for each kind, and an example of each here`() {
    #expect(
      AlarmRules.table.map(\.kind.rawValue).sorted() == Alarm.Kind.allCases.map(\.rawValue).sorted()
    )
    let shown = Set((Self.own + Self.read + Self.ofJobs).filter { $0.alarm != nil }.map(\.kind))
    #expect(shown == Set(Alarm.Kind.allCases))
  }

  @Test func `a job's alarms go by the ways it names`() {
    var facts = Self.facts()
    facts.tables?.jobs[0].job.alert = [.email]
    facts.tables?.jobs[0].health.lastState = .failed
    #expect(AlarmRules.standing(facts).map(\.channels) == [[.email]])
    #expect(AlertChannel.chosen(from: [.webhook], wanted: [.email]) == [.webhook], "never silent")
    #expect(AlertChannel.chosen(from: [.webhook, .email], wanted: [.email]) == [.email])
    #expect(AlertChannel.chosen(from: [.webhook], wanted: nil) == [.webhook])
  }

  @Test func `what follows from a missing sign-in has no alarm of its own`() {
    var facts = Self.facts()
    Self.missing(isOpen: true)(&facts)
    facts.tables?.jobs[0].gate = .init(
      since: Self.now - .seconds(3600), runs: 9,
      reason: "waited until it expired: asha is not signed in: no token")
    facts.tables?.jobs[0].health.promise = Promise(successWithin: .seconds(90))
    facts.tables?.jobs[0].health.promiseCountsFrom = Self.now - .seconds(3600)
    #expect(AlarmRules.standing(facts).map(\.kind) == [.signIn])
  }

  @Test func `after an outage a promise gets its time, and one that was broken stays so`() {
    var facts = Self.facts()
    facts.tables?.reachedFor = .seconds(60)
    facts.tables?.jobs[0].health.promise = Promise(successWithin: .seconds(90))
    facts.tables?.jobs[0].health.promiseCountsFrom = Self.now - .seconds(3600)
    #expect(AlarmRules.standing(facts) == [])
    facts.standing = ["job/sync/success-within"]
    #expect(AlarmRules.standing(facts).map(\.cause) == ["job/sync/success-within"])
  }
}

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
  ]

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

  static let ofJobs: [Case] = [
    Case(
      id: "a day is not ok in time", kind: .okBy,
      change: job {
        $0.health.promise = Promise(okBy: time("11:00"))
        $0.health.missedOkOn = day("2026-07-09")
        $0.health.lastState = .gated
        $0.health.lastReason = "not signed in"
      },
      alarm: [
        "job/sync/ok-by/2026-07-09",
        "sync of 2026-07-09 was not ok by 11:00; its last run gated: not signed in",
        "muhurat show 41",
      ]),
    Case(
      id: "no success in time", kind: .successWithin,
      change: job {
        $0.health.promise = Promise(successWithin: .seconds(90))
        $0.health.promiseCountsFrom = now - .seconds(3600)
        $0.health.lastSuccessAt = now - .seconds(91)
        $0.health.lastState = .failed
        $0.health.lastReason = "503"
        $0.job.promise = $0.health.promise
      },
      alarm: [
        "job/sync/success-within",
        "sync has had no success since 2026-07-09 11:58:29 IST; promised every 1m30s; its last run "
          + "failed: 503", "muhurat why sync",
      ]),
    Case(
      id: "a failure within a promise of successes", kind: .failing,
      change: job {
        $0.job.promise = Promise(successWithin: .seconds(90))
        $0.health.lastState = .failed
      }),
    Case(
      id: "a start too late", kind: .startWithin,
      change: job {
        $0.health.promise = Promise(startWithin: .seconds(10))
        $0.health.waitingSince = now - .seconds(11)
      },
      alarm: [
        "job/sync/start-within",
        "sync of 2026-07-09 11:59:49 IST has not started; promised within 10s",
        "muhurat why sync says what keeps it",
      ]),
    Case(
      id: "a start just in time", kind: .startWithin,
      change: job {
        $0.health.promise = Promise(startWithin: .seconds(10))
        $0.health.waitingSince = now - .seconds(10)
      }),
    Case(
      id: "a failure", kind: .failing,
      change: job {
        $0.health.lastState = .failed
        $0.health.lastReason = "503"
      },
      alarm: ["job/sync/failing", "the last run of sync failed: 503", "muhurat show 41"]),
    Case(
      id: "unknown outcomes", kind: .unknown, change: job { $0.health.unknownRuns = 2 },
      alarm: [
        "job/sync/unknown", "2 outcomes of sync unknown: nobody can tell what it did",
        "look at the broker and at muhurat runs sync; only a person can say what happened",
      ]),
    Case(id: "two skips", kind: .skips, change: job { $0.health.skipsInARow = 2 }),
    Case(
      id: "three skips in a row", kind: .skips,
      change: job {
        $0.health.skipsInARow = 3
        $0.health.lastReason = "run 7 is still running after 2m"
      },
      alarm: [
        "job/sync/skips",
        "the newest 3 slots or more of sync were skipped: run 7 is still running after 2m",
        "muhurat why sync names the run in its way; muhurat cancel RUN ends it",
      ], severity: .warning),
    Case(
      id: "a gate that has just closed", kind: .gate,
      change: job { $0.gate = .init(since: now - .seconds(299), runs: 2, reason: "kill switch") }),
    Case(
      id: "a gate that closed long ago", kind: .gate,
      change: job { $0.gate = .init(since: now - .seconds(300), runs: 0, reason: "kill switch") },
      alarm: gate("11:55:00"), severity: .warning),
    Case(
      id: "a gate that kept three runs", kind: .gate,
      change: job { $0.gate = .init(since: now - .seconds(90), runs: 3, reason: "kill switch") },
      alarm: gate("11:58:30"), severity: .warning),
    Case(
      id: "breaks", kind: .breaks, change: job { $0.health.lastVerdict = .breaks },
      alarm: ["job/sync/breaks", "sync found breaks", "muhurat show 41"], severity: .warning),
    Case(
      id: "slots wait for a person", kind: .held, change: job { $0.health.heldSlots = 1 },
      alarm: [
        "job/sync/held", "1 slot of sync came late and wait for a person",
        "muhurat approve lets them run; what is left alone does not",
      ], severity: .warning),
    Case(
      id: "a pause past its end", kind: .pauseEnded,
      change: job {
        $0.endedPause = Pause(
          since: now - .seconds(7200), until: now - .seconds(3600), by: "ravi",
          reason: "broker maintenance")
      },
      alarm: [
        "job/sync/pause-ended",
        "the pause of sync by ravi (broker maintenance) ended at 2026-07-09 11:00:00 IST and was "
          + "not lifted: it runs again",
        "muhurat resume sync puts the pause away; muhurat pause sync sets another",
      ], severity: .notice),
  ]

  private static func gate(_ time: String) -> [String] {
    [
      "job/sync/gate",
      "sync has been kept from starting since 2026-07-09 \(time) IST: kill switch",
      "open what is closed, or pause the job with a reason: muhurat pause sync",
    ]
  }
}
