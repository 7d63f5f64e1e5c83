import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Loading definitions` {
  @Test func `a first load owes nothing of the past`() async throws {
    let desk = try await TestDesk()
    let report = try await desk.one.load(
      [TestDesk.job("sync")], retiringAbsent: false, in: desk.almanac)
    #expect(report.added == ["sync"] && report.changed == [] && report.retired == [])
    #expect(try await desk.watermark("sync") == noon)
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == [])
  }

  @Test func `loading the same again changes nothing`() async throws {
    let desk = try await TestDesk()
    _ = try await desk.one.load(
      [TestDesk.job("sync")], retiringAbsent: true, in: desk.almanac)
    try await desk.setClock(noon + .seconds(300))
    let report = try await desk.two.load(
      [TestDesk.job("sync")], retiringAbsent: true, in: desk.almanac)
    #expect(report == JobStore.LoadReport())
    #expect(try await desk.watermark("sync") == noon)
    let definition = try #require(try await desk.one.definition(of: "sync"))
    #expect(definition.job == TestDesk.job("sync"))
    #expect(try await desk.one.revision(of: definition.job) == definition.revision)
  }

  @Test func `an edit that leaves the schedule alone governs what is not yet decided`()
    async throws
  {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setClock(noon + .seconds(30))
    try await desk.load(TestDesk.job("sync") { $0.timeout = .seconds(5) })
    try await desk.decide("sync")
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(try await desk.one.job(of: claim).timeout == .seconds(5))
    #expect(try await desk.slots("sync") == ["run 12:00:30"])
    #expect(try await desk.count("select count(*) from jobs.job_revision") == 2)
  }

  @Test func `a run keeps the definition it was made under`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    try await desk.setClock(noon + .seconds(30))
    try await desk.decide("sync")
    try await desk.load(TestDesk.job("sync") { $0.timeout = .seconds(5) })
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["sync"]).first)
    #expect(try await desk.two.job(of: claim).timeout == .seconds(20))
  }

  @Test func `a new schedule closes what the old one owes and fires nothing of the past`()
    async throws
  {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"))
    let old = try #require(try await desk.one.definition(of: "sync")).revision
    try await desk.setClock(noon + .seconds(95))
    try await desk.load(TestDesk.job("sync", every: .seconds(20)))
    let new = try #require(try await desk.one.definition(of: "sync")).revision
    #expect(try await desk.slots("sync") == ["superseded 12:00:30..12:01:30 x3"])
    #expect(
      try await desk.texts("select reason || ' / ' || revision from jobs.slot")
        == ["the schedule changed: \(old) gave way to \(new) / \(old)"])
    try await desk.setClock(noon + .seconds(100))
    try await desk.decide("sync")
    #expect(
      try await desk.slots("sync") == ["superseded 12:00:30..12:01:30 x3", "run 12:01:40"])
  }

  @Test func `a schedule given to a job that had none begins now`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync", every: nil))
    try await desk.setClock(noon + .seconds(86_400))
    _ = try await desk.one.load(
      [TestDesk.job("sync")], retiringAbsent: false, in: desk.almanac)
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == [])
    #expect(try await desk.watermark("sync") == noon + .seconds(86_400))
  }

  @Test func `a whole load retires what is absent, with its last slots on record`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"), TestDesk.job("other"))
    try await desk.setClock(noon + .seconds(45))
    let report = try await desk.one.load(
      [TestDesk.job("other")], retiringAbsent: true, in: desk.almanac)
    #expect(report.retired == ["sync"])
    #expect(
      try await desk.texts("select job || ': ' || reason from jobs.slot")
        == ["sync: the job was retired"])
    #expect(try await desk.one.definitions().map(\.job.name) == ["other"])
    #expect(
      try await desk.one.definitions(includingRetired: true).map(\.job.name) == ["other", "sync"])
    #expect(try await desk.decide("sync").isEmpty, "a retired job is not decided")
  }

  @Test func `a job that comes back owes nothing for the time it was away`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"), TestDesk.job("other"))
    try await desk.load(TestDesk.job("other"), retiringAbsent: true)
    try await desk.setClock(noon + .seconds(86_400))
    let report = try await desk.one.load(
      [TestDesk.job("sync"), TestDesk.job("other")], retiringAbsent: true, in: desk.almanac)
    #expect(report.added == ["sync"])
    #expect(try await desk.watermark("sync") == noon + .seconds(86_400))
    try await desk.decide("sync")
    #expect(try await desk.slots("sync") == [])
  }

  @Test func `a definition that cannot be read stops only itself`() async throws {
    let desk = try await TestDesk()
    try await desk.load(TestDesk.job("sync"), TestDesk.job("other"))
    try await desk.pool.query(
      """
      update jobs.job_revision set definition = definition || '{"timeout": {"of": "tomorrow"}}'
       where job = 'other'
      """)
    let (readable, unreadable) = try await desk.two.readableDefinitions()
    #expect(readable.map(\.job.name) == ["sync"])
    #expect(unreadable == ["other"])
  }

  @Test func `two loads at once end in one of the two`() async throws {
    let desk = try await TestDesk()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...6 {
        group.addTask {
          let name = number.isMultiple(of: 2) ? "even" : "odd"
          _ = try await desk.one.load(
            [TestDesk.job("shared"), TestDesk.job(name)], retiringAbsent: true, in: desk.almanac)
        }
      }
      try await group.waitForAll()
    }
    let names = try await desk.one.definitions().map(\.job.name)
    #expect(names == ["even", "shared"] || names == ["odd", "shared"])
  }
}
