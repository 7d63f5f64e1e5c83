import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Ending a pause` {
  /// Paused at noon, and two minutes later.
  private func paused(_ change: (inout Job) -> Void = { _ in }) async throws -> TestDesk {
    let desk = try await TestDesk()
    try await desk.load(
      TestDesk.job("sync") {
        $0.misfire = Misfire(policy: .all); change(&$0)
      })
    _ = try await desk.one.pause(
      "sync", until: noon + .seconds(3_600), actor: "asha", reason: "broker is slow")
    try await desk.setClock(noon + .seconds(121))
    return desk
  }

  private func runs(_ desk: TestDesk) async throws -> [String] {
    try await desk.texts(
      """
      select concat_ws(' ', to_char(due_at at time zone 'UTC', 'HH24:MI:SS'), trigger, state,
                       item, requested_by)
        from jobs.run order by id
      """)
  }

  @Test func `accounts for every slot of it and runs none unless asked`() async throws {
    let desk = try await paused()
    let resumed = try #require(try await desk.resume("sync"))
    #expect(resumed.slots == 4 && resumed.batch == nil)
    #expect(try await desk.slots("sync") == ["paused 12:00:30..12:02:00 x4"])
    #expect(try await runs(desk) == [])
    try await desk.setClock(noon + .seconds(150))
    try await desk.decide("sync")
    #expect(
      try await desk.slots("sync") == ["paused 12:00:30..12:02:00 x4", "run 12:02:30"],
      "after it, slots run again")
  }

  @Test func `with latest gives the newest slot its run, on record`() async throws {
    let desk = try await paused()
    let resumed = try #require(try await desk.resume("sync", paused: .latest))
    #expect(resumed.batch?.runs == 1)
    #expect(try await runs(desk) == ["12:02:00 resume ready ravi"])
    #expect(
      try await desk.slots("sync") == ["paused 12:00:30..12:02:00 x4"], "the decision stands")
    #expect(
      try await desk.texts(
        "select (after - 'first_run')::text from jobs.audit order by id desc limit 1")
        == [#"{"runs": 1, "batch": 1, "slots": 4, "paused": "latest"}"#])
  }

  @Test func `with all gives each slot its run, oldest first and one at a time`() async throws {
    let desk = try await paused()
    _ = try await desk.resume("sync", paused: .all)
    #expect(
      try await runs(desk) == [
        "12:00:30 resume ready ravi", "12:01:00 resume ready ravi", "12:01:30 resume ready ravi",
        "12:02:00 resume ready ravi",
      ])
    let claims = try await desk.one.claim(upTo: 10, of: ["sync"])
    #expect(claims.map(\.dueAt) == [noon + .seconds(30)])
    #expect(try await desk.two.claim(upTo: 10, of: ["sync"]).isEmpty)
  }

  @Test func `gives every item its run`() async throws {
    var desk = try await paused { $0.forEach = "account" }
    desk.workshop.add(ItemSource("account") { _ in ["asha", "ravi"] })
    _ = try await desk.resume("sync", paused: .latest)
    #expect(
      try await runs(desk) == [
        "12:02:00 resume ready asha ravi", "12:02:00 resume ready ravi ravi",
      ])
  }

  @Test func `never uses a business date twice`() async throws {
    let desk = try await paused { $0.oncePerBusinessDate = true }
    let resumed = try #require(try await desk.resume("sync", paused: .all))
    #expect(try await runs(desk) == ["12:00:30 resume ready ravi"])
    #expect(
      resumed.runs.dropFirst().map(\.reason)
        == Array(
          repeating: "business date 2026-07-09 already has the run of an earlier slot", count: 3))
  }

  @Test func `after it ended by itself still finds its slots`() async throws {
    let desk = try await paused()
    try await desk.setClock(noon + .seconds(3_661))
    let resumed = try #require(try await desk.resume("sync", paused: .latest))
    #expect(resumed.slots == 119)
    #expect(
      try await runs(desk).filter { $0.contains("resume") } == ["12:59:30 resume ready ravi"])
  }

  @Test func `that replaced another finds the slots of both`() async throws {
    let desk = try await paused()
    try await desk.decide("sync")
    _ = try await desk.one.pause(
      "sync", until: noon + .seconds(7_200), actor: "ravi", reason: "still slow")
    try await desk.setClock(noon + .seconds(181))
    let resumed = try #require(try await desk.resume("sync", paused: .all))
    #expect(resumed.slots == 6)
    #expect(
      try await desk.texts("select reason from jobs.slot order by due_at")
        == ["paused by asha: broker is slow", "paused by ravi: still slow"])
    #expect(try await runs(desk).count == 6)
  }

  @Test func `runs each slot by the definition under which it was paused`() async throws {
    let desk = try await paused()
    let old = try #require(try await desk.one.definition(of: "sync")).revision
    try await desk.load(
      TestDesk.job("sync", every: .seconds(60)) { $0.misfire = Misfire(policy: .all) })
    #expect(try await desk.slots("sync") == ["paused 12:00:30..12:02:00 x4"], "not superseded")
    _ = try await desk.resume("sync", paused: .all)
    #expect(try await desk.texts("select distinct revision from jobs.run") == [old])
    #expect(try await runs(desk).count == 4)
  }

  @Test func `by two at once is done by one`() async throws {
    let desk = try await paused()
    async let one = desk.resume("sync", paused: .all)
    async let two = desk.resume("sync", paused: .all)
    let answers = [try await one, try await two]
    #expect(answers.count { $0 != nil } == 1)
    #expect(try await runs(desk).count == 4)
  }
}
