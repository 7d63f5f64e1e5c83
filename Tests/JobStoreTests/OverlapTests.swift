import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A slot that meets an older run` {
  /// A run of `sync` of noon is running; the clock is half a minute later.
  private func desk(_ overlap: Overlap) async throws -> (TestDesk, Claim) {
    let desk = try await TestDesk(at: noon)
    try await desk.load(TestDesk.job("sync") { $0.overlap = overlap })
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    try await desk.setClock(noon + .seconds(30))
    return (desk, claim)
  }

  @Test func `is skipped by skip, naming the run and its age`() async throws {
    let (desk, claim) = try await desk(.skip)
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == ["run 12:00:00", "skipped 12:00:30"])
    #expect(
      try await desk.texts("select reason from jobs.slot where decision = 'skipped'")
        == ["run \(claim.run) is still running after 30s"])
    #expect(try await desk.states("sync") == ["running"])
  }

  @Test func `waits with queue-one, and only the newest waits`() async throws {
    let (desk, claim) = try await desk(.queueOne)
    try await desk.decide("sync")
    try await desk.setClock(noon + .seconds(60))
    try await desk.decide("sync")
    #expect(try await desk.states("sync") == ["running", "superseded", "ready"])
    #expect(
      try await desk.texts("select reason from jobs.run where state = 'superseded'")
        == ["a newer slot, 2026-07-09T12:01:00+00:00, took its place"])
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    let next = try await desk.two.claim(upTo: 5, of: ["sync"])
    #expect(next.map(\.dueAt) == [noon + .seconds(60)])
  }

  @Test func `cancels the older with cancel-old, and starts after its end`() async throws {
    let (desk, claim) = try await desk(.cancelOld)
    try await desk.decide("sync")
    #expect(try await desk.states("sync") == ["cancelling", "ready"])
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).isEmpty)
    #expect(
      try await desk.one.renew([claim]) == [
        claim.run: .cancelling(reason: "a newer slot came due; overlap cancel-old")
      ])
    try await desk.settle(claim, Ending(.cancelled, error: "stopped"))
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).count == 1)
    #expect(try await desk.states("sync") == ["cancelled", "running"])
  }

  @Test func `supersedes one that has not started, also one that waits to be retried`()
    async throws
  {
    let (desk, claim) = try await desk(.skip)
    let retry = RetryPolicy(attempts: 3, backoff: .seconds(45) ... .seconds(90))
    try await desk.settle(claim, .failed("busy", transient: true), retry: retry)
    #expect(try await desk.states("sync") == ["ready"])
    try await desk.decide("sync")
    #expect(try await desk.states("sync") == ["superseded", "ready"])
    try await desk.setClock(noon + .seconds(60))
    try await desk.decide("sync")
    #expect(try await desk.states("sync") == ["superseded", "superseded", "ready"])
    #expect(
      try await desk.slots("sync") == ["run 12:00:00", "run 12:00:30", "run 12:01:00"],
      "what happens after the decision ends the run; the decision stands")
  }

  @Test func `leaves a run that an operator asked for alone`() async throws {
    let desk = try await TestDesk(at: noon)
    let job = TestDesk.job("sync")
    try await desk.load(job)
    try await desk.ready(job)
    try await desk.setClock(noon + .seconds(30))
    try await desk.decide("sync")
    #expect(try await desk.states("sync") == ["ready", "ready"])
  }

  @Test func `goes by item: a busy account skips its own run alone`() async throws {
    var desk = try await TestDesk(at: noon)
    desk.workshop.add(ItemSource("account") { _ in ["asha", "ravi"] })
    try await desk.load(
      TestDesk.job("sync") {
        $0.forEach = "account"
        $0.lock = LockTemplate(text: "account/{item}")
      })
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    let claims = try await desk.one.claim(upTo: 5, of: ["sync"])
    #expect(claims.map(\.item) == ["asha", "ravi"])
    let ravi = try #require(claims.last)
    try await desk.settle(ravi, .succeeded(RunResult(kind: "x")))
    try await desk.setClock(noon + .seconds(30))
    try await desk.decide("sync")
    let rows = try await desk.texts(
      """
      select item || ' ' || state || coalesce(' ' || reason, '') from jobs.run
       where due_at > '2026-07-09T12:00:00Z' order by item
      """)
    #expect(
      rows == [
        "asha skipped run \(try #require(claims.first).run) is still running after 30s",
        "ravi ready",
      ], "every item has its row, also one that must not start")
    #expect(try await desk.slots("sync") == ["run 12:00:00", "run 12:00:30"])
  }
}
