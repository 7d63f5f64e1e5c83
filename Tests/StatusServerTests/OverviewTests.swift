import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `The overview of all jobs` {
  @Test func `a job that has not run yet is idle and knows its next slot`() async throws {
    let books = try await Books(at: "2026-07-09T08:00:00+05:30", jobs: [sync()])
    let overview = try await books.store.overview(almanac: almanac())
    let job = try #require(overview.jobs.first)
    #expect(job.name == "sync-positions")
    #expect(job.work == "sync-positions")
    #expect(job.schedule == "every 30s, while nse-cash is in continuous")
    #expect(job.health == Health(.idle, "has not run yet"))
    #expect(job.nextSlot == (try instant("2026-07-09T09:15:00+05:30")))
    #expect(job.lastRun == nil)
    #expect(job.undecidedSince == nil)
    #expect(overview.clock.jobTime == (try instant("2026-07-09T08:00:00+05:30")))
    #expect(overview.clock.isShifted)
  }

  @Test func `the worst item of the newest ended slot speaks for the job`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:10+05:30", jobs: [sync(forEach: "account")])
    let job = "sync-positions"
    try await books.decidedThrough(job, "2026-07-09T10:00:00+05:30")
    for item in ["a1", "b2"] {
      try await books.run(job, due: "2026-07-09T09:59:00+05:30", item: item)
    }
    try await books.run(job, due: "2026-07-09T09:59:30+05:30", item: "a1")
    let failed = try await books.run(
      job, due: "2026-07-09T09:59:30+05:30", item: "b2", .failed, reason: "broker said 503")
    try await books.run(job, due: "2026-07-09T10:00:00+05:30", item: "a1", .running)
    try await books.run(job, due: "2026-07-09T10:00:00+05:30", item: "b2", .ready)
    let seen = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(seen.lastRun?.id == failed)
    #expect(seen.lastRun?.item == "b2")
    #expect(seen.lastRun?.items == 2)
    #expect(seen.lastRun?.itemsWell == 1)
    #expect(seen.health == Health(.failing, "broker said 503"))
    #expect(seen.activeRuns == 1)
    #expect(seen.readyRuns == 1)
    #expect(seen.nextSlot == (try instant("2026-07-09T10:00:30+05:30")))
    #expect(seen.lastSuccessAt != nil)
  }

  @Test func `a run by hand after a failure makes its item well again`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await books.decidedThrough("reconcile", "2026-07-09T16:20:00+05:30")
    try await books.run("reconcile", due: "2026-07-09T16:20:00+05:30", .failed, reason: "no books")
    let before = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(before.health == Health(.failing, "no books"))
    let again = try await books.run("reconcile", due: nil, verdict: .ok, requestedBy: "asha")
    let after = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(after.lastRun?.id == again)
    #expect(after.health.level == .ok)
  }

  @Test func `breaks degrade a job and a passed deadline fails it`() async throws {
    let early = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await early.decidedThrough("reconcile", "2026-07-09T16:20:00+05:30")
    try await early.run("reconcile", due: "2026-07-09T16:20:00+05:30", verdict: .breaks)
    let before = try #require(try await early.store.overview(almanac: almanac()).jobs.first)
    #expect(before.health == Health(.degraded, "the last run's verdict is breaks"))
    try await early.move(to: "2026-07-09T17:21:00+05:30")
    let after = try #require(try await early.store.overview(almanac: almanac()).jobs.first)
    #expect(after.health == Health(.failing, "not ok by 17:20 on 2026-07-09"))
  }

  @Test(arguments: [
    ("2026-07-09T09:16:00+05:30", Health.Level.ok),
    ("2026-07-09T09:17:00+05:30", .failing),
    ("2026-07-09T18:00:00+05:30", .ok),
  ])
  func `a promise counts from the opening and only while the market is open`(
    now: String, level: Health.Level
  ) async throws {
    let books = try await Books(at: now, jobs: [sync()])
    try await books.decidedThrough("sync-positions", now)
    try await books.run(
      "sync-positions", due: "2026-07-08T15:29:30+05:30", ago: .seconds(18 * 3600))
    let job = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(job.health.level == level, "\(job.health.reason)")
  }

  @Test func `an unknown outcome stands until a person has looked at it`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:10+05:30", jobs: [sync()])
    try await books.decidedThrough("sync-positions", "2026-07-09T10:00:00+05:30")
    let lost = try await books.run(
      "sync-positions", due: "2026-07-09T09:59:00+05:30", .unknown)
    try await books.run("sync-positions", due: "2026-07-09T09:59:30+05:30", .failed, reason: "x")
    let before = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(before.unknownRuns == 1)
    #expect(before.health.level == .unknown)
    try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30")
    let later = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(later.health.level == .unknown, "another run's success says nothing of that order")
    #expect(
      try await books.store.acknowledge(run: lost, actor: "asha", reason: "no order in the book")
        == .done)
    let after = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(after.unknownRuns == 0)
    #expect(after.health.level == .ok)
  }

  @Test func `slots nobody decides are told`() async throws {
    let books = try await Books(at: "2026-07-09T10:05:00+05:30", jobs: [reconcile("every-noon")])
    var job = reconcile("every-noon")
    job.schedule?.timing = try .at(#require(TimeOfDay("10:00")))
    job.promise = nil
    _ = try await books.store.load([job], retiringAbsent: true, in: almanac())
    try await books.decidedThrough("every-noon", "2026-07-09T09:00:00+05:30")
    let seen = try #require(try await books.store.overview(almanac: almanac()).jobs.first)
    #expect(seen.undecidedSince == (try instant("2026-07-09T10:00:00+05:30")))
    #expect(
      seen.health
        == Health(
          .failing, "no slot decided since 2026-07-09T10:00:00+05:30; is a `muhurat serve` alive?"))
    #expect(seen.nextSlot == (try instant("2026-07-10T10:00:00+05:30")))
  }

  @Test func `skips in a row, pauses and held slots are counted`() async throws {
    var asking = reconcile("asking")
    asking.misfire = Misfire(policy: .ask)
    asking.promise = nil
    var skipping = sync("skipping")
    skipping.promise = nil
    let books = try await Books(
      at: "2026-07-09T10:00:10+05:30", jobs: [sync("paused"), asking, skipping])
    for name in ["paused", "asking", "skipping"] {
      try await books.decidedThrough(name, "2026-07-09T10:00:00+05:30")
    }
    try await books.slot("skipping", "2026-07-09T09:58:00+05:30")
    for second in ["30", "00"] {
      try await books.slot(
        "skipping", "2026-07-09T09:59:\(second)+05:30", .skipped, reason: "run 7 is still running")
    }
    try await books.slot(
      "skipping", "2026-07-09T10:00:00+05:30", .skipped, reason: "run 7 is still running")
    try await books.slot("asking", "2026-07-08T16:20:00+05:30", .held, reason: "3h late")
    _ = try await books.store.pause(
      "paused", until: instant("2026-07-09T12:00:00+05:30"), actor: "asha", reason: "exchange test")
    let jobs = try await books.store.overview(almanac: almanac()).jobs
    let byName = Dictionary(uniqueKeysWithValues: jobs.map { ($0.name, $0) })
    #expect(byName["skipping"]?.skipsInARow == 3)
    #expect(
      byName["skipping"]?.health
        == Health(.degraded, "3 slots skipped in a row: run 7 is still running"))
    #expect(byName["asking"]?.heldSlots == 1)
    #expect(byName["asking"]?.health.level == .degraded)
    #expect(
      byName["paused"]?.health
        == Health(
          .paused, "paused by asha until 2026-07-09T12:00:00+05:30: exchange test"))
    #expect(byName["paused"]?.pause?.pausedBy == "asha")
  }

  @Test func `what is remembered changes nothing`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:10+05:30", jobs: [sync(), reconcile()])
    try await books.decidedThrough("sync-positions", "2026-07-09T10:00:00+05:30")
    try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30")
    let memory = OverviewMemory()
    let almanac = try almanac()
    for clock in ["10:00:10", "10:00:29", "10:00:36", "10:45:00", "16:30:00"] {
      try await books.move(to: "2026-07-09T\(clock)+05:30")
      let fresh = try await books.store.overview(almanac: almanac)
      let remembered = try await books.store.overview(almanac: almanac, memory: memory)
      #expect(fresh.jobs == remembered.jobs, "at \(clock)")
    }
  }
}
