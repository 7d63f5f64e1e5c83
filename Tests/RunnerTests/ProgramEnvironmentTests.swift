import JobStore
import Jobs
import Runner
import Testing
import Threads
import TradingTime

@Suite(.timeLimit(.minutes(10))) struct `What a program finds in its environment` {
  /// Names and values, but for the two that differ each time.
  private func environment(of bench: ProgramBench) async throws -> [String: String] {
    var bench = bench
    bench.job.work = .command(["/usr/bin/env", "-0"])
    _ = try await bench.run()
    let lines = try #require(bench.transcript.text).split(separator: "\u{2400}")
    return Dictionary(
      lines.map { line in
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), String(parts[1]))
      }, uniquingKeysWith: { first, _ in first })
  }

  @Test func `is the run's facts and nothing of the runner's secrets`() async throws {
    var bench = ProgramBench("env")
    bench.inherited = [
      "PATH": "/usr/bin:/bin", "HOME": "/home/desk", "LANG": "C.UTF-8", "LC_TIME": "en_IN",
      "TZ": "Asia/Kolkata", "TMPDIR": "/tmp", "DATABASE_URL": "postgresql://desk@db/muhurat",
      "PGHOST": "db", "PGPASSFILE": "/home/desk/.pgpass",
      "NOTIFY_SOCKET": "/run/planted", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1",
      "LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "planted",
      "CREDENTIALS_DIRECTORY": "/run/planted", "MUHURAT_OPERATOR_TOKEN": "planted",
      "MUHURAT_SMTP_PASSWORD": "planted", "MUHURAT_JOB": "planted", "AWS_SECRET": "planted",
      "USER": "planted", "LD_PRELOAD": "", "JOURNAL_STREAM": "8:1",
    ]
    let all = try await environment(of: bench)
    let deadline = try #require(all["MUHURAT_DEADLINE"])
    let result = try #require(all["MUHURAT_RESULT"])
    let found = all.filter {
      !["MUHURAT_DEADLINE", "MUHURAT_GUARDIAN", "MUHURAT_RESULT"].contains($0.key)
    }
    #expect(
      found == [
        "PATH": "/usr/bin:/bin", "HOME": "/home/desk", "LANG": "C.UTF-8", "LC_TIME": "en_IN",
        "TZ": "Asia/Kolkata", "TMPDIR": "/tmp", "DATABASE_URL": "postgresql://desk@db/muhurat",
        "PGHOST": "db", "PGPASSFILE": "/home/desk/.pgpass",
        "MUHURAT_JOB": "export-ledger", "MUHURAT_RUN": "8123", "MUHURAT_ATTEMPT": "2",
        "MUHURAT_DUE_AT": "2026-07-09T10:50:00Z", "MUHURAT_BUSINESS_DATE": "2026-07-09",
        "MUHURAT_ITEM": "family", "MUHURAT_LOCK": "account/family", "MUHURAT_FENCE": "17",
        "MUHURAT_DRY_RUN": "0",
      ])
    #expect(Instant(rfc3339: deadline) != nil, "\(deadline) is no RFC 3339 time")
    #expect(result.hasPrefix("/tmp/muhurat-") && result.hasSuffix("/result.json"), "\(result)")
  }

  @Test func `a dry run says so, and the deadline lies a timeout ahead`() async throws {
    var bench = ProgramBench("env")
    bench.isDryRun = true
    bench.timeout = .seconds(1000)
    let before = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    let found = try await environment(of: bench)
    #expect(found["MUHURAT_DRY_RUN"] == "1")
    let deadline = try #require(Instant(rfc3339: found["MUHURAT_DEADLINE"] ?? ""))
    #expect(deadline - before > .seconds(900) && deadline - before <= .seconds(1100))
  }

  @Test func `the result's folder is private and gone afterwards`() async throws {
    let bench = ProgramBench.shell(
      "cd \"${MUHURAT_RESULT%/*}\"; stat -c %a .; touch result.json.new; pwd")
    _ = try await bench.run()
    let lines = try #require(bench.transcript.text).split(separator: "\n").map(String.init)
    #expect(lines.first == "700")
    let look = ProgramBench("ls", lines.last ?? "")
    #expect(await look.ending().outcome == .failed, "\(lines.last ?? "") is still there")
  }
}
