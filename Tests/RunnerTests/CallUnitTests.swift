import HTTPClient
@testable import JobStore
import Jobs
import Postgres
import Runner
import Testing
import Threads
import TradingTime

/// One attempt at a call, without a database.
private struct CallBench {
  var job: Job
  var claim: Claim
  var isDryRun = false
  var timeout = Duration.seconds(60)
  let transcript = Transcript(limit: 65_536)

  init(
    _ method: String, _ url: String, headers: [String: String] = [:], body: String? = nil,
    idempotent: Bool? = nil
  ) {
    job = Job(
      name: "refresh-masters",
      work: .http(.init(method: method, url: url, headers: headers, body: body)),
      timeout: .seconds(60), idempotent: idempotent)
    claim = .sample(job: job)
  }

  func ending() async throws -> Ending? {
    let pool = Postgres.Pool(try ConnectionSettings(url: "postgresql:///none?host=/nowhere"))
    var claim = claim
    claim.isDryRun = isDryRun
    let attempt = Attempt(
      claim: claim, job: job, store: JobStore(pool: pool, holder: "bench"),
      deadline: .after(timeout), transcript: transcript)
    do {
      return .succeeded(try await CallUnit(client: WebClient()).run(attempt))
    } catch {
      return FailureWords.ending(of: error, isIdempotent: job.idempotent)
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct `Making a call` {
  private static let facts = [
    "muhurat-run": "8123", "muhurat-job": "refresh-masters", "muhurat-item": "family",
    "muhurat-business-date": "2026-07-09", "muhurat-due-at": "2026-07-09T10:50:00Z",
    "idempotency-key": "refresh-masters/2026-07-09T10:50:00Z/family",
  ]

  @Test func `carries the run's facts and the job's own headers`() async throws {
    let server = try CallServer(CallServer.answer(204))
    let bench = CallBench(
      "post", "\(server.url)/masters?segment=NC", headers: ["Authorization": "Bearer 12345678"],
      body: "{\"full\": true}")
    #expect(
      try await bench.ending() == .succeeded(RunResult(kind: "call", figures: ["status": 204])))
    let seen = try #require(server.seen.first)
    #expect(seen.line == "POST /masters?segment=NC HTTP/1.1")
    #expect(seen.body == "{\"full\": true}")
    #expect(seen.headers["authorization"] == "Bearer 12345678")
    #expect(
      seen.headers.filter { $0.key.hasPrefix("muhurat-") || $0.key == "idempotency-key" }
        == Self.facts)
  }

  @Test func `a run without slot and item is known by its number`() async throws {
    let server = try CallServer(CallServer.answer(200))
    var bench = CallBench("GET", server.url)
    bench.claim.item = nil
    bench.claim.dueAt = nil
    _ = try await bench.ending()
    let headers = try #require(server.seen.first).headers
    #expect(headers["idempotency-key"] == "refresh-masters/8123")
    #expect(headers["muhurat-due-at"] == nil && headers["muhurat-item"] == nil)
  }

  @Test func `the job's own idempotency key wins`() async throws {
    let server = try CallServer(CallServer.answer(200))
    _ = try await CallBench("PUT", server.url, headers: ["idempotency-key": "mine"]).ending()
    #expect(try #require(server.seen.first).headers["idempotency-key"] == "mine")
  }

  @Test func `an answer that speaks of a verdict is the result`() async throws {
    let server = try CallServer(
      CallServer.answer(
        200, #"{"verdict": "warn", "figures": {"rows": 12, "net": 1.50}, "rows": [{"a": 1}]}"#,
        type: "application/json; charset=utf-8"))
    var bench = CallBench("GET", server.url)
    bench.job.result = "targets"
    #expect(
      try await bench.ending()
        == .succeeded(
          RunResult(
            kind: "targets", verdict: .warn, figures: ["rows": 12, "net": "1.50"],
            rows: [["a": 1]])))
  }

  @Test(arguments: [
    ("{\"status\": \"fine\"}", "application/json"), ("[1, 2]", "application/json"),
    ("{\"verdict\": ", "application/json"), ("{\"verdict\": \"breaks\"}", "text/plain"),
  ])
  func `any other answer is only a success`(_ body: String, _ type: String) async throws {
    let server = try CallServer(CallServer.answer(200, body, type: type))
    #expect(
      try await CallBench("GET", server.url).ending()
        == .succeeded(RunResult(kind: "call", figures: ["status": 200])))
  }

  @Test func `a verdict that is none fails the run`() async throws {
    let server = try CallServer(
      CallServer.answer(200, #"{"verdict": "great"}"#, type: "application/json"))
    #expect(
      try await CallBench("GET", server.url).ending()
        == .failed(
          "the result of GET \(server.host) cannot be used: unknown verdict 'great'; verdicts are: "
            + "ok, warn, breaks, no_data, stale_input"))
  }

  @Test func `a dry run sends nothing that could change something`() async throws {
    let server = try CallServer(CallServer.answer(200))
    var bench = CallBench("DELETE", "\(server.url)/all")
    bench.isDryRun = true
    #expect(
      try await bench.ending() == .succeeded(RunResult(kind: "call", figures: ["sent": false])))
    #expect(server.seen.isEmpty)
    #expect(bench.transcript.text == "dry run: DELETE \(server.host) was not sent\n")
  }
}

