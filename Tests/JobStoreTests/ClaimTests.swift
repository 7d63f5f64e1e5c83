import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(2)))
struct `Claiming a run` {
  @Test func `two claimers get it once`() async throws {
    let desk = try TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setClock(noon)
    try await desk.setWatermark("sync", noon - .seconds(30))
    _ = try await desk.decide("sync")
    async let a = desk.one.claim(upTo: 10, of: ["sync"])
    async let b = desk.two.claim(upTo: 10, of: ["sync"])
    let claims = try await a + b
    #expect(claims.count == 1, "one ready run must be claimed once, was \(claims)")
    #expect(try await desk.states("sync") == ["running"])
  }

  @Test func `a superseded holder can neither write, renew, settle nor start`() async throws {
    let desk = try TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setClock(noon)
    try await desk.setWatermark("sync", noon - .seconds(30))
    _ = try await desk.decide("sync")
    let old = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    try await desk.endLeases()
    let rescued = try await desk.two.rescue(chance: 0)
    #expect(rescued.map(\.run) == [old.run])
    await #expect(throws: ClaimLost.self) {
      try await desk.one.fenced(old, remaining: .seconds(5)) { tx in
        try await tx.query("select 1")
      }
    }
    #expect(try await desk.one.renew([old]).isEmpty)
    #expect(try await !desk.one.markStarted(old))
    let settled = try await desk.one.settle([
      SettledAttempt(
        claim: old, ending: .succeeded(RunResult(kind: "x")),
        settlement: .following(
          .succeeded(RunResult(kind: "x")),
          of: .init(attempt: 1, isIdempotent: true, retry: RetryPolicy()), now: noon, chance: 0))
    ])
    #expect(settled.isEmpty)
    #expect(try await !desk.one.wasSettled(old))
  }
}
