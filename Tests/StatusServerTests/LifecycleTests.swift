import Glibc
import JobStore
import Jobs
import Postgres
import ServiceLifecycle
import Support
import Testing
import Threads
import TradingTime

@testable import StatusServer

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `The server's life` {
  @Test func `a stream tells the newest snapshot and ends when the server stops`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    let streams = Locked<[String]>([])
    try await Face.serving(books.store) { face in
      try await face.untilItKnows()
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
          let answer = try await face.get("/events")
          #expect(answer.header("content-type") == "text/event-stream")
          streams.withLock { $0.append(answer.body) }
        }
        try await eventually("somebody watches") { face.server.feed.count == 1 }
        // Told twice at least: the watcher makes the poller look each second.
        let seen = try #require(face.server.board.snapshot.overview?.readSinceBoot)
        try await eventually("the poller looks again, twice") {
          let now = face.server.board.snapshot.overview?.readSinceBoot ?? seen
          return now > seen + .milliseconds(1500)
        }
        await face.group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
    let stream = try #require(streams.withLock { $0.first })
    #expect(stream.hasPrefix("retry: 2000\n\nevent: status\ndata: {"))
    #expect(stream.hasSuffix("}\n\n"))
    let events = stream.split(separator: "\n\n").dropFirst()
    #expect(events.count >= 2)
    for event in events {
      let lines = event.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(try parsedJSON(String(lines[1].dropFirst(6)))["jobs"]?["total"] == 1)
    }
  }

  @Test func `a watcher who does not read cannot hold the server`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    let held = Locked<Int32>(-1)
    try await Face.serving(books.store) { face in
      let deaf = try deafWatcher(port: face.port)
      held.withLock { $0 = deaf }
      try await eventually("he watches") { face.server.feed.count == 1 }
      // More than any socket's buffers take.
      var document = face.server.document(isForPage: true)()
      document.summary = String(repeating: "x", count: 12 << 20)
      face.server.feed.publish(try EventRoutes.event(document))
    }
    close(held.withLock { $0 })
  }

  @Test func `asking for the head of a stream watches nothing`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      let answer = try await face.send("HEAD", "/events")
      #expect(answer.status == 200)
      #expect(answer.header("content-type") == "text/event-stream")
      #expect(face.server.feed.count == 0)
    }
  }

  @Test func `only so many may watch`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    var configuration = Face.configuration()
    configuration.maxStreams = 1
    try await Face.serving(books.store, configuration) { face in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { _ = try await face.get("/events") }
        try await eventually("somebody watches") { face.server.feed.count == 1 }
        let refused = try await face.get("/events")
        #expect(refused.status == 503)
        #expect(refused.problem?["title"] == "too many watch already")
        await face.group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
  }

  @Test func `a taken port is told as such`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    let almanac = try almanac()
    try await Face.serving(books.store) { face in
      let second = StatusServer(
        StatusConfiguration(port: face.port), store: books.store,
        report: { Reporter().report }, almanac: { almanac })
      let error = await #expect(throws: StatusServerError.self) { try await second.run() }
      #expect(error == .addressTaken(host: "127.0.0.1", port: face.port))
    }
  }

  /// A connection that asks for events and never reads one.
  private func deafWatcher(port: Int) throws -> Int32 {
    let watcher = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var small: Int32 = 4096
    setsockopt(watcher, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(watcher, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    let request = Array("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    try #require(write(watcher, request, request.count) == request.count)
    return watcher
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Without a database` {
  @Test func `it keeps telling what it knew, and how old that is`() async throws {
    let cluster = try await PostgresCluster.start()
    var settings = try cluster.settings()
    settings.timeLimit = .seconds(5)
    let pool = Postgres.Pool(settings, size: 4)
    try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all).migrate(pool)
    let store = JobStore(pool: pool, holder: "x")
    _ = try await store.load([sync()], retiringAbsent: true, in: almanac())
    try await Face.serving(store) { face in
      try await face.untilItKnows()
      try await cluster.stop()
      try await eventually("the loss is noticed") { face.server.board.snapshot.failure != nil }
      let status = try await face.get("/status")
      #expect(status.status == 200)
      let document = try status.json()
      #expect(document["level"] == "failing")
      #expect(document["summary"] == "the database cannot be reached")
      #expect(document["database"]?["is_up"] == false)
      #expect(document["jobs"]?["total"] == 1)
      #expect(document["jobs"]?["items"]?.elements.first?["name"] == "sync-positions")
      let ready = try await face.get("/readyz")
      #expect(ready.status == 503)
      #expect(try ready.json()["failures"]?.elements.count == 1)
      #expect(try await face.get("/livez").status == 200)
      #expect(try await face.get("/").status == 200)
      let metrics = try ReadMetrics(try await face.get("/metrics").body).samples
      #expect(metrics["muhurat_database_up"] == 0)
      let next = "muhurat_job_next_slot_seconds{job=\"sync-positions\"}"
      let before = try #require(metrics[next], "\(metrics.keys.sorted())")
      try await eventually("what was read ages on") {
        try ReadMetrics(try await face.get("/metrics").body).samples[next] ?? before < before
      }
      let jobs = try await face.get("/api/jobs")
      #expect(jobs.status == 503)
      #expect(jobs.header("retry-after") == "2")
      #expect(jobs.problem?["title"] == "the database cannot be reached")
      try await cluster.startAgain()
      try await eventually("it finds the database again") {
        face.server.board.snapshot.failure == nil
      }
    }
    await pool.close()
  }
}
