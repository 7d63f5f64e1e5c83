import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `The operators' record` {
  private static let zeros = String(repeating: "0", count: 64)

  /// Pauses and resumes, so many rows in all.
  private func rows(_ count: Int, _ desk: TestDesk) async throws {
    try await desk.load(TestDesk.job("sync"))
    for number in 0..<count {
      if number.isMultiple(of: 2) {
        _ = try await desk.one.pause(
          "sync", until: noon + .seconds(60), actor: "asha", reason: "test \(number)")
      } else {
        _ = try await desk.resume("sync")
      }
    }
  }

  /// What only an owner of the tables can do, and what the chain is for.
  private func tamper(_ desk: TestDesk, _ sql: String) async throws {
    try await desk.pool.execute(
      script: """
        alter table jobs.audit disable trigger user; alter table jobs.audit_head disable trigger user;
        \(sql);
        alter table jobs.audit enable trigger user; alter table jobs.audit_head enable trigger user
        """)
  }

  private func hash(_ row: Int, _ desk: TestDesk) async throws -> String {
    try await desk.pool.query("select hash from jobs.audit where id = $1", Int64(row)).one["hash"]
  }

  @Test func `is whole where nobody touched it`() async throws {
    let desk = try await TestDesk()
    let empty = try await desk.one.checkRecord()
    #expect("\(empty)" == "the operators' record is whole: it has no rows yet")
    #expect(empty.head == Self.zeros)
    try await rows(4, desk)
    let check = try await desk.one.checkRecord()
    #expect("\(check)" == "the operators' record is whole: 4 rows, each as it was written")
    #expect(check.head == (try await hash(4, desk)))
    #expect(
      try await desk.texts("select id || ' ' || action from jobs.audit order by id")
        == ["1 pause", "2 resume", "3 pause", "4 resume"])
  }

  @Test func `hashes exactly the bytes that are documented`() async throws {
    let desk = try await TestDesk()
    try await desk.pool.query(
      """
      insert into jobs.audit (actor, action, job, reason, before)
      values ('asha', 'pause', 'sync', 'the "broker" is slow', '{"b": 1, "a": [null, "é"]}')
      """)
    let at = try await desk.texts(
      """
      select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from jobs.audit
      """)[0]
    let bytes =
      #"["\#(Self.zeros)", 1, "\#(at)", "asha", "pause", "sync", null, "the \"broker\" is slow", "#
      + #"{"a": [null, "é"], "b": 1}, null]"#
    #expect(
      try await desk.texts("select encode(sha256(convert_to($1, 'UTF8')), 'hex')", bytes)
        == [try await hash(1, desk)])
  }

  @Test func `does not depend on how the session writes times`() async throws {
    let desk = try await TestDesk()
    try await rows(2, desk)
    let fit = try await desk.pool.transaction { tx in
      try await tx.query(
        "select set_config('timezone', 'Asia/Kolkata', true), set_config('datestyle', 'SQL, DMY', true)"
      )
      return try await tx.query(
        "select bool_and(jobs.audit_hash(a) = a.hash) as fit from jobs.audit a"
      )
      .one.decode("fit", as: Bool.self)
    }
    #expect(fit)
  }

  @Test func `cannot fork, however many write at once`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync", every: nil)
    try await desk.load(job)
    var runs: [Int64] = []
    for _ in 1...40 { runs.append(try await desk.ready(job)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in 0..<8 {
        let mine = runs[(part * 5)..<(part * 5 + 5)]
        group.addTask {
          for run in mine { _ = try await desk.two.cancel(run: run, actor: "asha", reason: nil) }
        }
      }
      try await group.waitForAll()
    }
    let check = try await desk.one.checkRecord()
    #expect(check.isWhole && check.rows == 40, "\(check)")
    #expect(
      try await desk.count("select count(distinct previous) from jobs.audit") == 40,
      "two rows after one would be a fork")
    #expect(
      try await desk.count(
        """
        select count(*) from (select at < lag(at) over (order by id) as earlier from jobs.audit) t
         where earlier
        """) == 0, "times go the way of the numbers")
  }

  @Test func `loses nothing and gains nothing by a transaction that is taken back`() async throws {
    let desk = try await TestDesk()
    try await rows(1, desk)
    struct TakenBack: Error {}
    await #expect(throws: TakenBack.self) {
      try await desk.pool.transaction { tx in
        try await desk.one.note(actor: "asha", action: "never", on: tx)
        throw TakenBack()
      }
    }
    try await desk.pool.transaction { tx in
      try await desk.one.note(actor: "asha", action: "after", on: tx)
    }
    let check = try await desk.one.checkRecord()
    #expect(check.isWhole && check.rows == 2 && check.lastRow == 2, "\(check)")
  }

  @Test func `shows a changed row`() async throws {
    let desk = try await TestDesk()
    try await rows(4, desk)
    let says = try await hash(2, desk)
    try await tamper(desk, "update jobs.audit set actor = 'nobody' where id = 2")
    let check = try await desk.one.checkRecord()
    let computed = try await desk.texts(
      "select jobs.audit_hash(a) from jobs.audit a where id = 2")[0]
    #expect(check.fault == .changed(row: 2, says: says, expected: computed))
    #expect(
      "\(check)"
        == "the operators' record breaks at row 2: it was changed, its content has the hash "
        + "\(computed), the row says \(says)")
  }

  @Test func `shows a row that was changed with its hash`() async throws {
    let desk = try await TestDesk()
    try await rows(4, desk)
    let was = try await hash(2, desk)
    try await tamper(
      desk,
      """
      update jobs.audit set actor = 'nobody' where id = 2;
      update jobs.audit a set hash = jobs.audit_hash(a) where id = 2
      """)
    let now = try await hash(2, desk)
    let check = try await desk.one.checkRecord()
    #expect(check.fault == .unlinked(row: 3, after: 2, says: was, expected: now))
    #expect(
      "\(check)"
        == "the operators' record breaks at row 3: it was written after a row with the hash "
        + "\(was), row 2 before it has \(now); a row was removed, slipped in or written anew")
  }

  @Test func `shows a removed row`() async throws {
    let desk = try await TestDesk()
    try await rows(4, desk)
    let (one, two) = (try await hash(1, desk), try await hash(2, desk))
    try await tamper(desk, "delete from jobs.audit where id = 2")
    #expect(
      try await desk.one.checkRecord().fault
        == .unlinked(row: 3, after: 1, says: two, expected: one))
    try await tamper(desk, "delete from jobs.audit where id = 1")
    #expect(
      try await desk.one.checkRecord().fault
        == .unlinked(row: 3, after: nil, says: two, expected: Self.zeros))
  }

  @Test func `shows that its end was cut off`() async throws {
    let desk = try await TestDesk()
    try await rows(4, desk)
    let (two, four) = (try await hash(2, desk), try await hash(4, desk))
    try await tamper(desk, "delete from jobs.audit where id > 2")
    let check = try await desk.one.checkRecord()
    #expect(
      check.fault == .cutOff(last: 2, has: two, expectedRow: 4, expected: four))
    #expect(
      "\(check)"
        == "the operators' record breaks after row 2, whose hash is \(two): row 4 with the "
        + "hash \(four) was its end; rows were cut off or the end was written anew")
    try await tamper(desk, "delete from jobs.audit_head")
    #expect(try await desk.one.checkRecord().fault == .headLost)
  }

  @Test func `shows to who kept its head that all was written anew`() async throws {
    let desk = try await TestDesk()
    try await rows(4, desk)
    let (two, four) = (try await hash(2, desk), try await hash(4, desk))
    #expect(
      "\(try await desk.one.checkRecord(expecting: four))"
        == "the operators' record is whole: 4 rows, each as it was written; its head is the hash that "
        + "was kept")
    #expect(
      "\(try await desk.one.checkRecord(expecting: two.uppercased()))"
        == "the operators' record is whole: 4 rows, each as it was written; the hash that was kept is "
        + "row 2's, 2 came since")
    try await tamper(
      desk,
      """
      delete from jobs.audit where id > 2;
      update jobs.audit_head set id = 2, rows = 2, hash = '\(two)'
      """)
    #expect(try await desk.one.checkRecord().isWhole, "from inside alone it cannot be told")
    #expect(try await desk.one.checkRecord(expecting: four).fault == .notFound(four))
  }

  @Test(arguments: [
    ("update jobs.audit_head set id = 1", "jobs.audit_head follows jobs.audit alone"),
    ("delete from jobs.audit_head", "jobs.audit_head follows jobs.audit alone"),
    ("truncate jobs.audit_head", "jobs.audit_head follows jobs.audit alone"),
  ])
  func `has a head that nobody moves by hand`(_ sql: String, _ message: String) async throws {
    let desk = try await TestDesk()
    try await rows(1, desk)
    let refusal = await #expect(throws: PostgresError.self) {
      try await desk.pool.execute(script: sql)
    }
    #expect(refusal?.server?.message == message)
  }

  @Test func `tells of each act who, why, before and after`() async throws {
    let desk = try await TestDesk()
    let job = TestDesk.job("sync")
    try await desk.load(job)
    let revision = try #require(try await desk.one.definition(of: "sync")).revision
    _ = try await desk.one.pause(
      "sync", until: noon + .seconds(60), actor: "asha", reason: "slow broker")
    _ = try await desk.one.pause(
      "sync", until: noon + .seconds(90), actor: "ravi", reason: "slower broker")
    _ = try await desk.resume("sync", actor: "asha", reason: "it is well")
    var request = RunRequest(
      job: job, revision: revision, businessDate: thursday, parameters: ["depth": .integer(2)],
      actor: "asha", reason: "fills came late")
    request.passes = ["nse-cash is closed"]
    let run = try await desk.one.enqueue(request)
    _ = try await desk.one.cancel(run: run, actor: "ravi", reason: "wrong day")
    #expect(
      try await desk.texts(
        """
        select concat_ws('|', actor, action, reason, before - 'since' - 'until',
                         after - 'since' - 'until')
          from jobs.audit order by id
        """) == [
          "asha|pause|slow broker|{}",
          #"ravi|pause|slower broker|{"by": "asha", "reason": "slow broker"}|{}"#,
          #"asha|resume|it is well|{"by": "ravi", "reason": "slower broker"}|"#
            + #"{"slots": 0, "paused": "skip"}"#,
          #"asha|enqueue|fills came late|{"state": "ready", "passes": ["nse-cash is closed"], "#
            + #""trigger": "manual", "revision": "\#(revision)", "parameters": {"depth": 2}, "#
            + #""business_date": "2026-07-09"}"#,
          #"ravi|cancel|wrong day|{"state": "ready"}|{"state": "cancelled"}"#,
        ])
  }
}
