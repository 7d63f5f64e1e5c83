import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import StatusServer

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `Probes, status and metrics` {
  @Test func `it is alive and ready, and says what stands against it`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      #expect(try await face.get("/livez").json() == ["status": "ok", "failures": []])
      #expect(try await face.get("/readyz").json() == ["status": "ok", "failures": []])
      face.reporter.change { $0.loops[0].movedSecondsAgo = 42 }
      let stuck = try await face.get("/livez")
      #expect(stuck.status == 503)
      #expect(
        try stuck.json() == [
          "status": "failing", "failures": ["loop 'claim' has not moved for 42s, limit 15s"],
        ])
      face.reporter.change {
        $0.loops[0].movedSecondsAgo = 1
        $0.databaseLostAt = Instant(secondsSinceEpoch: 1_752_000_100)
        $0.databaseError = "refused"
        $0.isDraining = true
      }
      #expect(try await face.get("/livez").status == 200, "restarting brings no database back")
      let lost = try await face.get("/readyz")
      #expect(lost.status == 503)
      #expect(
        try lost.json()["failures"] == [
          "draining: no new work is claimed",
          "the runner lost the database at 2025-07-08T18:41:40Z: refused",
        ])
    }
  }

  @Test func `status tells everything with its age`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync(), reconcile()])
    try await books.store.beSeen(as: "serve")
    try await Face.serving(books.store) { face in
      try await face.untilItKnows()
      let status = try await face.get("/status").json()
      #expect(
        status.keys == [
          "as_of", "clock", "data_age_seconds", "database", "jobs", "level", "runner", "runners",
          "summary", "zone",
        ])
      #expect(status["jobs"]?["total"] == 2)
      #expect(status["jobs"]?["age_seconds"]?.number != nil)
      #expect(status["runners"]?["value"]?.elements.count == 1)
      #expect(status["database"] == ["is_up": true])
      #expect(status["clock"]?["job_time"] == "2026-07-09T04:30:00Z")
      #expect(
        status["runner"]?["loops"]?.elements.first
          == [
            "name": "claim", "moved_seconds_ago": .double(0.5), "limit_seconds": 15,
            "is_alive": true,
          ])
    }
  }

  @Test func `metrics can be read back and tell the truth`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:10+05:30", jobs: [sync()])
    try await books.decidedThrough("sync-positions", "2026-07-09T10:00:00+05:30")
    try await books.run("sync-positions", due: "2026-07-09T09:59:30+05:30", .failed)
    try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30")
    try await Face.serving(books.store) { face in
      try await face.untilItKnows()
      let answer = try await face.get("/metrics")
      #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
      let samples = try ReadMetrics(answer.body).samples
      #expect(samples["muhurat_database_up"] == 1)
      #expect(samples["muhurat_claims"] == 2)
      #expect(samples["muhurat_loop_age_seconds{loop=\"claim\"}"] == 0.5)
      #expect(samples["muhurat_job_health{job=\"sync-positions\",level=\"ok\"}"] == 1)
      let next = try #require(samples["muhurat_job_next_slot_seconds{job=\"sync-positions\"}"])
      #expect((0...20).contains(next), "20 s as it was read, less its age: \(next)")
      #expect(samples["muhurat_recent_runs{job=\"sync-positions\",state=\"failed\"}"] == 1)
      #expect(samples["muhurat_recent_runs{job=\"sync-positions\",state=\"succeeded\"}"] == 1)
      #expect(
        samples["muhurat_recent_duration_seconds{job=\"sync-positions\",quantile=\"0.99\"}"] == 2)
      #expect(samples["muhurat_data_age_seconds"] != nil)
    }
  }

  @Test func `a label may hold anything`() throws {
    var page = Prometheus()
    page.family("x", "a \\ b\nc", [([("job", "say \"hi\" \\ and\nleave")], .infinity)])
    #expect(
      page.text == """
        # HELP x a \\\\ b\\nc
        # TYPE x gauge
        x{job="say \\"hi\\" \\\\ and\\nleave"} +Inf

        """)
  }
}

/// A reader of the text format that refuses what the format does not allow.
struct ReadMetrics {
  var samples: [String: Double] = [:]

  init(_ text: String) throws {
    var typed: Set<String> = []
    try #require(text.hasSuffix("\n"))
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        let name = String(line.split(separator: " ")[2])
        #expect(typed.insert(name).inserted, "\(name) comes twice")
      }
      guard !line.hasPrefix("#") else { continue }
      let cut = try #require(line.lastIndex(of: " "), "\(line)")
      let name = String(line[..<cut])
      let value = try #require(Double(line[line.index(after: cut)...]), "\(line)")
      let family = String(name.prefix { $0 != "{" })
      #expect(typed.contains(family), "\(family) has no type")
      #expect(samples.updateValue(value, forKey: name) == nil, "\(name) comes twice")
    }
  }
}
