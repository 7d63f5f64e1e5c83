import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A backfill` {
  private static let day = Duration.seconds(86_400)

  /// A job that was due every hour since Tuesday's noon and of which nothing was run, on Thursday.
  private func missed(_ change: (inout Job) -> Void = { _ in }) async throws -> TestDesk {
    let desk = try await TestDesk(at: noon - Self.day * 2)
    try await desk.load(
      TestDesk.job("sync", every: .seconds(3_600)) {
        $0.misfire = Misfire(policy: .skip); change(&$0)
      })
    try await desk.setClock(noon + .seconds(60))
    try await desk.decide("sync")
    return desk
  }

  private func request(
    from: Int, to: Int, _ change: (inout BackfillRequest) -> Void = { _ in }
  ) -> BackfillRequest {
    var request = BackfillRequest(
      job: "sync", from: thursday.adding(days: from), to: thursday.adding(days: to), actor: "asha")
    request.reason = "new figure"
    change(&request)
    return request
  }

  private func backfill(
    _ desk: TestDesk, _ request: BackfillRequest, dryRun: Bool = false
  ) async throws -> Backfill {
    try await desk.one.backfill(
      request, isDryRun: dryRun, in: desk.almanac, workshop: desk.workshop)
  }

  private func runs(_ desk: TestDesk) async throws -> [String] {
    try await desk.texts(
      """
      select concat_ws(' ', to_char(due_at at time zone 'UTC', 'DD HH24:MI'), business_date,
                       trigger, state, item)
        from jobs.run order by id
      """)
  }

  @Test func `tells each slot and changes nothing in a dry run`() async throws {
    let desk = try await missed()
    let answer = try await backfill(desk, request(from: -2, to: 0), dryRun: true)
    #expect(answer.runs.count == 48 && answer.runs.allSatisfy { $0.willRun })
    #expect(answer.runs.first?.slot.label == "2026-07-07T13:00:00+00:00")
    #expect(
      answer.runs.first?.reason
        == "it was decided missed: first seen 1d23h1m late; misfire skip")
    #expect(answer.batch == nil)
    let revision = try #require(try await desk.one.definition(of: "sync")).revision
    #expect(Set(answer.runs.map(\.slot.revision)) == [revision])
    #expect(
      answer.notes == [
        "no definition of 'sync' was in force from 2026-07-07T00:00:00+00:00 to "
          + "2026-07-07T12:00:00+00:00; --current backfills that time by today's"
      ])
    #expect(try await desk.count("select count(*) from jobs.run") == 0)
    #expect(try await desk.count("select count(*) from jobs.audit") == 0)
  }

  @Test func `gives missed slots their runs, oldest first, on record`() async throws {
    let desk = try await missed()
    let answer = try await backfill(desk, request(from: 0, to: 0))
    #expect(answer.batch?.runs == 13)
    let runs = try await runs(desk)
    #expect(runs.first == "09 00:00 2026-07-09 backfill ready")
    #expect(runs.last == "09 12:00 2026-07-09 backfill ready")
    #expect(
      try await desk.texts(
        "select concat_ws('|', actor, action, job, reason, after - 'first_run') from jobs.audit")
        == [
          #"asha|backfill|sync|new figure|{"by": "slots", "to": "2026-07-09", "from": "2026-07-09", "#
            + #""runs": 13, "batch": 1, "current": false}"#
        ])
    #expect(try await desk.slots("sync").count == 1, "decisions stand")
    let again = try await backfill(desk, request(from: 0, to: 0))
    #expect(again.batch == nil, "a slot has one run")
    #expect(again.runs.first?.reason == "it has run 1, ready")
  }

  @Test func `leaves to the scheduler what it has not decided`() async throws {
    let desk = try await missed()
    try await desk.setClock(noon + .seconds(7_260))
    let answer = try await backfill(desk, request(from: 0, to: 0), dryRun: true)
    #expect(
      answer.runs.suffix(2).map(\.reason)
        == Array(repeating: "it is not decided yet; the scheduler decides it", count: 2))
    let ahead = await #expect(throws: OperatorRefusal.self) {
      try await backfill(desk, request(from: 0, to: 1))
    }
    #expect(
      ahead?.description
        == "--to 2026-07-10 lies ahead, today is 2026-07-09; what is coming shows: muhurat next")
  }

  @Test func `runs each slot by the definition of its time unless told otherwise`() async throws {
    let desk = try await TestDesk(at: noon - Self.day * 2)
    func load(_ seconds: Int, _ timeout: Int) async throws -> String {
      try await desk.load(
        TestDesk.job("sync", every: .seconds(seconds)) {
          $0.misfire = Misfire(policy: .skip); $0.timeout = .seconds(timeout)
        })
      return try #require(try await desk.one.definition(of: "sync")).revision
    }
    let hourly = try await load(3_600, 20)
    try await desk.setClock(noon - Self.day + .seconds(60))
    try await desk.decide("sync")
    let daily = try await load(6 * 3_600, 30)
    try await desk.setClock(noon + .seconds(60))
    try await desk.decide("sync")
    // Back to the first: two stretches of one revision.
    #expect(try await load(3_600, 20) == hourly)
    let answer = try await backfill(desk, request(from: -1, to: 0), dryRun: true)
    let told = answer.runs.map { "\($0.slot.label.dropFirst(8).prefix(6)) \($0.slot.revision)" }
    #expect(
      told == (0...12).map { "08T\($0 < 10 ? "0" : "")\($0): \(hourly)" }
        + ["08T18: \(daily)", "09T00: \(daily)", "09T06: \(daily)", "09T12: \(daily)"])
    let current = try await backfill(
      desk, request(from: -1, to: 0) { $0.usesCurrent = true }, dryRun: true)
    #expect(current.runs.count == 37)
    #expect(Set(current.runs.map(\.slot.revision)) == [hourly])
    _ = try await backfill(desk, request(from: 0, to: 0))
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(claim.revision == daily)
    #expect(try await desk.one.job(of: claim).timeout == .seconds(30))
  }

  @Test func `over business dates runs each date that has no success`() async throws {
    let desk = try await missed { $0.schedule = nil }
    let done = try await desk.ready(TestDesk.job("sync", every: nil))
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    let answer = try await backfill(desk, request(from: -3, to: 0))
    #expect(answer.by == .dates)
    #expect(
      answer.runs.map { "\($0.slot.businessDate) \($0.willRun) \($0.reason)" } == [
        "2026-07-06 false no definition was in force then; --current runs it by today's",
        "2026-07-07 true the date has no run that succeeded",
        "2026-07-08 true the date has no run that succeeded",
        "2026-07-09 false it has run \(done), succeeded",
      ])
    #expect(
      try await runs(desk).dropFirst()
        == ["2026-07-07 backfill ready", "2026-07-08 backfill ready"])
  }

  @Test func `never uses a business date twice`() async throws {
    let desk = try await missed { $0.oncePerBusinessDate = true }
    let answer = try await backfill(desk, request(from: -1, to: 0))
    #expect(
      try await runs(desk)
        == ["08 00:00 2026-07-08 backfill ready", "09 00:00 2026-07-09 backfill ready"])
    #expect(
      answer.runs[1].reason == "business date 2026-07-08 already has the run of an earlier slot")
  }

  @Test func `is of one item where one is named`() async throws {
    var desk = try await TestDesk(at: noon - .seconds(3_600))
    desk.workshop.add(ItemSource("account") { _ in ["asha", "ravi"] })
    try await desk.load(
      TestDesk.job("sync", every: .seconds(3_600)) {
        $0.misfire = Misfire(policy: .skip)
        $0.forEach = "account"
        $0.lock = LockTemplate(text: "account/{item}")
      })
    try await desk.setClock(noon + .seconds(60))
    try await desk.decide("sync")
    _ = try await backfill(desk, request(from: 0, to: 0) { $0.item = "ravi" })
    #expect(try await runs(desk) == ["09 12:00 2026-07-09 backfill ready ravi"])
    _ = try await backfill(desk, request(from: 0, to: 0))
    #expect(try await runs(desk).last == "09 12:00 2026-07-09 backfill ready asha")
    #expect(try await desk.one.claim(upTo: 5, of: ["sync"]).count == 2, "a lock each")
  }

  @Test func `lets the schedule's own runs go first and is nobody's overlap`() async throws {
    let desk = try await missed()
    _ = try await backfill(desk, request(from: 0, to: 0))
    let first = try #require(try await desk.one.claim(upTo: 5, of: ["sync"]).first)
    #expect(first.trigger == .backfill)
    try await desk.setClock(noon + .seconds(3_600))
    try await desk.decide("sync")
    #expect(
      try await desk.slots("sync").last == "run 13:00:00", "a backfill that runs skips no slot")
    #expect(try await desk.one.claim(upTo: 5, of: ["sync"]).isEmpty, "the lock is never passed")
    try await desk.settle(first, .succeeded(RunResult(kind: "x")))
    let next = try #require(try await desk.one.claim(upTo: 5, of: ["sync"]).first)
    #expect(next.trigger == .schedule && next.dueAt == noon + .seconds(3_600))
  }

  @Test func `by two at once gives each slot one run`() async throws {
    let desk = try await missed()
    let request = request(from: -1, to: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...4 { group.addTask { _ = try await backfill(desk, request) } }
      try await group.waitForAll()
    }
    #expect(try await runs(desk).count == 37)
    #expect(try await desk.count("select count(*) from jobs.batch") == 1)
  }

  @Test func `of a job that is retired, or of dates the wrong way round, is refused`() async throws
  {
    let desk = try await missed()
    let turned = await #expect(throws: OperatorRefusal.self) {
      try await backfill(desk, request(from: 0, to: -1))
    }
    #expect(turned?.description == "--from 2026-07-09 is after --to 2026-07-08")
    try await desk.load(TestDesk.job("other"), retiringAbsent: true)
    let retired = await #expect(throws: OperatorRefusal.self) {
      try await backfill(desk, request(from: 0, to: 0))
    }
    #expect(
      retired?.description
        == "job 'sync' is retired; put its file back and load it before a backfill")
  }

  @Test func `cancelled while runners claim leaves none behind`() async throws {
    let desk = try await missed { $0.lock = LockTemplate(text: "{job}@{due_at}") }
    let batch = try #require(try await backfill(desk, request(from: -2, to: 0)).batch)
    async let claims = withThrowingTaskGroup(of: [Claim].self) { group in
      for number in 1...4 {
        let store = JobStore(pool: desk.pool, holder: "runner-\(number)")
        group.addTask { try await store.claim(upTo: 5, of: ["sync"]) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    async let cancelled = desk.two.cancelBatch(
      ofRun: batch.firstRun, actor: "ravi", reason: nil)
    let (held, answer) = (try await claims, try #require(try await cancelled))
    #expect(answer.ended + answer.asked == 48)
    #expect(answer.asked == Int64(held.count))
    #expect(
      try await desk.count("select count(*) from jobs.run where state in ('ready', 'running')") == 0
    )
  }

  @Test func `cancelled by a run that belongs to none is told so`() async throws {
    let desk = try await missed()
    let run = try await desk.ready(TestDesk.job("sync", every: nil))
    #expect(try await desk.one.cancelBatch(ofRun: run, actor: "ravi", reason: nil) == nil)
    #expect(try await desk.one.cancelBatch(ofRun: 9_999, actor: "ravi", reason: nil) == nil)
  }
}
