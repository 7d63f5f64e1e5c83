import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Slots held for a person` {
  /// Three slots, first seen more than a minute late.
  private func held(_ change: (inout Job) -> Void = { _ in }) async throws -> TestDesk {
    let desk = try await TestDesk(at: noon + .seconds(100))
    try await desk.load(
      TestDesk.job("sync") {
        $0.misfire = Misfire(policy: .ask)
        $0.expiresAfter = .seconds(600)
        change(&$0)
      })
    try await desk.setWatermark("sync", noon)
    try await desk.decide("sync")
    return desk
  }

  private func approve(
    _ desk: TestDesk, _ plan: String, declining: Bool = false
  ) async throws -> Approved {
    try await desk.one.approve(
      plan, declining: declining, actor: "asha", reason: "books were checked",
      workshop: desk.workshop)
  }

  private func runs(_ desk: TestDesk) async throws -> [String] {
    try await desk.texts(
      """
      select concat_ws(' ', to_char(due_at at time zone 'UTC', 'HH24:MI:SS'), trigger, state,
                       requested_by, to_char(expires_at at time zone 'UTC', 'HH24:MI:SS'))
        from jobs.run order by id
      """)
  }

  @Test func `wait as one plan, and run once it is approved`() async throws {
    let desk = try await held()
    #expect(
      try await desk.slots("sync") == ["held 12:00:30", "held 12:01:00", "held 12:01:30"])
    let plan = try #require(try await desk.one.heldPlans().first)
    #expect(plan.job == "sync" && plan.slots.map(\.dueAt).first == noon + .seconds(30))
    #expect(plan.slots.map(\.reason)[0] == "1m10s late; misfire ask: approve it or leave it")
    _ = try await approve(desk, plan.plan)
    #expect(
      try await runs(desk) == [
        "12:00:30 approve ready asha 12:11:40", "12:01:00 approve ready asha 12:11:40",
        "12:01:30 approve ready asha 12:11:40",
      ])
    #expect(try await desk.one.heldPlans().isEmpty)
    #expect(
      try await desk.slots("sync") == ["held 12:00:30", "held 12:01:00", "held 12:01:30"],
      "the decision stands")
    #expect(
      try await desk.texts(
        "select concat_ws('|', actor, action, reason, before, after ->> 'plan') from jobs.audit")
        == [#"asha|approve|books were checked|{"held": 3}|\#(plan.plan)"#])
  }

  @Test func `do not run once they are declined, and nobody is asked again`() async throws {
    let desk = try await held()
    let plan = try #require(try await desk.one.heldPlans().first)
    _ = try await approve(desk, plan.plan, declining: true)
    #expect(try await desk.states("sync") == ["skipped", "skipped", "skipped"])
    #expect(
      try await desk.texts("select distinct reason from jobs.run")
        == ["declined by asha: books were checked"])
    #expect(try await desk.one.heldPlans().isEmpty)
    let job = try #require(try await desk.one.overview(almanac: desk.almanac).jobs.first)
    #expect(job.heldSlots == 0)
  }

  @Test func `are not approved unseen`() async throws {
    let desk = try await held()
    let seen = try #require(try await desk.one.heldPlans().first)
    try await desk.setClock(noon + .seconds(130))
    try await desk.decide("sync")
    let now = try #require(try await desk.one.heldPlans().first)
    #expect(now.slots.count == 4 && now.plan != seen.plan)
    let refusal = await #expect(throws: OperatorRefusal.self) { try await approve(desk, seen.plan) }
    #expect(
      refusal?.description
        == "no plan '\(seen.plan)': what waits now is \(now.plan) (sync, 4 slots); look again with: "
        + "muhurat approve")
    #expect(try await runs(desk) == [])
    #expect(try await desk.one.checkRecord().rows == 0, "nothing was done")
  }

  @Test func `by two at once are approved once`() async throws {
    let desk = try await held()
    let plan = try #require(try await desk.one.heldPlans().first?.plan)
    let done = await withTaskGroup(of: Bool.self) { group in
      for _ in 1...4 { group.addTask { (try? await approve(desk, plan)) != nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(done == 1)
    #expect(try await runs(desk).count == 3)
  }

  @Test func `one by one are another plan each time`() async throws {
    let desk = try await held()
    let definition = try #require(try await desk.one.definition(of: "sync"))
    try await desk.one.checkSlotMayRun(noon + .seconds(60), of: "sync", in: desk.almanac)
    _ = try await desk.one.enqueue(
      RunRequest(
        job: definition.job, revision: definition.revision, slot: noon + .seconds(60),
        businessDate: thursday, actor: "asha"))
    let plan = try #require(try await desk.one.heldPlans().first)
    #expect(plan.slots.map(\.dueAt) == [noon + .seconds(30), noon + .seconds(90)])
  }
}

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A slot to be run by hand` {
  private func refusal(_ desk: TestDesk, _ slot: Instant) async throws -> String? {
    do {
      try await desk.one.checkSlotMayRun(slot, of: "sync", in: desk.almanac)
      return nil
    } catch let refusal as OperatorRefusal {
      return refusal.description
    }
  }

  @Test func `is one on record that the market did not close`() async throws {
    let desk = try await TestDesk(at: noon + .seconds(200))
    try await desk.load(TestDesk.job("sync") { $0.misfire = Misfire(policy: .skip) })
    try await desk.setWatermark("sync", noon)
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == ["missed 12:00:30..12:03:00 x6"])
    #expect(try await refusal(desk, noon + .seconds(30)) == nil)
    #expect(try await refusal(desk, noon + .seconds(90)) == nil, "within a span")
    #expect(
      try await refusal(desk, noon + .seconds(91))
        == "sync 2026-07-09T12:01:31+00:00 is no slot; it lies between two of: 2026-07-09T12:00:30+00:00 and "
        + "later")
    #expect(
      try await refusal(desk, noon)
        == "sync 2026-07-09T12:00:00+00:00 is no slot on record; the next slot from there is "
        + "2026-07-09T12:00:00+00:00")
    #expect(
      try await refusal(desk, noon + .seconds(210))
        == "sync 2026-07-09T12:03:30+00:00 is not decided yet; the scheduler decides it when it is due"
    )
    try await desk.pool.query("update jobs.slot set decision = 'closed', reason = 'weekend'")
    #expect(
      try await refusal(desk, noon + .seconds(30))
        == "sync 2026-07-09T12:00:30+00:00 was decided closed: weekend; to run it all the same: muhurat run "
        + "sync --date 2026-07-09")
  }
}

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `An unknown outcome` {
  private func unknown(_ desk: TestDesk) async throws -> Int64 {
    let claim = try await desk.claimed(idempotent: false)
    try await desk.settle(claim, Ending(.unknown, error: "no answer to the order"))
    return claim.run
  }

  private func health(_ desk: TestDesk) async throws -> Health? {
    try await desk.one.overview(almanac: desk.almanac).jobs.first?.health
  }

  @Test func `waits for a person, and is cleared by him alone`() async throws {
    let desk = try await TestDesk()
    let run = try await unknown(desk)
    let waiting = Health(
      .unknown, "1 outcome(s) unknown; look what was done, then `muhurat acknowledge`")
    #expect(try await health(desk) == waiting)
    let job = TestDesk.job("sync", every: nil, idempotent: false)
    try await desk.ready(job)
    let next = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    try await desk.settle(next, .succeeded(RunResult(kind: "x")))
    #expect(try await health(desk) == waiting, "a later success says nothing of that order")
    #expect(
      try await desk.one.acknowledge(run: run, actor: "asha", reason: "no order in the book")
        == .done)
    #expect(try await health(desk)?.level == .ok)
    #expect(try await desk.run(run).state == "unknown", "what happened is still not known")
    #expect(
      try await desk.texts(
        "select concat_ws('|', actor, action, job, run_id = $1, reason, before, after) from jobs.audit",
        run) == [
          #"asha|acknowledge|sync|t|no order in the book|{"state": "unknown", "acknowledged": false}"#
            + #"|{"state": "unknown", "acknowledged": true}"#
        ])
  }

  @Test func `is the last run and clears all the same`() async throws {
    let desk = try await TestDesk()
    let run = try await unknown(desk)
    _ = try await desk.one.acknowledge(run: run, actor: "asha", reason: "looked")
    #expect(
      try await health(desk)
        == Health(.ok, "the last run's outcome is unknown; a person has looked at it"))
  }

  @Test func `is acknowledged once, and nothing else is`() async throws {
    let desk = try await TestDesk()
    let run = try await unknown(desk)
    _ = try await desk.one.acknowledge(run: run, actor: "asha", reason: "looked")
    #expect(
      try await desk.one.acknowledge(run: run, actor: "ravi", reason: "looked too")
        == .alreadyBy("asha"))
    let ready = try await desk.ready(TestDesk.job("sync", every: nil))
    #expect(
      try await desk.one.acknowledge(run: ready, actor: "asha", reason: "x") == .notUnknown(.ready))
    #expect(
      try await desk.one.acknowledge(run: 9_999, actor: "asha", reason: "x") == .noSuchRun)
    #expect(try await desk.one.checkRecord().rows == 1)
  }
}
