import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `Waiting for another job` {
  private static func report(_ condition: After.Condition, items: Bool = false) -> Job {
    TestDesk.job("report", every: nil) {
      $0.after = [After(job: "reconcile", condition: condition)]
      if items { $0.forEach = "account" }
    }
  }

  private func unmet(
    _ desk: TestDesk, _ condition: After.Condition = .succeeded, item: String? = nil,
    on date: CivilDate = thursday
  ) async throws -> String? {
    try await desk.one.unmetCondition(of: Self.report(condition), item: item, on: date)
  }

  private func desk(_ rows: (item: String?, state: RunState)...) async throws -> TestDesk {
    let desk = try await TestDesk()
    let job = TestDesk.job("reconcile", every: nil)
    try await desk.load(job)
    for (number, row) in rows.enumerated() {
      let run = try await desk.ready(job, item: row.item, lock: "lock-\(number)")
      if row.state == .ready { continue }
      guard row.state.isEnded else {
        _ = try await desk.one.claim(upTo: 1, of: ["reconcile"], only: [run])
        continue
      }
      try await desk.pool.query(
        "update jobs.run set state = $2, finished_at = clock_timestamp() where id = $1", run,
        row.state.rawValue)
    }
    return desk
  }

  @Test func `says that it has no run on that date, whatever other dates have`() async throws {
    let desk = try await desk((nil, .succeeded))
    #expect(
      try await unmet(desk, on: CivilDate(daysSinceEpoch: 20_644))
        == "after reconcile: it has no run on 2026-07-10")
    #expect(try await unmet(desk) == nil)
  }

  @Test(arguments: [
    (RunState.ready, "after reconcile: on 2026-07-09 it is ready"),
    (.running, "after reconcile: on 2026-07-09 it is running"),
    (.failed, "after reconcile: on 2026-07-09 it is failed"),
    (.unknown, "after reconcile: on 2026-07-09 it is unknown"),
  ])
  func `needs a success`(_ state: RunState, _ seen: String) async throws {
    #expect(try await unmet(try await desk((nil, state))) == seen)
  }

  @Test func `is satisfied by any success of the date, a failure before or after it`()
    async throws
  {
    #expect(try await unmet(try await desk((nil, .failed), (nil, .succeeded))) == nil)
    #expect(try await unmet(try await desk((nil, .succeeded), (nil, .failed))) == nil)
  }

  @Test func `settled needs an end in any way, of every run`() async throws {
    #expect(try await unmet(try await desk((nil, .unknown)), .settled) == nil)
    #expect(
      try await unmet(try await desk((nil, .failed), (nil, .running)), .settled)
        == "after reconcile: on 2026-07-09 it is running")
  }

  @Test func `of a job with items means every item, or the same one`() async throws {
    let desk = try await desk(("asha", .succeeded), ("ravi", .failed))
    #expect(try await unmet(desk) == "after reconcile (ravi): on 2026-07-09 it is failed")
    #expect(try await unmet(desk, item: "asha") == nil)
    #expect(
      try await unmet(desk, item: "ravi") == "after reconcile (ravi): on 2026-07-09 it is failed")
    #expect(
      try await unmet(desk, item: "maya") == "after reconcile: it has no run on 2026-07-09")
    #expect(try await unmet(desk, .settled) == nil)
  }

  @Test func `of a job without items does not ask for the item`() async throws {
    #expect(try await unmet(try await desk((nil, .succeeded)), item: "asha") == nil)
  }
}
