import TradingTime

@testable import Jobs

extension `What alarms follow from` {
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
        "look at the broker and at muhurat runs sync, then say what happened: "
          + "muhurat acknowledge RUN --reason ...",
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
