import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Why a slot` {
  struct Case: CustomTestStringConvertible {
    var id: String
    var facts: ExplanationFacts
    var sentence: String
    var testDescription: String { id }

    init(
      _ id: String, _ slot: ExplanationFacts.Slot?, runs: [ExplanationFacts.Run] = [],
      _ sentence: String, _ change: (inout ExplanationFacts) -> Void = { _ in }
    ) {
      self.id = id
      self.sentence = sentence
      facts = Told.facts(asked: Told.slot) {
        $0.slot = slot
        $0.runs = runs
        change(&$0)
      }
    }
  }

  @Test(arguments: [
    Case(
      "ran", Told.decided(.run, "due"), runs: [Told.run(.succeeded)],
      "sync 2026-07-09 12:00 IST ran: run 812 succeeded in 3s."),
    Case(
      "ran and found breaks", Told.decided(.run, "due"),
      runs: [Told.run(.succeeded) { $0.verdict = .breaks }],
      "sync 2026-07-09 12:00 IST ran: run 812 succeeded with verdict breaks in 3s."),
    Case(
      "ran at the second try", Told.decided(.run, "due"),
      runs: [
        Told.run(.succeeded) {
          $0.attempts = [Told.attempt(1, .failed, "503"), Told.attempt(2, .succeeded)]
        }
      ],
      "sync 2026-07-09 12:00 IST ran: run 812 succeeded in 3s after 2 attempts."),
    Case(
      "ran late, first seen late", Told.decided(.run, "38s late", late: .seconds(38)),
      runs: [Told.run(.succeeded) { $0.lateness = .milliseconds(38_400) }],
      "sync 2026-07-09 12:00 IST ran 38s late because it was first seen 38s late: run 812 succeeded in 3s."
    ),
    Case(
      "ran late, waiting", Told.decided(.run, "due"),
      runs: [Told.run(.succeeded) { $0.lateness = .seconds(17) }],
      "sync 2026-07-09 12:00 IST ran 17s late because it waited 17s for its lock, its conditions or a free runner: run 812 succeeded in 3s."
    ),
    Case(
      "ran late, by jitter", Told.decided(.run, "due"),
      runs: [
        Told.run(.succeeded) {
          $0.readyAt = Told.slot + .seconds(7)
          $0.lateness = .milliseconds(7_200)
        }
      ],
      "sync 2026-07-09 12:00 IST ran 7s late because its jitter is 7s: run 812 succeeded in 3s."),
    Case(
      "ran because misfire caught it up", Told.decided(.run, "10m late", late: .seconds(600)),
      runs: [
        Told.run(.succeeded) {
          $0.trigger = .catchUp; $0.lateness = .seconds(600)
        }
      ],
      "sync 2026-07-09 12:00 IST ran 10m late because it was first seen 10m late: run 812 succeeded in 3s (a catch-up that misfire admitted)."
    ),
    Case(
      "was paused and ran when the pause was ended", Told.decided(.paused, "paused by asha: drill"),
      runs: [
        Told.run(.succeeded) {
          $0.trigger = .resume
          $0.readyAt = Told.slot + .seconds(10_725)
          $0.lateness = .seconds(10_727)
          $0.requestedBy = "asha"
          $0.requestReason = "drill over"
        }
      ],
      "sync 2026-07-09 12:00 IST ran 2h58m47s late because it was asked for only 2h58m45s later and it waited 2s for its lock, its conditions or a free runner: run 812 succeeded in 3s (resume, asked for by asha: drill over)."
    ),
    Case(
      "ran because a person asked for it later",
      Told.decided(.missed, "first seen 1h late; misfire skip"),
      runs: [
        Told.run(.succeeded) {
          $0.trigger = .slot
          $0.requestedBy = "asha"
          $0.requestReason = "books were short"
        }
      ],
      "sync 2026-07-09 12:00 IST ran: run 812 succeeded in 3s (slot, asked for by asha: books were short)."
    ),
    Case(
      "failed", Told.decided(.run, "due"),
      runs: [
        Told.run(.failed, reason: "503 from the broker") {
          $0.attempts = [Told.attempt(1, .failed, "503"), Told.attempt(2, .failed, "503")]
        }
      ],
      "sync 2026-07-09 12:00 IST ran and failed: run 812 failed after 2 attempts: 503 from the broker."
    ),
    Case(
      "is unknown", Told.decided(.run, "due"),
      runs: [Told.run(.unknown, reason: "the runner desk-1 stopped renewing its lease")],
      "sync 2026-07-09 12:00 IST ran, and how it ended is not known: run 812 is unknown: the runner desk-1 stopped renewing its lease; a person must look."
    ),
    Case(
      "expired before it could start", Told.decided(.run, "due"),
      runs: [
        Told.run(.expired, reason: "could not start before it expired at 2026-07-09T06:30:30Z")
      ],
      "sync 2026-07-09 12:00 IST did not run: run 812 was expired: could not start before it expired at 2026-07-09T06:30:30Z."
    ),
    Case(
      "expired after an attempt", Told.decided(.run, "due"),
      runs: [
        Told.run(.expired, reason: "timed out") { $0.attempts = [Told.attempt(1, .timedOut)] }
      ],
      "sync 2026-07-09 12:00 IST did not succeed: run 812 was expired: timed out."),
    Case(
      "was gated", Told.decided(.run, "due"),
      runs: [Told.run(.gated, reason: "not signed in")],
      "sync 2026-07-09 12:00 IST did not run: run 812 was gated: not signed in."),
    Case(
      "was superseded", Told.decided(.run, "due"),
      runs: [Told.run(.superseded, reason: "the slot of 12:00:30 took its place")],
      "sync 2026-07-09 12:00 IST did not run: run 812 was superseded: the slot of 12:00:30 took its place."
    ),
    Case(
      "was cancelled", Told.decided(.run, "due"),
      runs: [Told.run(.cancelled, reason: "cancelled by asha: wrong day")],
      "sync 2026-07-09 12:00 IST did not run: run 812 was cancelled: cancelled by asha: wrong day."
    ),
    Case(
      "was missed",
      Told.decided(.missed, "first seen 51m late; misfire latest takes only the newest slot"),
      "sync 2026-07-09 12:00 IST did not run: first seen 51m late; misfire latest takes only the newest slot."
    ),
    Case(
      "was missed with others",
      Told.decided(
        .missed, "first seen 51m late; misfire skip", through: Told.slot + .seconds(120), count: 5),
      "sync 2026-07-09 12:00 IST did not run: first seen 51m late; misfire skip (one of 5 slots from 2026-07-09 12:00 IST to 2026-07-09 12:02 IST)."
    ),
    Case(
      "was paused", Told.decided(.paused, "paused by asha: broker maintenance"),
      "sync 2026-07-09 12:00 IST did not run: paused by asha: broker maintenance."),
    Case(
      "was closed", Told.decided(.closed, "nse-cash is closed on 2026-07-09: Founders' Day"),
      "sync 2026-07-09 12:00 IST did not run: nse-cash is closed on 2026-07-09: Founders' Day."),
    Case(
      "was skipped", Told.decided(.skipped, "run 811 is still running after 31s"),
      "sync 2026-07-09 12:00 IST did not run: skipped: run 811 is still running after 31s."),
    Case(
      "was skipped for its only item",
      Told.decided(.skipped, "run 811 is still running after 31s"),
      runs: [Told.run(.skipped, item: "asha", reason: "run 811 is still running after 31s")],
      "sync 2026-07-09 12:00 IST did not run: skipped: run 811 is still running after 31s."),
    Case(
      "is held", Told.decided(.held, "21m late; misfire ask: approve it or leave it"),
      "sync 2026-07-09 12:00 IST has not run: it is held for a person: 21m late; misfire ask: approve it or leave it."
    ),
    Case(
      "was held and declined", Told.decided(.held, "21m late; misfire ask: approve it or leave it"),
      runs: [Told.run(.skipped, reason: "declined by asha: stale") { $0.trigger = .approve }],
      "sync 2026-07-09 12:00 IST did not run: run 812 was skipped: declined by asha: stale."),
    Case(
      "gave way to an edit", Told.decided(.superseded, "revision 1a2b gave way to 3c4d"),
      "sync 2026-07-09 12:00 IST did not run: superseded: revision 1a2b gave way to 3c4d."),
    Case(
      "ran so long ago that its run is gone", Told.decided(.run, "due"),
      "sync 2026-07-09 12:00 IST was to run, but its run is no longer on record."),
    Case(
      "ran for several items, the worst first", Told.decided(.run, "due"),
      runs: [
        Told.run(.succeeded, id: 812, item: "asha"),
        Told.run(.failed, id: 813, item: "ravi", reason: "503"),
        Told.run(.succeeded, id: 814, item: "mira"),
      ],
      "sync 2026-07-09 12:00 IST has 3 runs for 3 accounts: 2 succeeded, 1 failed; run 813 (ravi) failed: 503."
    ) { $0.job.forEach = "account" },
    Case(
      "ran for several items, all well", Told.decided(.run, "due"),
      runs: [
        Told.run(.succeeded, id: 812, item: "asha"), Told.run(.succeeded, id: 813, item: "ravi"),
      ],
      "sync 2026-07-09 12:00 IST has 2 runs for 2 accounts: 2 succeeded."
    ) { $0.job.forEach = "account" },
    Case(
      "is running", Told.decided(.run, "due"), runs: [Told.run(.running)],
      "sync 2026-07-09 12:00 IST is running: run 812, attempt 1 of 2 for 9s at desk-1."),
  ])
  func `ran or did not`(_ test: Case) {
    #expect(Explanation(of: test.facts).sentence == test.sentence)
  }
}