@Suite(.timeLimit(.minutes(10))) struct `A call that fails` {
  struct Case: Sendable, CustomTestStringConvertible {
    let method: String
    let status: Int
    var isIdempotent = false
    let outcome: Outcome
    var isTransient = false
    let text: String
    var testDescription: String { "\(method) \(status)\(isIdempotent ? ", idempotent" : "")" }
  }

  @Test(arguments: [
    Case(
      method: "GET", status: 503, outcome: .failed, isTransient: true,
      text: "GET HOST answered 503"),
    Case(
      method: "HEAD", status: 429, outcome: .failed, isTransient: true,
      text: "HEAD HOST answered 429, try again later"),
    Case(
      method: "GET", status: 408, outcome: .failed, isTransient: true,
      text: "GET HOST answered 408, try again later"),
    Case(
      method: "GET", status: 404, outcome: .failed,
      text: "GET HOST answered 404, it refused the request"),
    Case(
      method: "GET", status: 302, outcome: .failed,
      text: "GET HOST answered 302; redirects are not followed, write the new address"),
    Case(
      method: "POST", status: 400, outcome: .failed,
      text: "POST HOST answered 400, it refused the request"),
    Case(
      method: "POST", status: 429, outcome: .failed,
      text: "POST HOST answered 429, try again later"),
    Case(
      method: "POST", status: 500, outcome: .unknown,
      text:
        "POST HOST may have been carried out: it answered 500; look there before it is sent again"
    ),
    Case(
      method: "PUT", status: 502, isIdempotent: true, outcome: .failed, isTransient: true,
      text: "PUT HOST answered 502"),
  ])
  func `is judged by its method and the answer`(_ example: Case) async throws {
    let server = try CallServer(CallServer.answer(example.status))
    let ending = try await CallBench(
      example.method, "\(server.url)/path?token=abcdef", idempotent: example.isIdempotent
    ).ending()
    #expect(
      ending
        == Ending(
          example.outcome, errorClass: example.isTransient ? "transient" : nil,
          error: example.text.replacing("HOST", with: server.host)))
  }

  @Test func `without an answer is unknown if it could change something`() async throws {
    let server = try CallServer { _ in nil }
    #expect(
      try await CallBench("POST", "\(server.url)/orders?token=abcdef").ending()
        == Ending(
          .unknown,
          error:
            "POST \(server.host) may have been carried out: \(server.host) closed the connection "
            + "before its answer was complete; look there before it is sent again"))
    #expect(server.seen.count == 1)
    let words = "\(server.host) closed the connection before its answer was complete"
    #expect(
      try await CallBench("GET", server.url).ending()
        == .failed("GET \(server.host): \(words)", transient: true))
    #expect(
      try await CallBench("DELETE", server.url, idempotent: true).ending()
        == .failed("DELETE \(server.host): \(words)", transient: true))
  }

  @Test func `that is answered too late is judged before the attempt's end`() async throws {
    let over = CallGate()
    let server = try CallServer { _ in
      over.wait()
      return nil
    }
    var bench = CallBench("POST", server.url)
    bench.timeout = .seconds(2)
    #expect(try await bench.ending()?.outcome == .unknown)
    over.open()
  }

  @Test func `that nobody heard may be tried again`() async throws {
    let host = try { try CallServer { _ in nil }.host }()
    #expect(
      try await CallBench("POST", "http://\(host)/orders?token=abcdef").ending()
        == .failed(
          "POST \(host): \(host) refused the connection; is it running, and is the port right?",
          transient: true))
  }

  @Test func `shows its answer in the log without what it was sent`() async throws {
    let server = try CallServer(
      CallServer.answer(403, "no: key s3cr3t-value, token abcdef, path /x?token=abcdef"))
    let bench = CallBench(
      "GET", "\(server.url)/x?token=abcdef", headers: ["X-Key": "s3cr3t-value"])
    #expect(
      try await bench.ending()
        == .failed("GET \(server.host) answered 403, it refused the request"))
    #expect(
      bench.transcript.text
        == "GET \(server.host) answered 403, 56 bytes\nno: key …, token …, path /x?…\n")
  }

  @Test func `that cannot be right is not sent`() async throws {
    #expect(
      try await CallBench("GET", "ftp://host/x").ending()
        == .failed("GET host: request to host not sent: only http and https are allowed, not ftp"))
  }
}
