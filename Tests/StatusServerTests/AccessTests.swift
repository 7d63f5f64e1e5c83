import JobStore
import Jobs
import Postgres
import ServiceLifecycle
import Support
import Testing
import TradingTime

@testable import StatusServer

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `Who may ask what` {
  private static let changing = [
    "/api/jobs/sync-positions/run", "/api/jobs/sync-positions/pause",
    "/api/jobs/sync-positions/resume", "/api/plans/4f2a91c0/approve", "/api/runs/1/cancel",
  ]

  @Test func `changing anything needs an operator's token, also on the loopback`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      for path in Self.changing {
        let without = try await face.post(path, token: nil)
        #expect(without.status == 401, "\(path)")
        #expect(without.header("www-authenticate") == "Bearer realm=\"muhurat\"")
        #expect(
          without.problem == [
            "status": 401, "title": "not permitted without a token",
            "detail":
              "changing anything needs an operator's token; send it as 'Authorization: Bearer …'",
          ])
        #expect(try await face.post(path, token: "guess").status == 401, "\(path)")
        let reader = try await face.post(path, token: Face.readerSecret)
        #expect(reader.status == 403, "\(path)")
        let basic = try await face.send(
          "POST", path, headers: [(name: "Authorization", value: "Basic \(Self.password)")])
        #expect(basic.status == 401, "a browser would send a password for anybody: \(path)")
      }
    }
    #expect(try await books.store.runs().isEmpty)
    #expect(try await books.store.audit().isEmpty)
  }

  /// `desk:operator's secret word`
  private static let password = "ZGVzazpvcGVyYXRvcidzIHNlY3JldCB3b3Jk"

  @Test func `reading is free on the loopback and needs a token elsewhere`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      let free = try await face.get("/api/jobs")
      #expect(free.status == 200)
    }
    try await Face.serving(books.store, Face.configuration(host: "0.0.0.0")) { face in
      for path in ["/", "/api/jobs", "/status", "/metrics", "/events", "/livez"] {
        let refused = try await face.get(path)
        #expect(refused.status == 401, "\(path)")
        #expect(refused.problem?["title"] == "not permitted without a token")
      }
      #expect(try await face.get("/api/jobs", token: "guess").status == 401)
      #expect(try await face.get("/api/jobs", token: Face.readerSecret).status == 200)
      #expect(try await face.get("/api/jobs", token: Face.operatorSecret).status == 200)
      let basic = [(name: "Authorization", value: "Basic \(Self.password)")]
      #expect(try await face.get("/", headers: basic).status == 200)
    }
  }

  @Test func `elsewhere without any token it does not start`() async throws {
    let store = JobStore(pool: try TestDatabase.current.pool(size: 1), holder: "x")
    let almanac = try almanac()
    let server = StatusServer(
      StatusConfiguration(host: "0.0.0.0", port: 0), store: store,
      report: { Reporter().report }, almanac: { almanac })
    await #expect(throws: StatusServerError.needsReadToken(host: "0.0.0.0")) {
      try await server.run()
    }
  }

  @Test func `a foreign name that points to the loopback is refused`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    var configuration = Face.configuration()
    configuration.hosts = ["desk.example"]
    try await Face.serving(books.store, configuration) { face in
      for (host, status) in [
        ("evil.example", 421), ("localhost:\(face.port)", 200), ("[::1]:\(face.port)", 200),
        ("desk.example", 200),
      ] {
        let answer = try await face.get("/status", headers: [(name: "Host", value: host)])
        #expect(answer.status == status, "\(host)")
      }
    }
  }

  @Test func `bodies and headers have limits`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      let large = "{\"reason\": \"" + String(repeating: "x", count: 70_000) + "\"}"
      let body = try await face.post("/api/jobs/sync-positions/run", large)
      #expect(body.status == 413)
      #expect(body.problem?["title"] == "the request is too large")
      let header = String(repeating: "x", count: 20_000)
      #expect(
        try await face.get("/status", headers: [(name: "X-Long", value: header)]).status == 400)
    }
  }

  @Test func `a token compares by its whole text`() {
    let tokens = [
      AccessToken(name: "asha", secret: "abc"), AccessToken(name: "ravi", secret: "abd"),
    ]
    #expect(tokens.holder(of: "abc") == "asha")
    #expect(tokens.holder(of: "abd") == "ravi")
    for wrong in ["", "ab", "abcd", "ABC"] {
      #expect(tokens.holder(of: wrong) == nil, "'\(wrong)'")
    }
  }
}
