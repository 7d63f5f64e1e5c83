import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A schedule edited from 16:00 to 16:30` {
  private static let four = Instant(secondsSinceEpoch: 1_783_612_800)

  private func job(_ time: String, _ change: (inout Job) -> Void = { _ in }) throws -> Job {
    let at = try #require(TimeOfDay(time))
    return TestDesk.job("report", every: nil) {
      $0.schedule = Schedule(timing: .at(at), timezone: "UTC")
      change(&$0)
    }
  }

  /// Loaded at three, with 16:00 in force.
  private func desk(_ change: (inout Job) -> Void = { _ in }) async throws -> TestDesk {
    var desk = try await TestDesk(at: Self.four - .seconds(3_600))
    desk.almanac.zones["UTC"] = .utc
    try await desk.load(try job("16:00", change))
    return desk
  }

  private func runs(_ desk: TestDesk) async throws -> [String] {
    try await desk.texts(
      "select to_char(due_at at time zone 'UTC', 'HH24:MI ') || state from jobs.run order by id")
  }

  private func decide(_ desk: TestDesk, at minutes: Int) async throws {
    try await desk.setClock(Self.four + .seconds(minutes * 60))
    try await desk.decide("report")
  }

  @Test func `before today's run, runs once, at the new time`() async throws {
    let desk = try await desk()
    try await desk.setClock(Self.four - .seconds(60))
    try await desk.load(try job("16:30"))
    try await decide(desk, at: 1)
    #expect(try await desk.slots("report") == [])
    try await decide(desk, at: 30)
    #expect(try await desk.slots("report") == ["run 16:30:00"])
    #expect(try await runs(desk) == ["16:30 ready"])
  }

  @Test func `after today's run, runs again, as it says`() async throws {
    let desk = try await desk()
    try await decide(desk, at: 0)
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["report"]).first)
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    try await desk.setClock(Self.four + .seconds(600))
    try await desk.load(try job("16:30"))
    try await decide(desk, at: 30)
    #expect(try await runs(desk) == ["16:00 succeeded", "16:30 ready"])
  }

  @Test func `after today's run, does not run again where once a date is promised`() async throws {
    let desk = try await desk { $0.oncePerBusinessDate = true }
    try await decide(desk, at: 0)
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["report"]).first)
    try await desk.settle(claim, .succeeded(RunResult(kind: "x")))
    try await desk.setClock(Self.four + .seconds(600))
    try await desk.load(try job("16:30") { $0.oncePerBusinessDate = true })
    try await decide(desk, at: 30)
    #expect(try await desk.slots("report") == ["run 16:00:00", "skipped 16:30:00"])
    #expect(
      try await desk.texts("select reason from jobs.slot where decision = 'skipped'")
        == ["business date 2026-07-09 already has run \(claim.run)"])
    #expect(try await runs(desk) == ["16:00 succeeded"])
  }

  @Test func `during today's run, lets it end by its own definition`() async throws {
    let desk = try await desk()
    try await decide(desk, at: 0)
    let claim = try #require(try await desk.one.claim(upTo: 1, of: ["report"]).first)
    try await desk.setClock(Self.four + .seconds(600))
    try await desk.load(try job("16:30") { $0.timeout = .seconds(99) })
    #expect(try await desk.one.job(of: claim).timeout == .seconds(20))
    #expect(try await desk.one.renew([claim]) == [claim.run: .kept])
    try await decide(desk, at: 30)
    #expect(try await desk.slots("report") == ["run 16:00:00", "skipped 16:30:00"])
    #expect(
      try await desk.texts("select reason from jobs.slot where decision = 'skipped'")
        == ["run \(claim.run) is still running after 30m"])
    #expect(try await desk.settle(claim, .succeeded(RunResult(kind: "x"))))
    #expect(try await runs(desk) == ["16:00 succeeded"])
  }

  @Test func `while nobody had decided 16:00, closes it on record`() async throws {
    let desk = try await desk()
    let old = try #require(try await desk.one.definition(of: "report")).revision
    try await desk.setClock(Self.four + .seconds(600))
    try await desk.load(try job("16:30"))
    let new = try #require(try await desk.one.definition(of: "report")).revision
    try await decide(desk, at: 30)
    #expect(try await desk.slots("report") == ["superseded 16:00:00", "run 16:30:00"])
    #expect(
      try await desk.texts("select reason from jobs.slot order by due_at limit 1")
        == ["the schedule changed: \(old) gave way to \(new)"])
  }

  @Test func `while it was paused, leaves the slot to the pause`() async throws {
    let desk = try await desk()
    _ = try await desk.one.pause(
      "report", until: Self.four + .seconds(3_600), actor: "asha", reason: "no broker")
    try await desk.setClock(Self.four + .seconds(600))
    try await desk.load(try job("16:30"))
    #expect(try await desk.slots("report") == ["paused 16:00:00"])
  }

  @Test func `by a load beside a decision, is decided once`() async throws {
    let desk = try await desk()
    try await desk.setClock(Self.four + .seconds(2))
    let job = try job("16:30")
    async let load: Void = desk.load(job)
    async let decided = desk.decide("report", by: desk.two)
    _ = (try await load, try await decided)
    let slots = try await desk.slots("report")
    #expect(slots == ["run 16:00:00"] || slots == ["superseded 16:00:00"])
  }

  @Test func `and renamed, keeps its history under the old name`() async throws {
    let desk = try await desk()
    try await decide(desk, at: 0)
    try await desk.setClock(Self.four + .seconds(86_400 + 60))
    var renamed = try job("16:00")
    renamed.name = "end-of-day"
    renamed.lock = LockTemplate(text: "end-of-day")
    let report = try await desk.one.load([renamed], retiringAbsent: true, in: desk.almanac)
    #expect(report.added == ["end-of-day"] && report.retired == ["report"])
    #expect(report.renamed == ["report": "end-of-day"])
    #expect(try await desk.one.formerNames(of: "end-of-day") == ["report"])
    #expect(
      try await desk.texts("select decision || ': ' || reason from jobs.slot order by due_at")
        == ["run: due", "superseded: the job was renamed to end-of-day"])
    #expect(try await desk.one.runs(RunFilter(job: "report")).count == 1)
    try await desk.decide("end-of-day")
    #expect(try await desk.slots("end-of-day") == [], "the new name owes nothing of the past")
    #expect(try await desk.one.load([renamed], retiringAbsent: true, in: desk.almanac) == .init())
  }
}
