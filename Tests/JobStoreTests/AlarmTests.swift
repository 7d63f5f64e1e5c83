import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Alarms on record` {
  private static func alarm(
    _ cause: String = "job/sync/failing", stage: Int = 1, channels: [AlertChannel]? = nil
  ) -> Alarm {
    Alarm(
      cause: cause, kind: .failing, severity: .critical, stage: stage, job: "sync",
      sentence: "sync failed", nextStep: "look", channels: channels)
  }

  @discardableResult
  private func keep(
    _ standing: [Alarm], in store: JobStore, channels: [AlertChannel] = [.webhook]
  ) async throws -> JobStore.KeptAlarms {
    while true {
      let kept = try await store.keepAlarms(
        standing, own: nil, host: "desk-1", asOf: nil, readsTables: true, channels: channels,
        manners: .init())
      // Nil: another daemon is at it.
      if let kept { return kept }
    }
  }

  private func messages(_ desk: TestDesk) async throws -> [String] {
    try await desk.texts(
      "select what || ' ' || cause || ' ' || channel from jobs.alarm_message order by id")
  }

  @Test func `two daemons that find the same trouble say it once`() async throws {
    let desk = try await TestDesk()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for store in [desk.one, desk.two] {
        group.addTask { for _ in 1...20 { try await self.keep([Self.alarm()], in: store) } }
      }
      try await group.waitForAll()
    }
    #expect(try await messages(desk) == ["raised job/sync/failing webhook"])
    try await keep([], in: desk.two)
    try await keep([], in: desk.one)
    #expect(
      try await messages(desk) == [
        "raised job/sync/failing webhook", "cleared job/sync/failing webhook",
      ])
    #expect(
      try await desk.texts(
        "select stage || ' ' || times || ' ' || (cleared_at is not null) from jobs.alarm")
        == ["1 1 true"])
  }

  @Test func `go by the ways that were asked for, or by all there are`() async throws {
    let desk = try await TestDesk()
    try await keep(
      [Self.alarm("a", channels: [.email]), Self.alarm("b"), Self.alarm("c", channels: [])],
      in: desk.one, channels: [.email, .webhook])
    #expect(try await messages(desk) == ["raised a email", "raised b email", "raised b webhook"])
  }

  @Test func `a message is in one hand at a time, and goes to another if that never speaks`()
    async throws
  {
    let desk = try await TestDesk()
    let kept = try await keep([Self.alarm("a"), Self.alarm("b")], in: desk.one)
    #expect(kept.due == [.webhook])
    let mine = try await desk.one.claimMessages(.webhook, limit: 1)
    let theirs = try await desk.two.claimMessages(.webhook)
    #expect(mine.map(\.message.cause) == ["a"] && theirs.map(\.message.cause) == ["b"])
    #expect(try await desk.two.claimMessages(.webhook).isEmpty)
    let first = try #require(mine.first), second = try #require(theirs.first)
    try await desk.two.messageFailed(second.id, error: "refused", pause: .seconds(60))
    #expect(
      try await desk.one.claimMessages(.webhook).isEmpty, "it is in hand until it is tried again")
    try await desk.pool.query(
      "update jobs.alarm_message set claimed_until = claimed_until - interval '1 hour', due_at = due_at - interval '1 hour'"
    )
    let orphans = try await desk.two.claimMessages(.webhook)
    #expect(orphans.map(\.id) == [first.id, second.id])
    #expect(orphans.map(\.attempts) == [0, 1])
    // The first hand was only slow: what it sent counts.
    try await desk.one.messageSent(first.id)
    try await desk.two.messageFailed(first.id, error: "late", pause: .seconds(1))
    try await desk.two.messageFailed(second.id, error: "for ever", pause: nil)
    #expect(
      try await desk.texts(
        """
        select cause || ' ' || (sent_at is not null) || ' ' || (given_up_at is not null) || ' '
               || coalesce(error, '-') from jobs.alarm_message order by id
        """) == ["a true false -", "b false true for ever"])
  }

  @Test func `a message written before the clock was set back is sent now`() async throws {
    let desk = try await TestDesk()
    try await keep([Self.alarm("a")], in: desk.one)
    let message = try #require(try await desk.one.claimMessages(.webhook).first)
    try await desk.one.messageFailed(message.id, error: "refused", pause: .seconds(300))
    #expect(try await desk.two.claimMessages(.webhook).isEmpty)
    try await desk.pool.query(
      """
      update jobs.alarm_message set claimed_until = claimed_until + interval '1 hour',
             due_at = due_at + interval '1 hour'
      """)
    #expect(try await keep([], in: desk.one).due == [.webhook])
    #expect(try await desk.two.claimMessages(.webhook).first?.id == message.id)
  }

  @Test func `what clocks did is put on record once`() async throws {
    let desk = try await TestDesk()
    let event = ClockEvent(
      kind: .databaseStep, at: noon, seconds: -30, sentence: "the database's clock was set 30s back"
    )
    try await desk.one.record(event)
    try await desk.one.record(event)
    #expect(
      try await desk.texts("select holder || ' ' || kind || ' ' || seconds from jobs.clock_event")
        == ["desk-1 database-step -30"])
  }
}

/// What is read for alarms about jobs.
@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Facts for alarms` {
  private func tables(_ desk: TestDesk, _ memory: AlarmMemory = AlarmMemory()) async throws
    -> AlarmFacts.Tables
  {
    try await desk.one.alarmTables(
      almanac: desk.almanac, memory: memory, workshop: desk.workshop, lead: .seconds(2700),
      reachedFor: .seconds(3600))
  }

  private func gated(_ name: String = "tick") -> Job {
    TestDesk.job(name) { $0.needs = Needs(gates: ["kill-switch-off"]) }
  }

  private func run(
    _ desk: TestDesk, _ state: String, minutesAgo: Int64, item: String? = nil,
    waitingFor: String? = nil
  ) async throws {
    try await desk.pool.query(
      """
      with new_lock as (insert into jobs.lock (name) values ('tick') on conflict do nothing)
      insert into jobs.run (job, item, due_at, business_date, trigger, state, revision, idempotent,
                            lock, ready_at, finished_at, waiting_for, reason)
      select 'tick', $2, jobs.job_time() - make_interval(mins => $3::int), '2026-07-09', 'schedule',
             $1, revision, true, 'tick', jobs.job_time(),
             case when $1 <> 'ready' then clock_timestamp() end, $4, 'the reason of ' || $1
        from jobs.job where name = 'tick'
      """, state, item, Int32(minutesAgo), waitingFor)
  }

  @Test func `a gate counts the runs of one item that it kept, and those that wait`() async throws {
    let desk = try await TestDesk()
    try await desk.load(gated())
    try await run(desk, "gated", minutesAgo: 9, item: "asha")
    try await run(desk, "succeeded", minutesAgo: 8, item: "asha")
    for minutes in [7, 6, 5] {
      try await run(desk, "gated", minutesAgo: Int64(minutes), item: "asha")
      try await run(desk, "succeeded", minutesAgo: Int64(minutes), item: "ravi")
    }
    try await run(desk, "superseded", minutesAgo: 4, item: "asha", waitingFor: "halted")
    #expect(
      try await tables(desk).jobs.first?.gate
        == .init(since: noon - .seconds(7 * 60), runs: 4, reason: "halted"))
    try await run(desk, "ready", minutesAgo: 3, item: "asha", waitingFor: "halted by asha")
    #expect(
      try await tables(desk).jobs.first?.gate
        == .init(since: noon - .seconds(7 * 60), runs: 4, reason: "halted by asha"))
    try await run(desk, "succeeded", minutesAgo: 2, item: "asha")
    try await desk.pool.query(
      "update jobs.run set state = 'succeeded', finished_at = now() where state = 'ready'")
    #expect(try await tables(desk).jobs.first?.gate == nil)
  }

  @Test func `a gate that is being looked at is as closed as it was`() async throws {
    let desk = try await TestDesk()
    try await desk.load(gated())
    try await run(desk, "ready", minutesAgo: 6, waitingFor: "halted")
    let memory = AlarmMemory()
    let before = try await tables(desk, memory).jobs.first?.gate
    #expect(before == .init(since: noon - .seconds(360), runs: 0, reason: "halted"))
    _ = try #require(try await desk.one.claim(upTo: 1, of: ["tick"]).first)
    #expect(try await tables(desk, memory).jobs.first?.gate == before)
  }

  @Test func `a pause is told once it is past its end`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    _ = try await desk.one.pause(
      "sync", until: noon + .seconds(600), actor: "asha", reason: "maintenance")
    #expect(try await tables(desk).jobs.first?.endedPause == nil)
    try await desk.setClock(noon + .seconds(600))
    #expect(try await tables(desk).jobs.first?.endedPause?.by == "asha")
    _ = try await desk.resume("sync", actor: "asha")
    #expect(try await tables(desk).jobs.first?.endedPause == nil)
  }

  @Test func `a slot that nobody starts breaks a promise to start`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync") { $0.promise = Promise(startWithin: .seconds(10)) })
    try await desk.setWatermark("sync", noon - .seconds(1))
    try await desk.decide("sync")
    #expect(try await tables(desk).jobs.first?.health.brokenPromises == [])
    try await desk.setClock(noon + .seconds(11))
    #expect(
      try await tables(desk).jobs.first?.health.brokenPromises
        == [.start(due: noon, within: .seconds(10))])
    let overview = try await desk.one.overview(almanac: desk.almanac)
    #expect(
      overview.jobs.first?.health
        == Health(.failing, "a slot waits for 11s to start; promised within 10s"))
    _ = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(try await tables(desk).jobs.first?.health.brokenPromises == [])
  }
}
