import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Operators' hands` {
  @Test func `pause and resume are on record with what was`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    #expect(
      try await desk.one.pause(
        "sync", until: noon + .seconds(600), actor: "asha", reason: "broker is slow"))
    let pause = try #require(try await desk.one.definition(of: "sync")).pause
    #expect(
      pause == Pause(since: noon, until: noon + .seconds(600), by: "asha", reason: "broker is slow")
    )
    #expect(try await desk.resume("sync", actor: "ravi", reason: "it is well") != nil)
    #expect(try #require(try await desk.one.definition(of: "sync")).pause == nil)
    #expect(
      try await desk.texts(
        """
        select concat_ws('|', actor, action, job, reason, before ->> 'by')
          from jobs.audit order by id
        """
      ) == ["asha|pause|sync|broker is slow", "ravi|resume|sync|it is well|asha"])
  }

  @Test func `on a job that is not there, or not paused, do nothing and say so`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    #expect(try await !desk.one.pause("snyc", until: noon, actor: "asha", reason: "x"))
    #expect(try await desk.resume("sync") == nil)
    #expect(try await desk.count("select count(*) from jobs.audit") == 0)
  }

  @Test func `a hint reaches who listens, and a cancel, a pause and a load each send one`()
    async throws
  {
    let desk = try await TestDesk()
    let connection = try await TestDatabase.current.connection()
    let hints = try await connection.listen(to: JobStore.channel)
    try await desk.load(TestDesk.job("sync", every: nil))
    let claim = try await desk.claimed("sync")
    _ = try await desk.one.cancel(run: claim.run, actor: "asha", reason: nil)
    _ = try await desk.one.pause("sync", until: noon, actor: "asha", reason: "x")
    var heard: [String] = []
    for await hint in hints {
      heard.append(hint.payload)
      if heard.count == 3 { break }
    }
    #expect(heard == ["load", "cancel", "load"])
    await connection.close()
  }

  @Test func `processes are seen, leave, and tell their outages once`() async throws {
    let desk = try await TestDesk()
    try await desk.one.beSeen(as: "serve")
    try await desk.one.beSeen(as: "serve")
    try await desk.two.beSeen(as: "run")
    #expect(
      try await desk.texts("select identity || ' ' || kind from jobs.runner order by 1")
        == ["desk-1 serve", "desk-2 run"])
    for _ in 1...2 {
      try await desk.one.recordOutage(
        from: noon, to: noon + .seconds(3), reason: "connection refused")
    }
    #expect(try await desk.count("select count(*) from jobs.outage") == 1)
    try await desk.one.leave()
    #expect(try await desk.texts("select identity from jobs.runner") == ["desk-2"])
  }
}
