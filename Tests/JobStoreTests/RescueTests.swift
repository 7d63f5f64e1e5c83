import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Rescuing an abandoned run` {
  private static let retried = RetryPolicy(attempts: 3, backoff: .zero ... .zero)

  private func rescued(_ desk: TestDesk) async throws -> [Int64] {
    try await desk.endLeases()
    return try await desk.two.rescue(chance: 0).map(\.run)
  }

  @Test func `waits for its lease's end, and nobody steals its lock before`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    let job = TestDesk.job("sync", every: nil)
    let next = try await desk.ready(job)
    #expect(try await desk.two.rescue(chance: 0).isEmpty)
    try await desk.endLeases()
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).isEmpty, "not at a claim either")
    #expect(try await desk.two.rescue(chance: 0).map(\.run) == [claim.run])
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).map(\.run) == [next])
  }

  @Test func `makes one that is safe to repeat ready again, its attempt charged`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed { $0.retry = Self.retried }
    #expect(try await rescued(desk) == [claim.run])
    let run = try await desk.run(claim.run)
    #expect(run.state == "ready" && run.attempt == 1 && !run.isLeased && !run.hasStarted)
    #expect(try await desk.fence(of: "sync") == claim.fence + 1)
    #expect(
      try await desk.texts(
        "select outcome || ': ' || split_part(error, ';', 1) from jobs.attempt")
        == ["abandoned: the runner desk-1 stopped renewing its lease"])
  }

  @Test func `ends one that is not safe to repeat as unknown, if it had begun`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed(idempotent: false) { $0.retry = Self.retried }
    #expect(try await desk.one.markStarted(claim))
    #expect(try await rescued(desk) == [claim.run])
    #expect(try await desk.run(claim.run).state == "unknown")
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).isEmpty, "it waits for a person")
  }

  /// After a step back to an older muhurat, which does not know every word of the newer one.
  @Test func `is kept from nobody by a definition that does not read`() async throws {
    let desk = try await TestDesk()
    let odd = try await desk.claimed { $0.retry = Self.retried }
    try await desk.pool.execute(
      script: """
        alter table jobs.job_revision disable trigger user;
        update jobs.job_revision set definition = '{"from": "tomorrow"}';
        alter table jobs.job_revision enable trigger user;
        """)
    #expect(try await rescued(desk) == [odd.run])
    #expect(try await desk.run(odd.run).state == "failed", "one attempt, as nothing else is known")
  }

  @Test func `gives one back uncharged that had not begun, safe or not`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed(idempotent: false)
    #expect(try await rescued(desk) == [claim.run])
    let run = try await desk.run(claim.run)
    #expect(run.state == "ready" && run.attempt == 0)
  }

  @Test(arguments: [true, false])
  func `never makes a cancelled one ready`(_ isIdempotent: Bool) async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed(idempotent: isIdempotent) { $0.retry = Self.retried }
    #expect(try await desk.two.cancel(run: claim.run, actor: "asha", reason: nil) == .asked)
    #expect(try await rescued(desk) == [claim.run])
    #expect(try await desk.run(claim.run).state == "cancelled")
    #expect(try await desk.two.claim(upTo: 5, of: ["sync"]).isEmpty)
  }

  @Test func `may come at once from several, and happens once`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil) { $0.retry = Self.retried }
    try await desk.load(job)
    for number in 1...40 { try await desk.ready(job, lock: "lock-\(number)") }
    let claims = try await desk.one.claim(upTo: 100, of: ["sync"])
    try await desk.endLeases()
    let runs = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for number in 1...6 {
        let store = JobStore(pool: desk.pool, holder: "desk-\(number)")
        group.addTask { try await store.rescue(limit: 10, chance: 0).map(\.run) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let rest = try await desk.two.rescue(chance: 0).map(\.run)
    #expect((runs + rest).sorted() == claims.map(\.run).sorted())
    #expect(
      try await desk.count("select count(*) from jobs.lock where fence <> 2") == 0,
      "each fence raised once more")
  }

  @Test func `that came too late changes nothing: a finish after the lease's end counts`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.endLeases()
    #expect(try await desk.settle(claim, .succeeded(RunResult(kind: "x"))))
    #expect(try await desk.two.rescue(chance: 0).isEmpty)
    #expect(try await desk.run(claim.run).state == "succeeded")
  }

  @Test func `and finishing at once end in one of the two`() async throws {
    let desk = try await TestDesk()
    for number in 1...20 {
      let claim = try await desk.claimed("job-\(number)", idempotent: false)
      #expect(try await desk.one.markStarted(claim))
      try await desk.endLeases()
      async let isSettled = desk.settle(claim, .succeeded(RunResult(kind: "x")))
      async let rescued = desk.two.rescue(chance: 0)
      let (finished, taken) = (try await isSettled, try await rescued)
      #expect(finished == taken.isEmpty, "both, or neither, had run \(claim.run)")
      #expect(try await desk.run(claim.run).state == (finished ? "succeeded" : "unknown"))
      #expect(try await desk.one.wasSettled(claim) == finished)
    }
  }

  @Test func `leaves fences growing though runs are deleted`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    try await desk.pool.query("delete from jobs.run")
    let next = try await desk.claimed()
    #expect(next.fence == claim.fence + 1)
  }

  @Test func `in a rehearsal of months goes by elapsed time, daylight saving or not`()
    async throws
  {
    let desk = try await TestDesk()
    try await desk.pool.query(
      "update jobs.clock set speed = 1, started_at = clock_timestamp() - interval '2880 hours'")
    let seconds = try await desk.pool.transaction { tx in
      try await tx.query("set local timezone to 'Europe/London'")
      return try await tx.query(
        "select extract(epoch from jobs.job_time())::bigint - $1 as seconds",
        noon.secondsSinceEpoch
      ).one.decode("seconds", as: Int64.self)
    }
    #expect((0..<60).contains(seconds - 120 * 86_400))
  }

  @Test func `is asked for by one cheap question`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.ready(
      TestDesk.job("sync", every: nil), at: noon, expires: noon + .seconds(5), lock: "other")
    var needs = try await desk.one.sweepNeeds()
    #expect(!needs.hasAbandoned && !needs.hasExpired && needs.clocks.isShifted)
    try await desk.endLeases()
    try await desk.setClock(noon + .seconds(5))
    needs = try await desk.one.sweepNeeds()
    #expect(needs.hasAbandoned && needs.hasExpired && needs.clocks.job == noon + .seconds(5))
    #expect(try await desk.one.rescue(chance: 0).map(\.run) == [claim.run])
  }
}

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A run that may not start any more` {
  @Test func `expires, and says since when`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    let run = try await desk.ready(job, expires: noon + .seconds(5))
    #expect(try await desk.one.expire().isEmpty)
    try await desk.setClock(noon + .seconds(5))
    #expect(try await desk.one.expire() == [run])
    #expect(try await desk.run(run).state == "expired")
    #expect(
      try await desk.run(run).reason == "could not start before it expired at 2026-07-09T12:00:05Z")
  }

  @Test func `is gated if a condition was what it waited for`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    let run = try await desk.ready(job, expires: noon + .seconds(5))
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    try await desk.one.handBack(claim, until: noon + .seconds(1), waitingFor: "asha not signed in")
    try await desk.setClock(noon + .seconds(6))
    #expect(try await desk.one.expire() == [run])
    #expect(try await desk.run(run).state == "gated")
    #expect(try await desk.run(run).reason == "waited until it expired: asha not signed in")
  }

  @Test func `makes way for the next of its lock at once`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    try await desk.ready(job, at: noon - .seconds(9), expires: noon - .seconds(1))
    let next = try await desk.ready(job)
    #expect(try await desk.one.claim(upTo: 5, of: ["sync"]).map(\.run) == [next])
  }

  @Test func `is left to the next sweep while somebody has it in hand`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    let run = try await desk.ready(job, expires: noon)
    try await desk.pool.transaction { tx in
      try await tx.query("select from jobs.run where id = $1 for update", run)
      #expect(try await desk.one.expire().isEmpty)
    }
    #expect(try await desk.one.expire() == [run])
  }
}
