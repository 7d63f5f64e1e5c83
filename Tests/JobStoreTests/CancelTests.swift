import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Cancelling a run` {
  @Test func `that is ready ends it`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    let run = try await desk.ready(job)
    #expect(try await desk.one.cancel(run: run, actor: "asha", reason: "not today") == .ended)
    #expect(try await desk.run(run).state == "cancelled")
    #expect(try await desk.run(run).reason == "cancelled by asha: not today")
    #expect(try await desk.one.claim(upTo: 1, of: ["sync"]).isEmpty)
  }

  @Test func `that runs asks its runner, who keeps the lock until the unit is gone`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.ready(TestDesk.job("sync", every: nil))
    #expect(try await desk.two.cancel(run: claim.run, actor: "asha", reason: nil) == .asked)
    #expect(try await desk.run(claim.run).state == "cancelling")
    #expect(try await desk.two.claim(upTo: 1, of: ["sync"]).isEmpty, "the lock is held")
    #expect(
      try await desk.two.cancel(run: claim.run, actor: "ravi", reason: nil) == .asked,
      "asking twice is asking once")
    try await desk.settle(claim, Ending(.cancelled, error: "cancelled by asha"))
    #expect(try await desk.run(claim.run).state == "cancelled")
    #expect(try await desk.two.claim(upTo: 1, of: ["sync"]).count == 1)
  }

  @Test func `that has ended, or never was, says so`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.settle(claim, .failed("x"))
    #expect(
      try await desk.one.cancel(run: claim.run, actor: "asha", reason: nil)
        == .alreadyEnded(.failed))
    #expect(try await desk.one.cancel(run: 9999, actor: "asha", reason: nil) == .noSuchRun)
    #expect(try await desk.count("select count(*) from jobs.audit") == 0, "nothing was done")
  }

  @Test func `and claiming it at once end in one of the two`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    for _ in 1...20 {
      let run = try await desk.ready(job)
      async let answer = desk.one.cancel(run: run, actor: "asha", reason: nil)
      async let claims = desk.two.claim(upTo: 1, of: ["sync"])
      let (cancelled, claimed) = (try await answer, try await claims)
      if cancelled == .ended {
        #expect(claimed.isEmpty, "acknowledged as cancelled, and claimed")
        #expect(try await desk.run(run).state == "cancelled")
      } else {
        #expect(cancelled == .asked && claimed.map(\.run) == [run])
        try await desk.settle(try #require(claimed.first), Ending(.cancelled))
      }
    }
  }

  @Test func `of ten thousand waiting half is quick and complete`() async throws {
    let desk = try await TestDesk(at: noon + .seconds(10_000 * 30))
    try await desk.load(TestDesk.job("sync") { $0.misfire = Misfire(policy: .all, max: 10_000) })
    try await desk.setWatermark("sync", noon)
    try await desk.decide("sync")
    #expect(try await desk.count("select count(*) from jobs.run where state = 'ready'") == 10_000)
    let ids = try await desk.pool.query("select id from jobs.run order by due_at offset 5000").map {
      try $0.decode("id", as: Int64.self)
    }
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(claim.dueAt == noon + .seconds(30), "oldest first")
    let answers = try await withThrowingTaskGroup(of: [JobStore.Cancelled].self) { group in
      for part in 0..<8 {
        group.addTask {
          var answers: [JobStore.Cancelled] = []
          for id in ids[(part * 625)..<((part + 1) * 625)] {
            answers.append(try await desk.two.cancel(run: id, actor: "asha", reason: "half"))
          }
          return answers
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(answers.count { $0 == .ended } == 5000)
    #expect(
      try await desk.texts(
        "select state || ' ' || count(*) from jobs.run group by state order by 1")
        == ["cancelled 5000", "ready 4999", "running 1"])
  }

  @Test func `is on record with who, why and what was`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    _ = try await desk.one.cancel(run: claim.run, actor: "asha", reason: "wrong day")
    #expect(
      try await desk.texts(
        "select concat_ws('|', actor, action, job, run_id = $1, reason, before) from jobs.audit",
        claim.run) == [#"asha|cancel|sync|t|wrong day|{"state": "running"}"#])
  }
}
