import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `Asking why` {
  @Test func `a slot that failed is told with its attempts`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await books.decidedThrough("reconcile", "2026-07-09T16:20:00+05:30")
    try await books.slot("reconcile", "2026-07-09T16:20:00+05:30")
    let id = try await books.run(
      "reconcile", due: "2026-07-09T16:20:00+05:30", .failed, reason: "broker said 503")
    let told = try await books.store.why(
      job: "reconcile", at: instant("2026-07-09T16:20:00+05:30"), almanac: almanac())
    #expect(
      told.sentence
        == "reconcile 2026-07-09 16:20 IST ran and failed: run \(id) failed: broker said 503.")
    #expect(
      told.chain == [
        "schedule: daily at 16:20 Asia/Kolkata, on days nse-cash trades",
        "calendar: nse-cash is open on 2026-07-09", "pause: none",
        "slot: 2026-07-09 16:20 IST: run, first seen 100ms late: due",
        "run \(id): schedule, failed, claimed 200ms late: broker said 503",
        "attempt 1 of 1 at desk-1:boot:1:word failed after 2s: broker said 503",
        "daemon: none on record",
        "next slot: 2026-07-10 16:20 IST, in 23h40m",
      ])
  }

  @Test func `a run that waits names who has its lock`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:10+05:30", jobs: [sync(), reconcile()])
    try await books.decidedThrough("sync-positions", "2026-07-09T10:00:00+05:30")
    try await books.slot("sync-positions", "2026-07-09T10:00:00+05:30")
    let ready = try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30", .ready)
    let holder = try await books.run("reconcile", due: nil, .running)
    try await books.pool.query(
      """
      update jobs.lock set run = $1, holder = 'desk-2', taken_at = clock_timestamp()
       where name = 'sync-positions'
      """, holder)
    try await books.store.beSeen(as: "serve")
    let told = try await books.store.why(job: "sync-positions", almanac: almanac())
    #expect(
      told.sentence.hasPrefix(
        "sync-positions is not running yet: run \(ready) waits for the lock 'sync-positions', held by run \(holder) of reconcile for "
      ), "\(told.sentence)")
  }

  @Test func `a slot nobody decided is told from schedule and watermark alone`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await books.decidedThrough("reconcile", "2026-07-09T12:00:00+05:30")
    let told = try await books.store.why(job: "reconcile", almanac: almanac())
    #expect(
      told.sentence
        == "reconcile is not running yet: its slot of 2026-07-09 16:20 IST is due, but nobody decides: no daemon is on record; start `muhurat serve`."
    )
  }

  @Test func `an unknown name is refused with the known ones`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile(), sync()])
    let error = await #expect(throws: NoSuchJob.self) {
      try await books.store.why(job: "reconcil", almanac: almanac())
    }
    #expect(
      error?.description == "no job named 'reconcil'; jobs are: reconcile, sync-positions")
  }
}
