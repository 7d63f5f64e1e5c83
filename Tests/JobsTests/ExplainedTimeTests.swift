import Jobs
import Testing
import TradingTime

/// Times that have no decided slot: between two, owed, closed, to come.
@Suite(.timeLimit(.minutes(10)))
struct `Why a time without a decision` {
  private func sentence(
    _ asked: String, _ change: (inout ExplanationFacts) -> Void = { _ in }
  ) -> String {
    Explanation(of: Told.facts(asked: at(asked), change)).sentence
  }

  @Test
  func `between slots names the one before`() {
    let between = sentence("2026-07-09T12:00:07") {
      $0.slot = Told.decided(.run, "due")
      $0.runs = [Told.run(.succeeded)]
    }
    #expect(
      between
        == "sync 2026-07-09 12:00:07 IST has no slot; the one before, 2026-07-09 12:00 IST, ran: run 812 succeeded in 3s."
    )
    #expect(
      sentence("2026-05-01T12:00:00")
        == "sync 2026-05-01 12:00 IST has no slot; none before it is on record.")
  }

  @Test
  func `that is due has not been decided, and who should`() {
    func undecided(_ change: (inout ExplanationFacts) -> Void) -> String {
      sentence("2026-07-09T12:00:00") {
        $0.watermark = Told.slot - .seconds(1)
        change(&$0)
      }
    }
    #expect(
      undecided { _ in }
        == "sync 2026-07-09 12:00 IST has not run: it is due for 10s, but not decided yet; a daemon was seen 2s ago."
    )
    #expect(
      undecided { $0.daemonSeenAt = Told.server - .seconds(300) }
        == "sync 2026-07-09 12:00 IST has not run: it is due for 10s, but nobody decides: the last daemon was seen 5m ago; start `muhurat serve`."
    )
    #expect(
      undecided { $0.daemonSeenAt = nil }
        == "sync 2026-07-09 12:00 IST has not run: it is due for 10s, but nobody decides: no daemon is on record; start `muhurat serve`."
    )
    #expect(
      undecided {
        $0.job.idempotent = false; $0.suspectClock = "clocks differ by 3 s"
      }
        == "sync 2026-07-09 12:00 IST has not run: it is held while clocks are suspect: clocks differ by 3 s."
    )
    #expect(
      undecided {
        $0.pause = Pause(
          since: Told.slot - .seconds(60), until: Told.slot + .seconds(3_600), by: "asha",
          reason: "maintenance")
      }
        == "sync 2026-07-09 12:00 IST does not run: paused by asha until 2026-07-09 13:00 IST: maintenance."
    )
  }

  @Test
  func `in a closed night is explained before its row is written`() {
    #expect(
      sentence("2026-07-09T18:00:00") {
        $0.now = at("2026-07-09T20:00:00")
        $0.watermark = at("2026-07-09T15:34:30")
      }
        == "sync 2026-07-09 18:00 IST does not run: outside the hours of nse-cash on 2026-07-09: 09:00-09:08, 09:15-15:35."
    )
  }

  @Test
  func `to come is announced, or what stands against it`() {
    #expect(
      sentence("2026-07-09T15:00:00")
        == "sync 2026-07-09 15:00 IST is to run in 2h59m50s; nothing stands against it yet.")
    #expect(
      sentence("2026-07-09T15:00:00") {
        $0.pause = Pause(
          since: Told.slot, until: at("2026-07-09T16:00:00"), by: "asha", reason: "maintenance")
      }
        == "sync 2026-07-09 15:00 IST will not run: paused by asha until 2026-07-09 16:00 IST: maintenance."
    )
    #expect(
      sentence("2026-07-14T10:00:00")
        == "sync 2026-07-14 10:00 IST will not run: nse-cash is closed on 2026-07-14: Founders' Day."
    )
    #expect(
      sentence("2026-11-08T18:30:00")
        == "sync 2026-11-08 18:30 IST will not run: nse-cash has a session on 2026-11-08 whose hours are not loaded: Muhurat trading: to be announced."
    )
    #expect(
      sentence("2027-01-04T10:00:00")
        == "sync 2027-01-04 10:00 IST cannot be told: the calendar of nse-cash ends on 2026-12-31; load a newer one."
    )
    #expect(
      sentence("2026-07-10T10:00:00") { $0.retiredAt = Told.server - .seconds(60) }
        == "sync 2026-07-10 10:00 IST will not run: the job was retired 1m ago.")
    #expect(
      sentence("2026-07-10T10:00:00") { $0.job.schedule = nil }
        == "sync runs by hand only, it has no schedule.")
    #expect(
      sentence("2026-07-14T15:45:00") { $0.job.schedule = .atMarket(.close, .seconds(900)) }
        == "sync 2026-07-14 15:45 IST has no slot: nse-cash is closed on 2026-07-14: Founders' Day; none before it is on record; the next is 2026-07-15 13:15 IST."
    )
  }
}
