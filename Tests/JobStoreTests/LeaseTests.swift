import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Renewing a lease` {
  @Test func `keeps what is ours and tells what is not`() async throws {
    let desk = try await TestDesk()
    let mine = try await desk.claimed("mine")
    let lost = try await desk.claimed("lost")
    let cancelled = try await desk.claimed("cancelled")
    try await desk.settle(lost, .succeeded(RunResult(kind: "x")))
    _ = try await desk.two.cancel(run: cancelled.run, actor: "asha", reason: "wrong account")
    #expect(
      try await desk.one.renew([mine, lost, cancelled]) == [
        mine.run: .kept,
        cancelled.run: .cancelling(reason: "cancelled by asha: wrong account"),
      ])
  }

  @Test func `is by run and fence: what nobody knows he holds is not kept alive`() async throws {
    let desk = try await TestDesk()
    let known = try await desk.claimed("known")
    let unknown = try await desk.claimed("unknown")
    try await desk.endLeases()
    _ = try await desk.one.renew([known])
    #expect(try await desk.two.rescue(chance: 0).map(\.run) == [unknown.run])
  }

  @Test func `passes a row by that somebody has in hand, and keeps the others`() async throws {
    let desk = try await TestDesk()
    let free = try await desk.claimed("free")
    let taken = try await desk.claimed("taken")
    try await desk.pool.transaction { tx in
      try await tx.query("update jobs.run set reason = 'looked at' where id = $1", taken.run)
      #expect(try await desk.one.renew([taken, free]) == [free.run: .kept, taken.run: .missed])
    }
    #expect(try await desk.one.renew([taken, free]) == [free.run: .kept, taken.run: .kept])
  }

  @Test func `gives a unit that is slow to stop the time it asked for`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    _ = try await desk.one.renew([claim], extra: [.seconds(1000)])
    #expect(
      try await desk.count(
        """
        select count(*) from jobs.run
         where lease_ends_at between clock_timestamp() + interval '1000 seconds'
                                 and clock_timestamp() + interval '1012 seconds'
        """) == 1)
  }
}

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A claim that is not begun` {
  @Test func `is handed back uncharged, with what it waits for`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed(idempotent: false)
    #expect(
      try await desk.one.handBack(
        claim, until: noon + .seconds(1), waitingFor: "positions are 3m old, needed 60s"))
    #expect(
      try await desk.run(claim.run)
        == TestDesk.RunRow(
          state: "ready", waitingFor: "positions are 3m old, needed 60s", attempt: 0,
          fence: claim.fence, isLeased: false, hasStarted: false))
    #expect(try await desk.count("select count(*) from jobs.attempt") == 0)
    #expect(try await desk.one.claim(upTo: 1, of: ["sync"]).isEmpty, "it waits a second")
    try await desk.setClock(noon + .seconds(1))
    let again = try #require(try await desk.two.claim(upTo: 1, of: ["sync"]).first)
    #expect(again.attempt == 1 && again.fence == claim.fence + 1)
  }

  @Test func `and was cancelled meanwhile ends cancelled, however it is given up`() async throws {
    let desk = try await TestDesk()
    let back = try await desk.claimed("back")
    let ended = try await desk.claimed("ended")
    for claim in [back, ended] {
      #expect(
        try await desk.two.cancel(run: claim.run, actor: "asha", reason: "no") == .asked)
    }
    #expect(try await desk.one.handBack(back, until: noon, waitingFor: nil))
    #expect(try await desk.one.endUnstarted(ended, as: .expired, because: "too late"))
    for claim in [back, ended] {
      let run = try await desk.run(claim.run)
      #expect(run.state == "cancelled" && run.reason == "cancelled by asha: no")
    }
    #expect(try await desk.count("select count(*) from jobs.lock where run is not null") == 0)
  }

  @Test func `may be ended, and its attempt leaves no trace`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    #expect(try await desk.one.endUnstarted(claim, as: .gated, because: "not signed in"))
    #expect(
      try await desk.run(claim.run)
        == TestDesk.RunRow(
          state: "gated", reason: "not signed in", attempt: 0, fence: claim.fence,
          isLeased: false, hasStarted: false))
    #expect(try await desk.count("select count(*) from jobs.attempt") == 0)
  }

  @Test func `is marked once it begins, unless it was cancelled`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed("tick", idempotent: false)
    #expect(try await !desk.run(claim.run).hasStarted)
    #expect(try await desk.one.markStarted(claim))
    #expect(try await desk.run(claim.run).hasStarted)
    let cancelled = try await desk.claimed("tock", idempotent: false)
    _ = try await desk.two.cancel(run: cancelled.run, actor: "asha", reason: nil)
    #expect(try await !desk.one.markStarted(cancelled))
    #expect(try await !desk.run(cancelled.run).hasStarted)
  }
}
