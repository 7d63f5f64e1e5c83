import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `Listings of what happened` {
  @Test func `runs come newest first and by every filter`() async throws {
    let books = try await Books(
      at: "2026-07-09T16:40:00+05:30", jobs: [sync(forEach: "account"), reconcile()])
    let one = try await books.run(
      "sync-positions", due: "2026-07-08T10:00:00+05:30", item: "a1", .failed, reason: "503")
    let two = try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30", item: "a1")
    let three = try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30", item: "b2")
    let four = try await books.run("reconcile", due: "2026-07-09T16:20:00+05:30", verdict: .breaks)
    let five = try await books.run(
      "sync-positions", due: "2026-07-09T10:00:30+05:30", item: "b2", .running)
    func ids(_ filter: RunFilter) async throws -> [Int64] {
      try await books.store.runs(filter).map(\.id)
    }
    #expect(try await ids(RunFilter()) == [five, four, three, two, one])
    #expect(try await ids(RunFilter(limit: 2)) == [five, four])
    #expect(try await ids(RunFilter(before: four, limit: 2)) == [three, two])
    #expect(try await ids(RunFilter(job: "sync-positions")) == [five, three, two, one])
    #expect(try await ids(RunFilter(job: "sync-positions", item: "a1")) == [two, one])
    #expect(try await ids(RunFilter(states: [.failed])) == [one])
    #expect(try await ids(RunFilter(states: [.running, .ready])) == [five])
    #expect(try await ids(RunFilter(businessDate: day("2026-07-08"))) == [one])
    let run = try #require(try await books.store.runs(RunFilter(job: "reconcile")).first)
    #expect(run.verdict == .breaks)
    #expect(run.kind == "reconciliation")
    #expect(run.latenessSeconds == 0.2)
    #expect(run.durationSeconds == 2)
  }

  @Test func `one run is told with attempts, result, lock and what operators did`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    let id = try await books.run("reconcile", due: "2026-07-09T16:20:00+05:30", .running)
    _ = try await books.store.cancel(run: id, actor: "asha", reason: "wrong date")
    let detail = try #require(try await books.store.runDetail(id))
    #expect(detail.run.state == .cancelling)
    #expect(detail.run.reason == "cancelled by asha: wrong date")
    #expect(detail.attempts.map(\.number) == [1])
    #expect(detail.attempts.first?.outcome == nil)
    #expect(detail.leaseEndsAt != nil)
    #expect(detail.heldLock?.name == "reconcile")
    #expect(detail.audit.map(\.action) == ["cancel"])
    #expect(detail.audit.first?.before?["state"] == "running")
    #expect(try await books.store.runDetail(id + 1) == nil)
    #expect(
      try await books.store.output(ofRun: id)?.map(\.output) == ["hello from reconcile"])
    #expect(try await books.store.output(ofRun: id + 1) == nil)
  }

  @Test func `a result keeps its figures and rows`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    let id = try await books.run("reconcile", due: "2026-07-09T16:20:00+05:30", verdict: .warn)
    let result = try #require(try await books.store.runDetail(id)?.result)
    #expect(
      result
        == RunResult(
          kind: "reconciliation", verdict: .warn,
          figures: ["checked": 42, "at_risk": "149.50"], rows: [["symbol": "INFY"]]))
  }

  @Test func `slots come with their runs and spans`() async throws {
    let books = try await Books(
      at: "2026-07-09T16:40:00+05:30", jobs: [sync(forEach: "account")])
    let job = "sync-positions"
    try await books.slot(
      job, "2026-07-08T15:30:00+05:30", .closed, reason: "night",
      through: "2026-07-09T09:14:30+05:30", slots: 2130)
    try await books.slot(job, "2026-07-09T09:15:00+05:30")
    let a = try await books.run(job, due: "2026-07-09T09:15:00+05:30", item: "a1")
    let b = try await books.run(job, due: "2026-07-09T09:15:00+05:30", item: "b2", .failed)
    let slots = try await books.store.slots(of: job)
    #expect(slots.map(\.decision) == [.run, .closed])
    #expect(slots.first?.runs.map(\.id) == [a, b])
    #expect(slots.first?.runs.map(\.state) == [.succeeded, .failed])
    #expect(slots.last?.slots == 2130)
    #expect(try await books.store.slots(of: job, decision: .closed).count == 1)
    #expect(
      try await books.store.slots(of: job, from: instant("2026-07-09T00:00:00+05:30")).count == 1)
  }

  @Test func `journals and runners are listed newest first`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await books.store.beSeen(as: "serve")
    try await books.store.recordOutage(
      from: instant("2026-07-09T04:00:00Z"), to: instant("2026-07-09T04:00:20Z"),
      reason: "connection refused")
    _ = try await books.store.pause(
      "sync-positions", until: instant("2026-07-09T12:00:00+05:30"), actor: "asha", reason: "test")
    _ = try await books.store.resume(
      "sync-positions", actor: "ravi", reason: nil, in: almanac(), workshop: Workshop())
    #expect(try await books.store.audit().map(\.action) == ["resume", "pause"])
    #expect(try await books.store.audit(of: "other").isEmpty)
    #expect(try await books.store.outages().map(\.reason) == ["connection refused"])
    let runner = try #require(try await books.store.runnersSeen().first)
    #expect(runner.identity == "desk-1:boot:1:word")
    #expect(runner.isAlive)
  }

  @Test func `trends cut the day into buckets and name the worst of each`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [sync()])
    let job = "sync-positions"
    for due in ["09:15:00", "09:15:30", "09:16:00"] {
      try await books.run(
        job, due: "2026-07-09T\(due)+05:30", due == "09:15:30" ? .failed : .succeeded)
    }
    try await books.run(job, due: "2026-07-09T10:00:00+05:30", verdict: .warn)
    try await books.slot(
      job, "2026-07-09T11:00:00+05:30", .missed, through: "2026-07-09T11:29:30+05:30", slots: 60)
    let trends = try await books.store.trends(
      of: [job, "other"], over: StripSpan(from: instant("2026-07-09T00:00:00+05:30")))
    #expect(trends.count == 1)
    let trend = try #require(trends[job])
    #expect(trend.latenessSeconds == [0.2, 0.2, 0.2, 0.2])
    #expect(
      trend.strip == [
        StripCell(bucket: 37, worst: "failed", counts: ["succeeded": 2, "failed": 1]),
        StripCell(bucket: 40, worst: "warn", counts: ["warn": 1]),
        StripCell(bucket: 44, worst: "missed", counts: ["missed": 30]),
        StripCell(bucket: 45, worst: "missed", counts: ["missed": 30]),
      ])
  }

  @Test func `figures count the newest runs by job and state`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [sync()])
    for second in ["00", "30"] {
      try await books.run("sync-positions", due: "2026-07-09T09:15:\(second)+05:30")
    }
    try await books.run("sync-positions", due: "2026-07-09T09:16:00+05:30", .failed)
    let figures = try await books.store.recentFigures()
    #expect(figures.runs.map(\.count) == [1, 2])
    #expect(figures.runs.map(\.state) == [.failed, .succeeded])
    #expect(figures.jobs.map(\.duration) == [[2, 2, 2]])
    #expect(figures.jobs.map(\.lateness) == [[0.2, 0.2, 0.2]])
  }
}
