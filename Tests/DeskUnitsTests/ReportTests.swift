import Desk
import DeskStore
import Jobs
import Postgres
import Support
import Testing
import Threads
import TradingTime

@testable import DeskUnits

@Suite(.freshDatabase(bothWings), .timeLimit(.minutes(10)))
struct `The end-of-day report` {
  private func finished() async throws -> Bench {
    let bench = try await Bench.open()
    bench.trade()
    bench.quote()
    try await bench.run("sync-positions")
    try await bench.run("update-prices", item: nil)
    try await bench.set(clock: "2026-11-20T16:20:00+05:30")
    try await bench.run("reconcile")
    try await bench.run("analytics-rollup")
    try await bench.set(clock: "2026-11-20T16:45:00+05:30")
    return bench
  }

  private let files = ["csv", "html", "json", "txt"].map { "2026-11-20/report.\($0)" }

  @Test func `it is kept, written and mailed once, however often it runs`() async throws {
    let bench = try await finished()
    let first = try await bench.run("end-of-day-report", item: nil)
    #expect(first.result.verdict == .ok && first.result.kind == "report")
    #expect(first.result.figures["line"] == "CLEAN" && first.result.figures["mail"] == "sent")
    #expect(bench.folder.files == files)
    #expect(bench.mailed.withLock { $0 } == ["2026-11-20 version 1: CLEAN"])

    let again = try await bench.run("end-of-day-report", item: nil)
    #expect(again.result.figures["sha256"] == first.result.figures["sha256"])
    #expect(again.result.figures["mail"] == "sent before")
    #expect(bench.mailed.withLock { $0.count } == 1, "the same bytes were mailed twice")
    #expect(try await bench.count("desk.report") == 1)
    #expect(
      try await bench.lines(
        "select concat_ws(' ', channel, state, attempts) from desk.report_delivery")
        == ["mail sent 1"])
  }

  @Test func `other figures are another version, mailed as such`() async throws {
    let bench = try await finished()
    try await bench.run("end-of-day-report", item: nil)
    bench.broker.answer("trades/1000001", rows: [Wire.position(bought: 110, net: 110)])
    try await bench.run("reconcile")
    let ran = try await bench.run("end-of-day-report", item: nil)
    #expect(ran.result.figures["version"] == 2)
    #expect(
      bench.mailed.withLock { $0 } == [
        "2026-11-20 version 1: CLEAN",
        "2026-11-20 version 2: BREAKS 1 (1 critical)",
      ])
  }

  @Test func `a mail that failed is on record and tried again`() async throws {
    let bench = try await finished()
    bench.mailFails.withLock { $0 = NoMailToday() }
    #expect(
      try await bench.failure("end-of-day-report", item: nil) == "NoMailToday: no mail today")
    #expect(bench.folder.files == files, "the files do not wait for the mail")
    let deliveries = """
      select concat_ws(' ', state, attempts, error, ended_at is not null) from desk.report_delivery
      """
    #expect(try await bench.lines(deliveries) == ["failed 1 no mail today t"])
    bench.mailFails.withLock { $0 = nil }
    try await bench.run("end-of-day-report", item: nil)
    #expect(try await bench.lines(deliveries) == ["sent 2 t"])
    #expect(bench.mailed.withLock { $0 } == ["2026-11-20 version 1: CLEAN"])
  }

  @Test func `it goes out when everything before it failed, and says so`() async throws {
    let bench = try await Bench.open()
    bench.broker.sign("asha", .notSignedIn(reason: "nobody has signed in"))
    let error = BrokerError.notSignedIn(account: "asha", reason: "nobody has signed in")
    bench.broker.answer("reports/1000001", .fails(error))
    _ = try await bench.failure("sync-positions")
    _ = try await bench.failure("reconcile")
    let ran = try await bench.run("end-of-day-report", item: nil)
    #expect(ran.result.verdict == .warn)
    #expect(ran.result.figures["line"] == "NOT COMPARABLE: asha not reconciled")
    let text = try #require(try await bench.lines("select text from desk.report").first)
    for sentence in [
      "- asha: no positions of this session on record", "- asha: not reconciled",
      "- asha: no figures rolled up",
      "- 11:00:00 reconcile/asha failed: asha is not signed in: nobody has signed in; run: muhurat sign-in asha",
    ] {
      #expect(text.contains(sentence + "\n"), "missing: \(sentence)\n\(text)")
    }
    #expect(bench.mailed.withLock { $0.count } == 1)
  }

  @Test func `a run that was done in time and met something odd is told`() async throws {
    let bench = try await finished()
    try await bench.pool.execute(
      script: """
        update jobs.result set verdict = 'warn', figures = '{"notes": ["a lot changed", "and another"]}'
         where run_id = (select max(id) from jobs.run where job = 'sync-positions')
        """)
    try await bench.run("end-of-day-report", item: nil)
    let text = try #require(
      try await bench.lines("select text from desk.report order by version desc limit 1").first)
    #expect(text.contains(" sync-positions/asha on time: verdict warn: a lot changed\n"), "\(text)")
  }

  @Test func `without accounts it still goes out`() async throws {
    let bench = try await Bench.open()
    try await bench.desk.change("asha", isEnabled: false, on: bench.pool)
    let ran = try await bench.run("end-of-day-report", item: nil)
    #expect(ran.result.verdict == .warn)
    #expect(ran.result.figures["missing"] == ["no account is enabled"])
  }

  @Test func `a dry run leaves neither files nor mail`() async throws {
    let bench = try await finished()
    let ran = try await bench.run("end-of-day-report", item: nil, dryRun: true)
    #expect(ran.log.last == "a dry run: no files were written and nothing was mailed")
    #expect(bench.folder.files == [])
    #expect(bench.mailed.withLock { $0 } == [])
    #expect(try await bench.count("desk.report") == 0)
  }

  @Test func `the day's jobs are told from the runner's tables`() async throws {
    let bench = try await finished()
    try await bench.pool.query(
      """
      insert into jobs.slot (job, due_at, through, slots, decision, reason, business_date,
        local_label, lateness, revision, decided_by)
      values
        ('sync-positions', '2026-11-20T12:00:00+05:30', '2026-11-20T12:02:00+05:30', 5, 'missed',
         'no muhurat was running', '2026-11-20', '12:00', '0', 'r', 'bench'),
        ('sync-positions', '2026-11-20T18:00:00+05:30', null, 1, 'closed', 'after hours',
         '2026-11-20', '18:00', '0', 'r', 'bench')
      """)
    try await bench.pool.query(
      """
      insert into jobs.run (job, item, due_at, business_date, trigger, state, reason, revision,
        idempotent, lock, ready_at, lateness, finished_at)
      values
        ('sync-positions', 'asha', '2026-11-20T12:05:00+05:30', '2026-11-20', 'schedule',
         'succeeded', null, 'r', true, 'sync-positions/asha', now(), '40s', now()),
        ('sync-positions', 'asha', '2026-11-20T12:06:00+05:30', '2026-11-20', 'schedule', 'gated',
         'waited until it expired: asha is not signed in', 'r', true, 'sync-positions/asha', now(),
         null, now()),
        ('sync-positions', 'asha', '2026-11-20T12:07:00+05:30', '2026-11-20', 'schedule', 'ready',
         null, 'r', true, 'sync-positions/asha', now(), null, null)
      """)
    let ran = try await bench.run("end-of-day-report", item: nil)
    #expect(
      ran.result.figures["missing"] == ["sync-positions of asha has not ended (ready)"])
    let text = try #require(try await bench.lines("select text from desk.report").first)
    let jobs = text.split(separator: "\n").filter { $0.contains("sync-positions") }
      .map { $0.split(separator: " ").joined(separator: " ") }
    #expect(
      jobs.suffix(4) == [
        // Runs, on time, late, failed, skipped, worst lateness.
        "sync-positions 8 1 1 0 6 40.0 s",
        "- 12:00:00 sync-positions skipped: missed: no muhurat was running; 4 more until 12:02",
        "- 12:05:00 sync-positions/asha late: it began 40s late",
        "- 12:06:00 sync-positions/asha skipped: waited until it expired: asha is not signed in",
      ], "\(text)")
  }

  @Test func `the next session is named with what lies before it`() async throws {
    let bench = try await Bench.open()
    try await bench.set(clock: "2026-11-23T16:45:00+05:30")
    try await bench.run("end-of-day-report", item: nil, on: day("2026-11-23"))
    let text = try #require(try await bench.lines("select text from desk.report").first)
    #expect(
      text.hasSuffix(
        """
        NEXT SESSION
        Wednesday 25 November 2026
        - 2026-11-24 is a holiday: Guru Nanak Jayanti

        """), "\(text)")
  }
}

private struct NoMailToday: Error, CustomStringConvertible {
  var description: String { "no mail today" }
}
