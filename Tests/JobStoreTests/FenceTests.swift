import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A holder that was superseded` {
  /// `old` was claimed by one, whose lease ended; two rescued the run and claimed it again.
  private func desk(idempotent: Bool = true) async throws -> (TestDesk, old: Claim, new: Claim) {
    let desk = try await TestDesk()
    let old = try await desk.claimed(idempotent: idempotent) {
      $0.retry = RetryPolicy(attempts: 9, backoff: .zero ... .zero)
    }
    try await desk.endLeases()
    #expect(try await desk.two.rescue(chance: 0).map(\.run) == [old.run])
    let new = try #require(try await desk.two.claim(upTo: 1, of: ["sync"]).first)
    #expect(new.run == old.run)
    #expect(new.fence == old.fence + 2, "raised at the rescue and at the claim")
    return (desk, old, new)
  }

  private func write(_ desk: TestDesk, _ claim: Claim) async throws {
    _ = try await desk.one.fenced(claim, remaining: .seconds(5)) { tx in
      try await tx.query("insert into written (fence) values ($1)", claim.fence)
    }
  }

  @Test func `cannot write, and the new holder can`() async throws {
    let (desk, old, new) = try await desk()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    await #expect(throws: ClaimLost.self) { try await write(desk, old) }
    try await write(desk, new)
    #expect(try await desk.count("select count(*) from written") == 1)
  }

  @Test func `cannot write statements that end their transaction either`() async throws {
    let (desk, old, new) = try await desk()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    func insert(_ claim: Claim) async throws -> Int {
      try await desk.one.fenced(claim, remaining: .seconds(5)) { tx in
        try await tx.end(with: [Statement("insert into written (fence) values ($1)", claim.fence)])
      }[0].affected
    }
    await #expect(throws: ClaimLost.self) { try await insert(old) }
    #expect(try await insert(new) == 1)
    #expect(try await desk.count("select count(*) from written") == 1)
  }

  @Test func `is not asked what travels with its guard`() async throws {
    let (desk, old, new) = try await desk()
    // Unlike rows, numbers of a sequence are not given back.
    try await desk.pool.execute(script: "create sequence asked")
    let question = Statement("select nextval('asked')")
    func ask(_ claim: Claim) async throws {
      try await desk.one.fenced(claim, remaining: .seconds(5), asking: [question]) { _, _ in }
    }
    func write(_ claim: Claim) async throws {
      _ = try await desk.one.fenced(claim, remaining: .seconds(5), [question])
    }
    await #expect(throws: ClaimLost.self) { try await ask(old) }
    await #expect(throws: ClaimLost.self) { try await write(old) }
    #expect(try await desk.count("select count(*) from asked where is_called") == 0)
    try await ask(new)
    try await write(new)
    #expect(try await desk.count("select last_value as count from asked") == 2)
  }

  @Test func `is told by the server in a transaction of its program's own, too`() async throws {
    let (desk, old, new) = try await desk()
    func guarded(_ claim: Claim) async throws {
      try await desk.pool.query(
        "select jobs.guard($1, $2, $3)", claim.lock, claim.fence, claim.run)
    }
    let error = await #expect(throws: PostgresError.self) { try await guarded(old) }
    #expect(error?.sqlState == "MU001")
    try await guarded(new)
  }

  @Test func `cannot write right after the rescue, before anybody has claimed again`()
    async throws
  {
    let desk = try await TestDesk()
    let old = try await desk.claimed()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    try await desk.endLeases()
    _ = try await desk.two.rescue(chance: 0)
    await #expect(throws: ClaimLost.self) { try await write(desk, old) }
  }

  @Test func `cannot write after its attempt was settled either`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    await #expect(throws: ClaimLost.self) { try await write(desk, claim) }
  }

  @Test func `cannot write when its run was handed back or ended unstarted`() async throws {
    let desk = try await TestDesk()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    let back = try await desk.claimed("sync")
    try await desk.one.handBack(back, until: noon, waitingFor: "x")
    await #expect(throws: ClaimLost.self) { try await write(desk, back) }
    let ended = try await desk.claimed("other")
    try await desk.one.endUnstarted(ended, as: .expired, because: "too late")
    await #expect(throws: ClaimLost.self) { try await write(desk, ended) }
  }

  @Test func `changes nothing by renewing, starting, settling, handing back or ending`()
    async throws
  {
    let (desk, old, new) = try await desk(idempotent: false)
    let before = try await desk.run(new.run)
    let lease = try await leaseEnd(desk, new.run)
    #expect(try await desk.one.renew([old]).isEmpty)
    #expect(try await !desk.one.markStarted(old))
    #expect(try await !desk.settle(old, .succeeded(RunResult(kind: "x"))))
    #expect(try await !desk.one.wasSettled(old))
    #expect(try await !desk.one.handBack(old, until: noon, waitingFor: "x"))
    #expect(try await !desk.one.endUnstarted(old, as: .expired, because: "x"))
    #expect(try await desk.run(new.run) == before)
    #expect(try await leaseEnd(desk, new.run) == lease, "the lease is the new holder's")
    #expect(try await desk.fence(of: "sync") == new.fence)
    #expect(try await desk.settle(new, .succeeded(RunResult(kind: "x")), by: desk.two))
    #expect(
      try await desk.texts("select outcome from jobs.attempt order by fence")
        == ["abandoned", "succeeded"])
  }

  @Test func `is not helped by an attempt number that somebody set back`() async throws {
    let (desk, old, new) = try await desk()
    try await desk.pool.query("update jobs.run set attempt = 1")
    #expect(try await !desk.settle(old, .succeeded(RunResult(kind: "x"))))
    #expect(try await desk.one.renew([old]).isEmpty)
    #expect(try await desk.settle(new, .failed("really"), by: desk.two))
    #expect(try await desk.run(new.run).state == "failed")
  }

  private func leaseEnd(_ desk: TestDesk, _ run: Int64) async throws -> Instant {
    let at: Timestamp = try await desk.pool.query(
      "select lease_ends_at from jobs.run where id = $1", run
    ).one["lease_ends_at"]
    return Instant(microseconds: at.microsecondsSinceEpoch)
  }
}

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `The guarded transaction` {
  @Test func `holds the lock's row, so that no rescue comes between check and commit`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    try await desk.one.fenced(claim, remaining: .seconds(30)) { tx in
      try await tx.query("insert into written (fence) values ($1)", claim.fence)
      try await desk.endLeases()
      #expect(try await desk.two.rescue(chance: 0).isEmpty, "a guarded lock is passed by")
      #expect(try await desk.run(claim.run).state == "running")
    }
    #expect(try await desk.count("select count(*) from written") == 1, "it committed first")
    #expect(try await desk.two.rescue(chance: 0).count == 1)
    await #expect(throws: ClaimLost.self) {
      _ = try await desk.one.fenced(claim, remaining: .seconds(5)) { tx in
        try await tx.query("select 1")
      }
    }
  }

  @Test func `does not stand in the way of renewal, cancel or a new run of its lock`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.one.fenced(claim, remaining: .seconds(30)) { tx in
      try await tx.query("select 1")
      #expect(try await desk.two.renew([claim]) == [claim.run: .kept])
      try await desk.ready(TestDesk.job("sync", every: nil))
      #expect(
        try await desk.two.cancel(run: claim.run, actor: "asha", reason: nil) == .asked)
    }
  }

  @Test func `of a holder that froze inside is ended by the server, and the run is rescued`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    let isInside = Signal("the holder is inside", of: Void.self)
    let thaws = Signal("the holder thaws", of: Void.self)
    try await desk.pool.execute(script: "create table written (fence bigint)")
    let frozen = Task {
      try await desk.one.fenced(claim, remaining: .seconds(60)) { tx in
        try await tx.query("insert into written (fence) values ($1)", claim.fence)
        isInside.fire()
        try await thaws.wait(within: .seconds(60))
      }
    }
    try await isInside.wait()
    try await desk.endLeases()
    #expect(try await desk.two.rescue(chance: 0).isEmpty)
    try await eventually("the server ends the frozen holder") {
      try await desk.two.rescue(chance: 0).map(\.run) == [claim.run]
    }
    thaws.fire()
    await #expect(throws: (any Error).self) { try await frozen.value }
    #expect(try await desk.count("select count(*) from written") == 0)
  }

  @Test func `lets no statement outlive the attempt`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    let limit = try await desk.one.fenced(claim, remaining: .milliseconds(1500)) { tx in
      try await tx.query("select current_setting('statement_timeout') as it").one.decode(
        "it", as: String.self)
    }
    #expect(limit == "1500ms")
    await #expect(throws: PostgresError.self) {
      _ = try await desk.one.fenced(claim, remaining: .milliseconds(50)) { tx in
        try await tx.query("select pg_sleep(30)")
      }
    }
    #expect(
      try await desk.texts("select current_setting('statement_timeout')") == ["0"],
      "the limit ends with its transaction")
  }

  @Test func `whose holder hung up is ended by the server`() async throws {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    var settings = try TestDatabase.current.settings()
    settings.prepared = .unnamed
    let hasty = JobStore(pool: Pool(settings, size: 1), holder: "desk-1")
    await #expect(throws: PostgresError.self) {
      try await hasty.fenced(claim, remaining: .seconds(60)) { tx in
        try await tx.query("select pg_sleep(600)", deadline: .after(.milliseconds(100)))
      }
    }
    try await eventually("the server ends the statement that nobody waits for") {
      try await desk.count(
        """
        select count(*) from pg_stat_activity
        where datname = current_database() and query = 'select pg_sleep(600)'
        """
      ) == 0
    }
  }

  @Test func `of a dry run is taken back, and answers all the same`() async throws {
    let desk = try await TestDesk()
    var claim = try await desk.claimed()
    claim.isDryRun = true
    try await desk.pool.execute(script: "create table written (fence bigint)")
    let attempt = Attempt(
      claim: claim, job: TestDesk.job("sync"), store: desk.one, deadline: .after(.seconds(30)),
      transcript: Transcript(limit: 1000))
    let count: Int64 = try await attempt.write { tx in
      try await tx.query("insert into written (fence) values (1), (2)")
      return try await tx.query("select count(*) as n from written").one["n"]
    }
    #expect(count == 2)
    #expect(try await desk.count("select count(*) from written") == 0)
  }

  @Test func `of an attempt whose time is up has a little time left, and needs its claim`()
    async throws
  {
    let desk = try await TestDesk()
    let claim = try await desk.claimed()
    try await desk.pool.execute(script: "create table written (fence bigint)")
    let attempt = Attempt(
      claim: claim, job: TestDesk.job("sync"), store: desk.one, deadline: .after(.zero),
      transcript: Transcript(limit: 1000))
    let insert = Statement("insert into written (fence) values ($1)", claim.fence)
    await #expect(throws: PostgresError.self) { try await attempt.write([insert]) }
    #expect(try await attempt.overtime.write([insert])[0].affected == 1)
    try await desk.endLeases()
    _ = try await desk.two.rescue(chance: 0)
    await #expect(throws: ClaimLost.self) { try await attempt.overtime.write([insert]) }
    #expect(try await desk.count("select count(*) from written") == 1)
  }
}
