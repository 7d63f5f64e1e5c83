import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Why a job is not running now` {
  private func sentence(_ change: (inout ExplanationFacts) -> Void = { _ in }) -> String {
    Explanation(of: Told.facts(asked: nil, change)).sentence
  }

  @Test
  func `because it is running`() {
    #expect(
      sentence { $0.runs = [Told.run(.running)] }
        == "sync is running: run 812, attempt 1 of 2 for 9s at desk-1.")
    #expect(
      sentence {
        $0.runs = [
          Told.run(.running) {
            $0.trigger = .manual
            $0.requestedBy = "asha"
            $0.requestReason = "after the outage"
          }
        ]
      }
        == "sync is running: run 812, attempt 1 of 2 for 9s at desk-1 (asked for by asha: after the outage)."
    )
    #expect(
      sentence { $0.runs = [Told.run(.cancelling, reason: "cancelled by asha")] }
        == "sync is being cancelled: run 812, attempt 1 of 2 for 9s at desk-1: cancelled by asha.")
  }

  @Test
  func `because another run has its lock`() {
    #expect(
      sentence {
        $0.runs = [
          Told.run(.ready) {
            $0.lock = "account/asha"
            $0.lockedBy = .init(
              run: 801, job: "reconcile", item: "asha", since: Told.server - .seconds(120))
          }
        ]
      }
        == "sync is not running yet: run 812 waits for the lock 'account/asha', held by run 801 of reconcile (asha) for 2m."
    )
    #expect(
      sentence {
        $0.runs = [
          Told.run(.ready) {
            $0.lockedBy = .init(run: 801, job: "sync", since: Told.server - .seconds(31))
          }
        ]
      }
        == "sync is not running yet: run 812 waits for the lock 'sync', held by run 801 for 31s.")
  }

  @Test
  func `because a condition does not hold, with the value seen`() {
    #expect(
      sentence {
        $0.runs = [
          Told.run(.ready) { $0.waitingFor = "after reconcile: on 2026-07-09 it is running" }
        ]
      }
        == "sync is not running yet: run 812 waits: after reconcile: on 2026-07-09 it is running.")
  }

  @Test
  func `because it waits to try again`() {
    #expect(
      sentence {
        $0.runs = [
          Told.run(.ready) {
            $0.readyAt = Told.now + .seconds(4)
            $0.attempts = [Told.attempt(1, .failed, "503 from the broker")]
          }
        ]
      }
        == "sync is not running yet: run 812 is tried again at 2026-07-09 12:00:14 IST, in 4s, after attempt 1 of 2 failed: 503 from the broker."
    )
    #expect(
      sentence { $0.runs = [Told.run(.ready) { $0.readyAt = Told.now + .seconds(4) }] }
        == "sync is not running yet: run 812 starts at 2026-07-09 12:00:14 IST, in 4s (jitter).")
  }

  @Test
  func `because nobody takes it`() {
    #expect(
      sentence { $0.runs = [Told.run(.ready)] }
        == "sync is not running yet: run 812 is ready and waits for a free runner.")
    #expect(
      sentence {
        $0.runs = [Told.run(.ready)]
        $0.daemonSeenAt = Told.server - .seconds(300)
      }
        == "sync is not running yet: run 812 is ready, but the last daemon was seen 5m ago; start `muhurat serve`."
    )
    #expect(
      sentence {
        $0.runs = [Told.run(.ready)]
        $0.daemonSeenAt = nil
      }
        == "sync is not running yet: run 812 is ready, but no daemon is on record; start `muhurat serve`."
    )
  }

  @Test
  func `because its slots are not decided`() {
    #expect(
      sentence {
        $0.watermark = at("2026-07-09T11:00:00")
        $0.daemonSeenAt = Told.server - .seconds(3_610)
      }
        == "sync is not running yet: 120 slots since 2026-07-09 11:00:30 IST are due, but nobody decides: the last daemon was seen 1h10s ago; start `muhurat serve`."
    )
    #expect(
      sentence { $0.watermark = Told.slot - .seconds(1) }
        == "sync is not running yet: its slot of 2026-07-09 12:00 IST is due, but not decided yet; a daemon was seen 2s ago."
    )
    #expect(
      sentence {
        $0.now = at("2027-01-04T10:00:00")
        $0.watermark = at("2026-12-31T15:34:30")
      }
        == "sync is not running: it is held: the calendar of nse-cash ends on 2026-12-31; load a newer one."
    )
    #expect(
      sentence {
        $0.job.idempotent = false
        $0.suspectClock = "clocks differ by 3 s"
      } == "sync is not running: it is held while clocks are suspect: clocks differ by 3 s.")
  }

  @Test
  func `because it is paused, until when, and what comes then`() {
    #expect(
      sentence {
        $0.pause = Pause(
          since: Told.slot - .seconds(600), until: at("2026-07-09T16:00:00"), by: "asha",
          reason: "broker maintenance")
      }
        == "sync is not running: paused by asha until 2026-07-09 16:00 IST: broker maintenance; its next slot is 2026-07-10 09:00 IST, in 20h59m50s."
    )
  }

  @Test
  func `because the market is closed`() {
    #expect(
      sentence {
        $0.now = at("2026-07-14T10:00:00")
        $0.watermark = at("2026-07-13T15:34:30")
      }
        == "sync is not running: nse-cash is closed on 2026-07-14: Founders' Day; its next slot is 2026-07-15 09:15 IST, in 23h15m."
    )
    #expect(
      sentence {
        $0.now = at("2026-07-09T20:00:00")
        $0.watermark = at("2026-07-09T15:34:30")
      }
        == "sync is not running: outside the hours of nse-cash on 2026-07-09: 09:00-09:08, 09:15-15:35; its next slot is 2026-07-10 09:00 IST, in 13h."
    )
  }

  @Test
  func `because it has run and its next slot is to come`() {
    #expect(
      sentence {
        $0.slot = Told.decided(.run, "due")
        $0.runs = [Told.run(.succeeded)]
      }
        == "sync is not running: its last slot, 2026-07-09 12:00 IST, ran: run 812 succeeded in 3s; its next slot is 2026-07-09 12:00:30 IST, in 20s."
    )
    #expect(
      sentence { _ in }
        == "sync is not running: its next slot is 2026-07-09 12:00:30 IST, in 20s.")
  }

  @Test
  func `because it runs by hand, or no more`() {
    #expect(
      sentence {
        $0.job.schedule = nil
        $0.runs = [
          Told.run(.failed, reason: "no such table") {
            $0.dueAt = nil
            $0.trigger = .manual
            $0.requestedBy = "asha"
          }
        ]
      }
        == "sync runs by hand only, it has no schedule; its last run: run 812 failed (asked for by asha): no such table."
    )
    #expect(
      sentence { $0.retiredAt = Told.server - .seconds(7_200) }
        == "sync does not run: it was retired 2h ago, because its file is gone.")
  }
}
