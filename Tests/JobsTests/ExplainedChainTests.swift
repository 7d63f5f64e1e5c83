import FoundationEssentials
import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `The chain behind why` {
  @Test
  func `goes from the schedule to the next slot`() {
    let explanation = Explanation(
      of: Told.facts(asked: Told.slot) {
        $0.slot = Told.decided(.run, "due", late: .milliseconds(80))
        $0.runs = [
          Told.run(.ready) {
            $0.readyAt = Told.now + .seconds(4)
            $0.expiresAt = Told.slot + .seconds(30)
            $0.lateness = .milliseconds(120)
            $0.reason = "503"
            $0.waitingFor = "positions are 70s old, 60s wanted"
            $0.attempts = [Told.attempt(1, .failed, "503")]
            $0.lockedBy = .init(run: 801, job: "reconcile", since: Told.server - .seconds(5))
          }
        ]
      })
    #expect(
      explanation.chain == [
        "schedule: every 30s, while nse-cash is in pre-open, continuous, until close+5m",
        "calendar: nse-cash is open on 2026-07-09",
        "pause: none",
        "slot: 2026-07-09 12:00 IST: run, first seen 80ms late: due",
        "run 812: schedule, ready, claimed 120ms late, expires at 2026-07-09 12:00:30 IST: 503",
        "attempt 1 of 2 at desk-1 failed after 3s: 503",
        "last found closed: positions are 70s old, 60s wanted",
        "lock sync: held by run 801 of reconcile for 5s",
        "daemon: last seen 2s ago",
        "next slot: 2026-07-09 12:00:30 IST, in 20s",
      ])
  }

  @Test
  func `says what is not there`() {
    let closed = Explanation(
      of: Told.facts(asked: at("2026-12-31T20:00:00")) {
        $0.now = at("2026-12-31T20:00:00")
        $0.watermark = at("2026-12-31T15:34:30")
        $0.daemonSeenAt = nil
        $0.pause = Pause(
          since: $0.now - .seconds(60), until: $0.now + .seconds(60), by: "asha", reason: "test")
      })
    #expect(
      closed.chain == [
        "schedule: every 30s, while nse-cash is in pre-open, continuous, until close+5m",
        "calendar: outside the hours of nse-cash on 2026-12-31: 09:00-09:08, 09:15-15:35",
        "pause: paused by asha until 2026-12-31 20:01 IST: test",
        "slot: none decided; decided through 2026-12-31 15:34:30 IST",
        "daemon: none on record",
        "next slot: none known",
      ])
    let byHand = Explanation(of: Told.facts { $0.job.schedule = nil })
    #expect(
      byHand.chain == [
        "schedule: none, by hand only", "pause: none", "daemon: last seen 2s ago",
      ])
  }

  @Test
  func `travels as JSON`() throws {
    let explanation = Explanation(of: Told.facts { $0.job.schedule = nil })
    let copy = try JSONDecoder().decode(
      Explanation.self, from: JSONEncoder().encode(explanation))
    #expect(copy == explanation)
  }
}
