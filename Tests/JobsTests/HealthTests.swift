import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `The health of a job` {
  static let now = at("2026-07-09T12:00:00")

  struct Case: CustomTestStringConvertible {
    var id: String
    var change: @Sendable (inout Health.Facts) -> Void
    var level: Health.Level
    var reason: String
    var testDescription: String { id }
  }

  @Test(arguments: [
    Case(
      id: "has not run", change: { $0.lastState = nil }, level: .idle, reason: "has not run yet"),
    Case(id: "ran well", change: { _ in }, level: .ok, reason: "ok"),
    Case(
      id: "unknown outcomes come first",
      change: {
        $0.unknownRuns = 2
        $0.lastState = .failed
        $0.isPaused = "paused by asha"
      }, level: .unknown,
      reason: "2 outcome(s) unknown; look what was done, then `muhurat acknowledge`"),
    Case(
      id: "an unknown outcome that somebody has looked at", change: { $0.lastState = .unknown },
      level: .ok, reason: "the last run's outcome is unknown; a person has looked at it"),
    Case(
      id: "a broken promise, counted from the last success",
      change: {
        $0.promise = Promise(successWithin: .seconds(90))
        $0.promiseCountsFrom = now - .seconds(3_600)
        $0.lastSuccessAt = now - .seconds(91)
      }, level: .failing, reason: "no success for 1m31s; promised every 1m30s"),
    Case(
      id: "a promise that is kept",
      change: {
        $0.promise = Promise(successWithin: .seconds(90))
        $0.promiseCountsFrom = now - .seconds(3_600)
        $0.lastSuccessAt = now - .seconds(90)
      }, level: .ok, reason: "ok"),
    Case(
      id: "a promise counts only since the session opened",
      change: {
        $0.promise = Promise(successWithin: .seconds(90))
        $0.promiseCountsFrom = now - .seconds(60)
        $0.lastSuccessAt = now - .seconds(60_000)
      }, level: .ok, reason: "ok"),
    Case(
      id: "out of session no promise counts",
      change: {
        $0.promise = Promise(successWithin: .seconds(90))
        $0.lastSuccessAt = now - .seconds(60_000)
      }, level: .ok, reason: "ok"),
    Case(
      id: "a day that is not ok in time",
      change: {
        $0.missedOkOn = day("2026-07-09"); $0.promise = Promise(okBy: time("17:20"))
      },
      level: .failing, reason: "not ok by 17:20 on 2026-07-09"),
    Case(
      id: "held by the end of the calendar", change: { $0.holds = "the calendar ends" },
      level: .failing, reason: "the calendar ends"),
    Case(
      id: "paused", change: { $0.isPaused = "paused by asha: maintenance" }, level: .paused,
      reason: "paused by asha: maintenance"),
    Case(
      id: "failed",
      change: {
        $0.lastState = .failed; $0.lastReason = "503"
      }, level: .failing,
      reason: "503"),
    Case(
      id: "expired", change: { $0.lastState = .expired }, level: .degraded,
      reason: "the last run did not start"),
    Case(
      id: "gated",
      change: {
        $0.lastState = .gated; $0.lastReason = "not signed in"
      },
      level: .degraded, reason: "not signed in"),
    Case(
      id: "cancelled",
      change: {
        $0.lastState = .cancelled; $0.lastReason = "cancelled by asha"
      },
      level: .degraded, reason: "cancelled by asha"),
    Case(
      id: "slots wait for a person", change: { $0.heldSlots = 2 }, level: .degraded,
      reason: "2 slot(s) held; `muhurat approve` shows them"),
    Case(
      id: "two skips are no illness", change: { $0.skipsInARow = 2 }, level: .ok, reason: "ok"),
    Case(
      id: "three skips are",
      change: {
        $0.skipsInARow = 3; $0.lastReason = "run 7 is still running after 2m"
      },
      level: .degraded, reason: "3 slots skipped in a row: run 7 is still running after 2m"),
    Case(
      id: "breaks found", change: { $0.lastVerdict = .breaks }, level: .degraded,
      reason: "the last run's verdict is breaks"),
  ])
  func `is the worst thing that is true`(_ test: Case) {
    var facts = Health.Facts(now: Self.now, lastState: .succeeded, lastVerdict: .ok)
    test.change(&facts)
    #expect(Health.judge(facts) == Health(test.level, test.reason))
  }

  @Test
  func `ranks from good to bad`() {
    #expect(
      Health.Level.allCases.sorted() == [.ok, .idle, .paused, .degraded, .failing, .unknown])
  }
}
