import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Deciding slots` {
  @Test(.seeded) func `an hour decided by four processes at once has each slot once`()
    async throws
  {
    let desk = try await TestDesk()
    let intervals = ["fast": 7, "slow": 30, "odd": 61]
    for (name, seconds) in intervals {
      try await desk.load(TestDesk.job(name, every: .seconds(seconds)))
      try await desk.setWatermark(name, noon)
    }
    var random = SeededRandom("hour")
    var now = noon
    while now < noon + .seconds(3600) {
      now += .seconds(Int.random(in: 1...90, using: &random))
      try await desk.setClock(now)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...4 {
          let store = JobStore(pool: desk.pool, holder: "desk-\(number)")
          group.addTask {
            _ = try await store.decide(
              ["odd", "fast", "slow"], in: desk.almanac, workshop: desk.workshop)
          }
        }
        try await group.waitForAll()
      }
      // Whoever found a row taken has left it to its owner; the owner is done by now.
      for name in intervals.keys {
        #expect(try await desk.watermark(name) == now, "the watermark of \(name) must reach now")
      }
    }
    for (name, seconds) in intervals {
      let expected = (noon.secondsSinceEpoch + 1...now.secondsSinceEpoch)
        .filter { $0 % Int64(seconds) == 0 }
      #expect(try await slotsOneByOne(desk, name) == expected, "slots of \(name)")
      #expect(
        try await desk.count(
          """
          select count(*) from jobs.slot s where job = $1 and decision = 'run'
             and not exists (select from jobs.run r where r.job = s.job and r.due_at = s.due_at)
          """, name) == 0, "a slot of \(name) that was to run has no run")
    }
  }

  /// Every slot that a row stands for, the spans counted out.
  private func slotsOneByOne(_ desk: TestDesk, _ job: String) async throws -> [Int64] {
    try await desk.pool.query(
      """
      select extract(epoch from s.due_at)::bigint + n * step as at
        from (select due_at, slots,
                     case when slots = 1 then 0
                          else extract(epoch from through - due_at)::bigint / (slots - 1)
                     end as step
                from jobs.slot where job = $1) s
       cross join lateral generate_series(0, slots - 1) as n
       order by 1
      """, job
    ).map { try $0.decode("at") }
  }

  @Test func `a connection that dies in the middle leaves nothing, and then everything is there`()
    async throws
  {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"), TestDesk.job("other"))
    try await desk.setWatermark("sync", noon - .seconds(60))
    try await desk.setWatermark("other", noon - .seconds(60))
    try await desk.pool.execute(
      script: """
        create function die() returns trigger language plpgsql as
          'begin perform pg_terminate_backend(pg_backend_pid()); return new; end';
        create trigger die before insert on jobs.run for each row when (new.job = 'sync')
          execute function die()
        """)
    await #expect(throws: PostgresError.self) { try await desk.decide("other", "sync") }
    #expect(try await desk.slots("sync") + desk.slots("other") == [])
    #expect(try await desk.states("other") == [])
    #expect(try await desk.watermark("other") == noon - .seconds(60))
    try await desk.pool.execute(script: "drop trigger die on jobs.run")
    try await desk.decide("other", "sync")
    #expect(try await desk.slots("sync") == ["missed 11:59:30", "run 12:00:00"])
    #expect(try await desk.slots("other") == ["missed 11:59:30", "run 12:00:00"])
    #expect(try await desk.states("other") == ["ready"])
  }

  @Test func `a hundred and fifty missed slots are one row and the newest runs`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setWatermark("sync", noon - .seconds(150 * 30))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == ["missed 10:45:30..11:59:30 x149", "run 12:00:00"])
    #expect(try await desk.states("sync") == ["ready"])
  }

  @Test(arguments: [
    ("latest", Misfire(policy: .latest), ["missed 11:58:30..11:59:30 x3", "run 12:00:00"], 1),
    (
      "all", Misfire(policy: .all),
      ["run 11:58:30", "run 11:59:00", "run 11:59:30", "run 12:00:00"], 4
    ),
    (
      "all, two at most", Misfire(policy: .all, max: 2),
      ["run 11:58:30", "run 11:59:00", "missed 11:59:30", "run 12:00:00"], 3
    ),
    ("skip", Misfire(policy: .skip), ["missed 11:58:30..11:59:30 x3", "run 12:00:00"], 1),
    (
      "ask", Misfire(policy: .ask),
      ["held 11:58:30", "held 11:59:00", "held 11:59:30", "run 12:00:00"], 1
    ),
  ])
  func `late slots go through misfire`(
    _ name: String, _ misfire: Misfire, _ slots: [String], _ runs: Int
  ) async throws {
    let desk = try await TestDesk(at: noon + .seconds(1))
    try await desk.load(TestDesk.job("sync") { $0.misfire = misfire })
    try await desk.setWatermark("sync", noon - .seconds(120))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == slots, "misfire \(name)")
    #expect(
      try await desk.count("select count(*) from jobs.run where state = 'ready'") == runs,
      "misfire \(name)")
    #expect(try await desk.watermark("sync") == noon + .seconds(1))
  }

  @Test func `runs admitted late go oldest first, one at a time`() async throws {
    let desk = try await TestDesk(at: noon + .seconds(1))
    try await desk.load(TestDesk.job("sync") { $0.misfire = Misfire(policy: .all) })
    try await desk.setWatermark("sync", noon - .seconds(90))
    try await desk.decide("sync")
    var order: [Instant?] = []
    while let claim = try await desk.one.claim(upTo: 10, of: ["sync"]).first {
      #expect(try await desk.two.claim(upTo: 10, of: ["sync"]).isEmpty, "one lock, one run")
      order.append(claim.dueAt)
      try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    }
    #expect(order == [-60, -30, 0].map { noon + .seconds($0) })
  }

  @Test func `a held slot does not stop the watermark`() async throws {
    let desk = try await TestDesk(at: noon + .seconds(20))
    try await desk.load(TestDesk.job("sync") { $0.misfire = Misfire(policy: .ask) })
    try await desk.setWatermark("sync", noon - .seconds(30))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == ["held 12:00:00"])
    #expect(try await desk.watermark("sync") == noon + .seconds(20))
  }

  @Test func `slots in a pause are decided as paused, also when seen late`() async throws {
    let desk = try await TestDesk(at: noon)
    try await desk.load(TestDesk.job("sync"))
    #expect(
      try await desk.one.pause(
        "sync", until: noon + .seconds(60), actor: "asha", reason: "broker maintenance"))
    try await desk.setClock(noon + .seconds(91))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == ["paused 12:00:30", "missed 12:01:00", "run 12:01:30"])
    #expect(
      try await desk.texts("select reason from jobs.slot where decision = 'paused'")
        == ["paused by asha: broker maintenance"])
  }

  @Test func `the clock set forward an hour and back repeats nothing and forgets nothing`()
    async throws
  {
    let desk = try await TestDesk(at: noon)
    try await desk.load(TestDesk.job("sync"))
    try await desk.setClock(noon + .seconds(3600))
    try await desk.decide("sync")
    let decided = try await desk.slots("sync")
    #expect(decided == ["missed 12:00:30..12:59:30 x119", "run 13:00:00"])
    for offset in [0, 30, 1800, 3599] {
      try await desk.setClock(noon + .seconds(offset))
      try await desk.decide("sync")
      #expect(try await desk.slots("sync") == decided, "\(offset) s after noon, once more")
      #expect(try await desk.watermark("sync") == noon + .seconds(3600))
    }
    try await desk.setClock(noon + .seconds(3630))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == decided + ["run 13:00:30"])
  }

  @Test func `a suspect clock holds what is not safe to repeat, and nothing else`() async throws {
    let desk = try await TestDesk(at: noon)
    try await desk.load(TestDesk.job("tick", idempotent: false), TestDesk.job("sync"))
    try await desk.setClock(noon + .seconds(30))
    let answers = try await desk.one.decide(
      ["tick", "sync"], in: desk.almanac, workshop: desk.workshop, suspectClock: "clocks disagree")
    #expect(answers.map(\.holds) == [nil, "clocks disagree"])
    #expect(try await desk.slots("sync") == ["run 12:00:30"])
    #expect(try await desk.slots("tick") == [])
    #expect(try await desk.watermark("tick") == noon, "the slot is still owed")
  }

  @Test func `a process that cannot list a job's items leaves the job to another`() async throws {
    var desk = try await TestDesk(at: noon)
    try await desk.load(TestDesk.job("sync") { $0.forEach = "account" })
    try await desk.setClock(noon + .seconds(30))
    #expect(try await desk.decide("sync").isEmpty)
    #expect(try await desk.watermark("sync") == noon)
    desk.workshop.add(ItemSource("account") { _ in ["asha", "ravi"] })
    try await desk.decide("sync")
    #expect(
      try await desk.texts("select item from jobs.run order by item") == ["asha", "ravi"])
  }

  @Test func `a decider that stops in the middle holds nobody up for long`() async throws {
    var desk = try await TestDesk(at: noon)
    let isInside = Signal("the first decider is inside", of: Void.self)
    let goOn = Signal("the first decider may go on", of: Void.self)
    try await desk.load(TestDesk.job("sync") { $0.forEach = "account" })
    try await desk.setClock(noon + .seconds(30))
    var slow = desk.workshop
    slow.add(
      ItemSource("account") { _ in
        isInside.fire()
        try await goOn.wait()
        return ["asha"]
      })
    desk.workshop.add(ItemSource("account") { _ in ["asha"] })
    let stopped = Task { [slow, desk] in
      try await desk.one.decide(["sync"], in: desk.almanac, workshop: slow)
    }
    try await isInside.wait()
    let passed = try await desk.two.decide(["sync"], in: desk.almanac, workshop: desk.workshop)
    #expect(passed.isEmpty, "a row in another's hand is passed by")
    try await eventually("the server ends the stopped decider") { [desk] in
      try await !desk.two.decide(["sync"], in: desk.almanac, workshop: desk.workshop).isEmpty
    }
    goOn.fire()
    await #expect(throws: PostgresError.self) { try await stopped.value }
    #expect(try await desk.slots("sync") == ["run 12:00:30"])
    #expect(try await desk.states("sync") == ["ready"])
  }
}
