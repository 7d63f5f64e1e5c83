import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(.jobs), .timeLimit(.minutes(10)))
struct `A large backfill` {
  private func backfill(
    _ desk: TestDesk, from: Int, to: Int, dryRun: Bool = false
  ) async throws -> Backfill {
    var request = BackfillRequest(
      job: "sync", from: thursday.adding(days: from), to: thursday.adding(days: to), actor: "asha")
    request.reason = "new figure"
    return try await desk.one.backfill(
      request, isDryRun: dryRun, in: desk.almanac, workshop: desk.workshop)
  }

  @Test func `behind more locks than a claim can look at is refused, in a dry run too`()
    async throws
  {
    let desk = try await TestDesk(at: noon - .seconds(2 * 86_400))
    try await desk.load(
      TestDesk.job("sync", every: .seconds(10)) {
        $0.misfire = Misfire(policy: .skip)
        $0.lock = LockTemplate(text: "{job}@{due_at}")
      })
    try await desk.setClock(noon + .seconds(60))
    try await desk.decide("sync")
    for dryRun in [true, false] {
      let error = await #expect(throws: OperatorRefusal.self) {
        try await backfill(desk, from: -2, to: -1, dryRun: dryRun)
      }
      #expect(
        error?.description
          == "those runs would wait for 12959 different locks at once, and every claim looks at "
          + "each; 5000 is the most: take a shorter span, and the next when it is done")
    }
    #expect(try await backfill(desk, from: 0, to: 0).batch?.runs == 4_326)
  }

  @Test func `of ten thousand slots, cancelled half-way, ends as one`() async throws {
    let start = noon - .seconds(10_000 * 8)
    let desk = try await TestDesk(at: start)
    try await desk.load(
      TestDesk.job("sync", every: .seconds(8)) { $0.misfire = Misfire(policy: .skip) })
    try await desk.setClock(noon + .seconds(5))
    try await desk.decide("sync")
    let batch = try #require(try await backfill(desk, from: -1, to: 0).batch)
    #expect(batch.runs == 10_000)
    // Half of it is done, as if runners had gone through it one by one; one is under way.
    try await desk.pool.query(
      """
      update jobs.run set state = 'succeeded', finished_at = clock_timestamp()
       where id in (select id from jobs.run order by id limit 5000)
      """)
    let running = try #require(try await desk.one.claim(upTo: 10, of: ["sync"]).first)
    #expect(running.dueAt == start + .seconds(5_001 * 8), "oldest first")
    let cancelled = try #require(
      try await desk.two.cancelBatch(ofRun: batch.lastRun, actor: "ravi", reason: "wrong month"))
    #expect(cancelled.ended == 4_999 && cancelled.asked == 1 && cancelled.endedBefore == 5_000)
    #expect(try await desk.one.claim(upTo: 10, of: ["sync"]).isEmpty)
    try await desk.settle(running, Ending(.cancelled, error: "cancelled"))
    #expect(
      try await desk.texts(
        "select state || ' ' || count(*) from jobs.run group by state order by 1")
        == ["cancelled 5000", "succeeded 5000"])
    #expect(
      try await desk.texts(
        """
        select concat_ws('|', actor, action, reason, before, after) from jobs.audit
         order by id desc limit 1
        """) == [
          #"ravi|cancel batch|wrong month|{"batch": 1, "ready": 4999, "running": 1}"#
            + #"|{"batch": 1, "cancelled": 4999, "cancelling": 1}"#
        ])
    #expect(try await desk.count("select count(*) from jobs.lock where run is not null") == 0)
    let again = try #require(
      try await desk.two.cancelBatch(ofRun: batch.firstRun, actor: "ravi", reason: nil))
    #expect(again.ended == 0 && again.asked == 0 && again.endedBefore == 10_000)
    #expect(try await desk.one.checkRecord().rows == 2, "nothing more was done")
    try await desk.setClock(noon + .seconds(8))
    try await desk.decide("sync")
    #expect(
      try await desk.one.claim(upTo: 10, of: ["sync"]).map(\.trigger) == [.schedule],
      "today goes on")
  }
}
