import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Starting a run by hand` {
  private func request(
    _ desk: TestDesk, _ job: Job, slot: Instant? = nil, item: String? = nil
  ) async throws -> RunRequest {
    let revision = try #require(try await desk.one.definition(of: job.name)).revision
    return RunRequest(
      job: job, revision: revision, item: item, slot: slot, businessDate: thursday,
      parameters: ["depth": .integer(2)], actor: "asha", reason: "fills came late")
  }

  @Test func `claims it from its first moment, on record`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", idempotent: false)
    try await desk.load(job)
    guard case .claimed(let claim) = try await desk.one.start(try await request(desk, job)) else {
      Issue.record("a free lock was not taken")
      return
    }
    #expect(claim.trigger == .manual && claim.fence == 1 && claim.attempt == 1)
    #expect(claim.parameters == ["depth": .integer(2)])
    let run = try await desk.run(claim.run)
    #expect(run.state == "running" && run.isLeased && !run.hasStarted)
    #expect(
      try await desk.texts("select concat_ws('|', actor, action, job, reason) from jobs.audit")
        == ["asha|run|sync|fills came late"])
    #expect(try await desk.one.renew([claim]) == [claim.run: .kept])
    #expect(try await desk.one.markStarted(claim))
    #expect(try await desk.settle(claim, .succeeded(RunResult(kind: "x"))))
  }

  @Test func `with the lock held names who holds it`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    let job = TestDesk.job("sync", every: nil)
    guard case .busy(let holder) = try await desk.two.start(try await request(desk, job)) else {
      Issue.record("two runs in one lock")
      return
    }
    #expect(holder.run == claim.run && holder.job == "sync" && holder.holder == "desk-1")
    #expect(try await desk.count("select count(*) from jobs.run") == 1, "busy leaves no row")
    #expect(try await desk.count("select count(*) from jobs.audit") == 0)
  }

  @Test func `by many at once starts one`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync")
    try await desk.load(job)
    let request = try await request(desk, job)
    let started = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 1...8 {
        let store = JobStore(pool: desk.pool, holder: "desk-\(number)")
        group.addTask {
          if case .claimed = try await store.start(request) { true } else { false }
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(started == 1)
    #expect(try await desk.states("sync") == ["running"])
    #expect(try await desk.fence(of: "sync") == 1)
  }

  @Test func `of a missed slot gives the slot its run, once`() async throws {
    let desk = try await TestDesk(at: noon + .seconds(20))
    let job = TestDesk.job("sync") { $0.misfire = Misfire(policy: .skip) }
    try await desk.load(job)
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == ["missed 12:00:00"])
    let request = try await request(desk, job, slot: noon)
    guard case .claimed(let claim) = try await desk.one.start(request) else {
      Issue.record("a missed slot must get its run")
      return
    }
    #expect(claim.trigger == .slot && claim.dueAt == noon)
    guard case .slotHasRun(claim.run) = try await desk.two.start(request) else {
      Issue.record("the slot has run \(claim.run)")
      return
    }
    await #expect(throws: SlotHasRun.self) { try await desk.two.enqueue(request) }
    #expect(try await desk.slots("sync") == ["missed 12:00:00"], "the decision stands")
  }

  @Test func `of a slot not yet decided is not run again by the decision`() async throws {
    let desk = try await TestDesk(at: noon)
    let job = TestDesk.job("sync")
    try await desk.load(job)
    try await desk.setWatermark("sync", noon - .seconds(1))
    guard
      case .claimed(let claim) = try await desk.one.start(
        try await request(desk, job, slot: noon))
    else {
      Issue.record("the lock is free")
      return
    }
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    try await desk.decide("sync")
    #expect(try await desk.states("sync") == ["succeeded"])
    #expect(try await desk.slots("sync") == ["run 12:00:00"])
  }

  @Test func `may be left to a daemon`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync") { $0.lock = LockTemplate(text: "account/{item}") }
    try await desk.load(job)
    let run = try await desk.one.enqueue(try await request(desk, job, item: "asha"))
    #expect(try await desk.one.isReady(run))
    #expect(try await desk.one.end(of: run) == nil)
    let claim = try #require(try await desk.two.claim(upTo: 1, of: ["sync"]).first)
    #expect(claim.run == run && claim.lock == "account/asha" && claim.trigger == .manual)
    #expect(
      try await desk.texts("select action || ' ' || run_id from jobs.audit") == ["enqueue \(run)"])
  }
}
