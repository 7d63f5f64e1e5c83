import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Once a business date` {
  private func endOfDay(_ time: String) throws -> Job {
    let at = try #require(TimeOfDay(time))
    return TestDesk.job("reconcile", every: nil) {
      $0.schedule = Schedule(timing: .at(at), timezone: "UTC")
      $0.oncePerBusinessDate = true
    }
  }

  private func desk(at now: Instant) async throws -> TestDesk {
    var desk = try await TestDesk(at: now)
    desk.almanac.zones["UTC"] = .utc
    return desk
  }

  @Test func `a time edited after today's run does not run it twice`() async throws {
    let desk = try await desk(at: noon - .seconds(60))
    try await desk.load(try endOfDay("12:00"))
    try await desk.setClock(noon)
    try await desk.decide("reconcile")
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["reconcile"]).first)
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    try await desk.load(try endOfDay("12:30"))
    try await desk.setClock(noon + .seconds(1800))
    try await desk.decide("reconcile")
    #expect(try await desk.slots("reconcile") == ["run 12:00:00", "skipped 12:30:00"])
    #expect(
      try await desk.texts("select reason from jobs.slot where decision = 'skipped'")
        == ["business date 2026-07-09 already has run \(claim.run)"])
    #expect(try await desk.states("reconcile") == ["succeeded"])
  }

  @Test func `a time edited before or at today's run moves it`() async throws {
    let desk = try await desk(at: noon - .seconds(60))
    try await desk.load(try endOfDay("12:00"))
    try await desk.setClock(noon)
    try await desk.load(try endOfDay("12:30"))
    try await desk.setClock(noon + .seconds(1800))
    try await desk.decide("reconcile")
    #expect(try await desk.slots("reconcile") == ["superseded 12:00:00", "run 12:30:00"])
    #expect(try await desk.states("reconcile") == ["ready"])
  }

  @Test func `a run that failed does not use the date up`() async throws {
    let desk = try await desk(at: noon - .seconds(60))
    try await desk.load(try endOfDay("12:00"))
    try await desk.setClock(noon)
    try await desk.decide("reconcile")
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["reconcile"]).first)
    try await desk.settle(claim, .failed("no fills"))
    try await desk.load(try endOfDay("12:30"))
    try await desk.setClock(noon + .seconds(1800))
    try await desk.decide("reconcile")
    #expect(try await desk.states("reconcile") == ["failed", "ready"])
  }

  @Test func `an operator's own run neither uses the date up nor is refused by it`() async throws {
    let desk = try await desk(at: noon - .seconds(60))
    let job = try endOfDay("12:00")
    try await desk.load(job)
    let revision = try #require(try await desk.one.definition(of: "reconcile")).revision
    let request = RunRequest(
      job: job, revision: revision, businessDate: thursday, actor: "asha")
    for _ in 1...2 {
      guard case .claimed(let claim) = try await desk.one.start(request) else {
        Issue.record("a manual run was refused")
        return
      }
      try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    }
    try await desk.setClock(noon)
    try await desk.decide("reconcile")
    #expect(try await desk.states("reconcile") == ["succeeded", "succeeded", "ready"])
  }

  @Test func `the late run of a missed slot uses its date up`() async throws {
    let desk = try await desk(at: noon - .seconds(60))
    var job = try endOfDay("12:00")
    job.misfire = Misfire(policy: .skip)
    try await desk.load(job)
    try await desk.setClock(noon + .seconds(600))
    try await desk.decide("reconcile")
    #expect(try await desk.slots("reconcile") == ["missed 12:00:00"])
    let revision = try #require(try await desk.one.definition(of: "reconcile")).revision
    let request = RunRequest(
      job: job, revision: revision, slot: noon, businessDate: thursday, actor: "asha")
    guard case .claimed(let claim) = try await desk.one.start(request) else {
      Issue.record("a missed slot must get its run")
      return
    }
    var later = try endOfDay("12:30")
    later.misfire = job.misfire
    try await desk.load(later)
    try await desk.setClock(noon + .seconds(1800))
    try await desk.decide("reconcile")
    #expect(try await desk.slots("reconcile") == ["missed 12:00:00", "skipped 12:30:00"])
    var next = request
    next.slot = noon + .seconds(1800)
    guard case .slotHasRun(claim.run) = try await desk.two.start(next) else {
      Issue.record("the business date has run \(claim.run) already")
      return
    }
    await #expect(throws: SlotHasRun.self) { try await desk.two.enqueue(next) }
  }
}
