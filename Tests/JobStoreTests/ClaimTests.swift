@testable import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Claiming a run` {
  @Test func `many claimers get each run once`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    for number in 1...60 { try await desk.ready(job, lock: "lock-\(number)") }
    let claims = try await withThrowingTaskGroup(of: [Claim].self) { group in
      for number in 1...8 {
        let store = JobStore(pool: desk.pool, holder: "desk-\(number)")
        group.addTask {
          var mine: [Claim] = []
          while true {
            let some = try await store.claim(upTo: 7, of: ["sync"])
            mine += some
            // Nothing may also mean that others had the rows in hand.
            if some.isEmpty, try await desk.states("sync").allSatisfy({ $0 != "ready" }) { break }
          }
          return mine
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claims.count == 60)
    #expect(Set(claims.map(\.run)).count == 60)
    #expect(Set(claims.map(\.fence)) == [1])
    #expect(try await desk.count("select count(*) from jobs.attempt where outcome is null") == 60)
  }

  @Test func `a batch has one run for each lock, the oldest`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    let late = try await desk.ready(job, at: noon - .seconds(1), lock: "a")
    let early = try await desk.ready(job, at: noon - .seconds(2), lock: "a")
    let first = try await desk.ready(job, at: noon - .seconds(3), lock: "b")
    let claims = try await desk.one.claim(upTo: 10, of: ["sync"])
    #expect(claims.map(\.run) == [first, early], "oldest first, one each")
    #expect(try await desk.two.claim(upTo: 10, of: ["sync"]).isEmpty)
    try await desk.settle(try #require(claims.last), .succeeded(RunResult(kind: "x")))
    let next = try await desk.two.claim(upTo: 10, of: ["sync"])
    #expect(next.map(\.run) == [late])
    #expect(next.map(\.fence) == [2], "the fence of lock a goes on")
  }

  @Test func `equal times go by id, and the limit holds`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    var ids: [Int64] = []
    for number in 1...5 { ids.append(try await desk.ready(job, lock: "lock-\(number)")) }
    #expect(try await desk.one.claim(upTo: 3, of: ["sync"]).map(\.run) == Array(ids.prefix(3)))
    #expect(try await desk.one.claim(upTo: 3, of: ["sync"]).map(\.run) == Array(ids.suffix(2)))
  }

  @Test func `nobody overtakes inside a lock, whatever he asks for`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    let other = TestDesk.job("other", every: nil)
    try await desk.load(job, other)
    let head = try await desk.ready(job, at: noon - .seconds(2), lock: "shared")
    let behind = try await desk.ready(other, at: noon - .seconds(1), lock: "shared")
    #expect(try await desk.one.claim(upTo: 5, of: ["other"]).isEmpty, "its unit alone is known")
    #expect(try await desk.one.claim(upTo: 5, of: ["sync", "other"], only: [behind]).isEmpty)
    #expect(try await desk.one.claim(upTo: 5, of: ["sync", "other"]).map(\.run) == [head])
  }

  @Test func `only these runs means only these`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    try await desk.ready(job, lock: "a")
    let wanted = try await desk.ready(job, lock: "b")
    #expect(try await desk.one.claim(upTo: 5, of: ["sync"], only: []).isEmpty)
    #expect(try await desk.one.claim(upTo: 5, of: ["sync"], only: [wanted]).map(\.run) == [wanted])
  }

  @Test func `a run whose unit is unknown here is left to others`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    try await desk.ready(job)
    #expect(try await desk.one.claim(upTo: 5, of: ["other"]).isEmpty)
    #expect(try await desk.one.claim(upTo: 5, of: []).isEmpty)
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).count == 1)
  }

  @Test func `a run that expired, or is not yet ready, is not claimed`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    try await desk.ready(job, at: noon - .seconds(9), expires: noon, lock: "a")
    try await desk.ready(job, at: noon + .microseconds(1), lock: "b")
    let good = try await desk.ready(
      job, at: noon - .seconds(1), expires: noon + .microseconds(1), lock: "a")
    #expect(try await desk.one.claim(upTo: 5, of: ["sync"]).map(\.run) == [good])
    #expect(try await desk.one.nextReadyAt(of: ["sync"]) == noon + .microseconds(1))
    #expect(try await desk.one.nextReadyAt(of: ["other"]) == nil)
  }

  @Test func `a lock that a decider refers to is claimed all the same`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    try await desk.ready(job, lock: "a")
    let claims = try await desk.pool.transaction { tx in
      // What inserting a run does to its lock's row.
      try await tx.query("select from jobs.lock where name = 'a' for key share")
      return try await desk.two.claim(upTo: 5, of: ["sync"])
    }
    #expect(claims.count == 1)
  }

  @Test func `the claim tells all, and lateness is taken on the job's clock`() async throws {
    let desk = try await TestDesk()
    try await desk.load(
      TestDesk.job("sync") {
        $0.expiresAfter = .seconds(30)
        $0.lock = LockTemplate(text: "desk")
      })
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    try await desk.setClock(noon + .milliseconds(1500))
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    let definition = try #require(try await desk.one.definition(of: "sync"))
    #expect(
      claim
        == Claim(
          run: claim.run, job: "sync", revision: definition.revision, item: nil, dueAt: noon,
          businessDate: thursday, trigger: .schedule, attempt: 1, lock: "desk", fence: 1,
          parameters: [:], isIdempotent: true, expiresAt: noon + .seconds(30), readyAt: noon,
          lateness: .milliseconds(1500)))
  }

  @Test func `a run that waited for days is claimed and says how late it is`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    try await desk.setClock(noon + .seconds(40 * 86_400 + 1))
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(claim.lateness == .seconds(40 * 86_400 + 1))
  }

  @Test func `a claim without an answer is found by identity, never by name`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    let unsafe = TestDesk.job("tick", every: nil, idempotent: false)
    try await desk.load(job, unsafe)
    try await desk.ready(job, at: noon - .seconds(2), lock: "a")
    try await desk.ready(unsafe, at: noon - .seconds(1), lock: "b")
    try await desk.ready(unsafe, lock: "c")
    let lost = try await desk.one.claim(upTo: 5, of: ["sync", "tick"])
    #expect(lost.count == 3)
    #expect(try await desk.two.unknownClaims(besides: []).isEmpty, "another process holds none")
    #expect(try await desk.one.unknownClaims(besides: []) == lost)
    #expect(try await desk.one.unknownClaims(besides: [lost[0].run]) == Array(lost[1...]))
    #expect(try await desk.one.markStarted(lost[2]))
    #expect(
      try await desk.one.unknownClaims(besides: []) == Array(lost[..<2]),
      "what may have begun and is not safe to repeat is not taken up")
    try await desk.endLeases()
    #expect(try await desk.one.unknownClaims(besides: []).isEmpty)
  }
}
