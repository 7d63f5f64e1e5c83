import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A pool` {
  private static let broker = PoolLimit(name: "broker", max: 2)

  private func desk(_ jobs: Job...) async throws -> TestDesk {
    let desk = try await TestDesk()
    _ = try await desk.one.load(jobs, retiringAbsent: false, in: desk.almanac)
    return desk
  }

  private static func job(_ name: String, in pool: PoolLimit? = broker) -> Job {
    TestDesk.job(name, every: nil) { $0.pool = pool }
  }

  @Test func `has so many active runs and no more, oldest first`() async throws {
    let (sync, prices, other) = (Self.job("sync"), Self.job("prices"), Self.job("other", in: nil))
    let desk = try await desk(sync, prices, other)
    var ids: [Int64] = []
    for number in 0..<4 {
      let job = number.isMultiple(of: 2) ? sync : prices
      ids.append(
        try await desk.ready(job, at: noon - .seconds(10 - number), lock: "lock-\(number)"))
    }
    let free = try await desk.ready(other, at: noon)
    let all = ["sync", "prices", "other"]
    let claims = try await desk.one.claim(upTo: 10, of: .only(all))
    #expect(claims.map(\.run) == [ids[0], ids[1], free], "who is in no pool passes it by")
    #expect(try await desk.two.claim(upTo: 10, of: .only(all)).isEmpty)
    try await desk.settle(claims[1], .failed("x"))
    #expect(try await desk.two.claim(upTo: 10, of: .only(all)).map(\.run) == [ids[2]])
    try await desk.endLeases()
    _ = try await desk.two.rescue(chance: 0)
    #expect(
      try await desk.count(
        "select count(*) from jobs.run where pool = 'broker' and state = 'running'") == 0,
      "a rescue frees places")
  }

  @Test func `gives its places to the schedule's runs before a backfill's, however old`()
    async throws
  {
    let (sync, prices) = (Self.job("sync"), Self.job("prices"))
    let desk = try await desk(sync, prices)
    for number in 0..<2 {
      try await desk.ready(sync, at: noon - .seconds(99), lock: "old-\(number)")
    }
    try await desk.pool.query("update jobs.run set yields = true")
    let due = try await desk.ready(prices, at: noon)
    let claims = try await desk.one.claim(upTo: 1, of: ["sync", "prices"])
    #expect(claims.map(\.run) == [due])
  }

  @Test func `never overflows, however many claim at once`() async throws {
    let desk = try await desk(Self.job("sync"))
    let job = Self.job("sync")
    for number in 1...30 { try await desk.ready(job, lock: "lock-\(number)") }
    let most = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 1...6 {
        let store = JobStore(pool: desk.pool, holder: "desk-\(number)")
        group.addTask {
          var most = 0
          while try await desk.states("sync").contains(where: { $0 != "succeeded" }) {
            for claim in try await store.claim(upTo: 5, of: ["sync"]) {
              most = max(
                most,
                try await desk.count(
                  "select count(*) from jobs.run where state in ('running', 'cancelling')"))
              try await desk.settle(claim, .succeeded(RunResult(kind: "x")), by: store)
            }
          }
          return most
        }
      }
      return try await group.reduce(0) { max($0, $1) }
    }
    #expect((1...2).contains(most), "\(most) runs were active at once")
  }

  @Test func `that is full is said to who starts a run by hand`() async throws {
    let (sync, prices) = (
      Self.job("sync", in: .init(name: "broker", max: 1)),
      Self.job("prices", in: .init(name: "broker", max: 1))
    )
    let desk = try await desk(sync, prices)
    try await desk.ready(sync)
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    let revision = try #require(try await desk.one.definition(of: "prices")).revision
    let request = RunRequest(
      job: prices, revision: revision, businessDate: thursday, actor: "asha")
    guard case .busy(let holder) = try await desk.two.start(request) else {
      Issue.record("two runs in a pool of one")
      return
    }
    #expect(holder.what == "pool 'broker' (max 1)" && holder.run == claim.run)
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    guard case .claimed = try await desk.two.start(request) else {
      Issue.record("a pool with a free place refused")
      return
    }
  }
}
