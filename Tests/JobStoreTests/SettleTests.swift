@testable import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Settling an attempt` {
  @Test func `writes outcome, result and output, and frees the lock, in one statement`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    let result = RunResult(
      kind: "reconciliation", verdict: .breaks, figures: ["breaks": .integer(2)],
      rows: [.object(["key": .string("INFY")])])
    let settled = try await desk.one.settle([
      SettledAttempt(
        claim: claim, ending: .succeeded(result),
        settlement: .following(
          .succeeded(result),
          of: .init(attempt: 1, isIdempotent: true, retry: RetryPolicy()), now: noon, chance: 0),
        output: "two breaks\n", outputBytes: 11)
    ])
    #expect(settled == [claim.run])
    #expect(
      try await desk.one.end(of: claim.run)
        == JobStore.RunEnd(state: .succeeded, reason: nil, result: result))
    #expect(
      try await desk.texts(
        "select concat_ws('|', outcome, output, output_bytes, error) from jobs.attempt")
        == ["succeeded|two breaks\n|11"])
    #expect(
      try await desk.count(
        "select count(*) from jobs.lock where run is null and holder is null") == 1)
  }

  @Test func `twice, or as failed and succeeded at once, counts once`() async throws {
    let desk = try await TestDesk()
    for number in 1...20 {
      let claim = try await desk.claimed("job-\(number)")
      async let good = desk.settle(claim, .succeeded(RunResult(kind: "x")))
      async let bad = desk.settle(claim, .failed("no"), by: desk.two)
      let (isGood, isBad) = (try await good, try await bad)
      #expect(isGood != isBad)
      let state = try await desk.run(claim.run).state
      #expect(state == (isGood ? "succeeded" : "failed"))
      #expect(
        try await desk.count("select count(*) from jobs.result where run_id = $1", claim.run)
          == (isGood ? 1 : 0))
      #expect(try await desk.one.wasSettled(claim), "who lost his own reply finds it here")
    }
  }

  @Test func `as one to be retried frees the lock and keeps the charge`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    let retry = RetryPolicy(attempts: 3, backoff: .seconds(2) ... .seconds(60))
    try await desk.settle(claim, .failed("503", transient: true), retry: retry)
    let run = try await desk.run(claim.run)
    #expect(run.state == "ready" && run.attempt == 1 && run.reason == "503" && !run.hasStarted)
    #expect(try await desk.one.nextReadyAt(of: ["sync"]) == noon + .seconds(2))
    try await desk.setClock(noon + .seconds(2))
    let again = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(again.attempt == 2 && again.run == claim.run)
    #expect(
      try await desk.texts("select number::text from jobs.attempt order by fence") == ["1", "2"])
  }

  @Test func `as interrupted gives the number back`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.settle(claim, Ending(.interrupted, error: "this muhurat was stopped"))
    let run = try await desk.run(claim.run)
    #expect(run.state == "ready" && run.attempt == 0)
    #expect(try await desk.texts("select outcome from jobs.attempt") == ["interrupted"])
  }

  @Test func `never makes ready what was cancelled after the settlement was computed`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    #expect(try await desk.two.cancel(run: claim.run, actor: "asha", reason: nil) == .asked)
    let retry = RetryPolicy(attempts: 3)
    #expect(try await desk.settle(claim, .failed("503", transient: true), retry: retry))
    #expect(try await desk.run(claim.run).state == "cancelled")
    #expect(try await desk.two.claim(upTo: 1, of: ["sync"]).isEmpty)
  }

  @Test func `that succeeded although it was cancelled stays succeeded`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    _ = try await desk.two.cancel(run: claim.run, actor: "asha", reason: nil)
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    #expect(try await desk.run(claim.run).state == "succeeded")
  }

  @Test func `in a batch settles those that are ours`() async throws {
    let desk = try await TestDesk()
    var claims: [Claim] = []
    for number in 1...30 { claims.append(try await desk.claimed("job-\(number)")) }
    try await desk.settle(claims[3], .failed("alone"))
    let batch = claims.map { claim in
      SettledAttempt(
        claim: claim, ending: .succeeded(RunResult(kind: "x")),
        settlement: .following(
          .succeeded(RunResult(kind: "x")),
          of: .init(attempt: 1, isIdempotent: true, retry: RetryPolicy()), now: noon, chance: 0))
    }
    let settled = try await desk.one.settle(batch)
    #expect(settled == Set(claims.map(\.run)).subtracting([claims[3].run]))
    #expect(try await desk.count("select count(*) from jobs.result") == 29)
    #expect(try await desk.count("select count(*) from jobs.lock where run is not null") == 0)
  }

  @Test func `meets renewals, cancels and deciders of the same runs without deadlock`()
    async throws
  {
    let desk = try await TestDesk()
    for round in 1...8 {
      var claims: [Claim] = []
      for number in 1...12 { claims.append(try await desk.claimed("job-\(round)-\(number)")) }
      let (inOrder, shuffled) = (claims, claims.shuffled())
      let batch = claims.reversed().map { claim in
        SettledAttempt(
          claim: claim, ending: .failed("x"),
          settlement: .following(
            .failed("x"), of: .init(attempt: 1, isIdempotent: true, retry: RetryPolicy()),
            now: noon, chance: 0))
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { _ = try await desk.one.settle(batch) }
        group.addTask { _ = try await desk.one.renew(shuffled) }
        group.addTask { _ = try await desk.one.renew(inOrder) }
        group.addTask {
          for claim in shuffled.prefix(4) {
            _ = try await desk.two.cancel(run: claim.run, actor: "asha", reason: nil)
          }
        }
        try await group.waitForAll()
      }
      let left = try await desk.count(
        "select count(*) from jobs.run where state not in ('failed', 'cancelled')")
      #expect(left == 0)
    }
    #expect(
      try await desk.count(
        "select deadlocks as count from pg_stat_database where datname = current_database()")
        == 0)
  }
}
