import JobStore
import Jobs
import Postgres
import Support
import Testing
import TradingTime

@testable import StatusServer

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `Jobs and runs over HTTP` {
  @Test func `jobs, slots and reasons are read`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile(), sync()])
    try await books.decidedThrough("reconcile", "2026-07-09T16:20:00+05:30")
    try await books.slot("reconcile", "2026-07-09T16:20:00+05:30")
    let id = try await books.run("reconcile", due: "2026-07-09T16:20:00+05:30", verdict: .breaks)
    try await Face.serving(books.store) { face in
      let jobs = try await face.get("/api/jobs").json().elements
      #expect(jobs.map { $0["name"] } == ["reconcile", "sync-positions"])
      #expect(jobs.first?["health"]?["level"] == "degraded")
      #expect(jobs.first?["last_run"]?["verdict"] == "breaks")
      #expect(jobs.first?["next_slot"] == "2026-07-10T10:50:00Z")
      let job = try await face.get("/api/jobs/reconcile").json()
      #expect(job["last_run"]?["id"] == .integer(id))
      #expect(job["definition"]?["timeout"] == "1m")
      let slots = try await face.get("/api/jobs/reconcile/slots?decision=run&limit=5").json()
      #expect(slots.elements.first?["runs"]?.elements.first?["id"] == .integer(id))
      let why = try await face.get("/api/jobs/reconcile/why?at=2026-07-09T16:20:00%2B05:30").json()
      #expect(
        why["sentence"]
          == .string(
            "reconcile 2026-07-09 16:20 IST ran: run \(id) succeeded with verdict breaks in 2s."))
      #expect(why.keys == ["chain", "sentence"])
    }
  }

  @Test func `runs are listed and shown`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile(), sync()])
    let one = try await books.run(
      "reconcile", due: "2026-07-09T16:20:00+05:30", .failed, reason: "x")
    let two = try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30", .running)
    try await Face.serving(books.store) { face in
      func ids(_ query: String) async throws -> [JSONValue?] {
        try await face.get("/api/runs" + query).json().elements.map { $0["id"] }
      }
      #expect(try await ids("") == [.integer(two), .integer(one)])
      #expect(try await ids("?state=failed,unknown") == [.integer(one)])
      #expect(try await ids("?job=sync-positions&limit=1") == [.integer(two)])
      #expect(try await ids("?business_date=2026-07-09&before=\(two)") == [.integer(one)])
      let run = try await face.get("/api/runs/\(one)").json()
      #expect(run["run"]?["state"] == "failed")
      #expect(run["attempts"]?.elements.first?["outcome"] == "failed")
      #expect(run["output"]?.elements.first?["output"] == "hello from reconcile")
      #expect(run.keys == ["attempts", "audit", "lock", "output", "parameters", "run"])
    }
  }

  @Test func `an operator's run waits for a daemon and is on record`() async throws {
    var each = sync("each")
    each.forEach = "account"
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile(), each])
    var workshop = Workshop()
    workshop.add(ItemSource("account") { _ in ["a1", "a2"] })
    try await Face.serving(books.store, workshop: workshop) { face in
      let answer = try await face.post(
        "/api/jobs/reconcile/run", #"{"reason": "late trades", "parameters": {"deep": true}}"#)
      #expect(answer.status == 202)
      let id = try #require(try answer.json()["run"]?.integer)
      #expect(answer.header("location") == "/api/runs/\(id)")
      let detail = try #require(try await books.store.runDetail(id))
      #expect(detail.run.state == .ready)
      #expect(detail.run.trigger == .manual)
      #expect(detail.run.businessDate == (try day("2026-07-09")))
      #expect(detail.run.requestedBy == "api:asha")
      #expect(detail.parameters == ["deep": true])
      #expect(detail.audit.map(\.actor) == ["api:asha"])
      #expect(detail.audit.map(\.reason) == ["late trades"])
      let without = try await face.post("/api/jobs/each/run")
      #expect(without.status == 400)
      #expect(
        without.problem?["detail"]
          == "'item': job 'each' runs once for each account")
      let unknown = try await face.post("/api/jobs/each/run", #"{"item": "asah"}"#)
      #expect(unknown.status == 400)
      #expect(
        unknown.problem?["detail"] == "'item': no enabled account 'asah'; there are: a1, a2")
      #expect(
        try await face.post("/api/jobs/reconcile/run", #"{"item": "a1"}"#).problem?["detail"]
          == "'item': 'a1': job 'reconcile' has no for_each")
      let with = try await face.post("/api/jobs/each/run", #"{"item": "a1"}"#)
      #expect(with.status == 202)
      #expect(try with.json()["item"] == "a1")
    }
  }

  @Test func `a resume may give the paused slots their runs, and a batch is cancelled as one`()
    async throws
  {
    let books = try await Books(at: "2026-07-09T10:00:00+05:30", jobs: [sync()])
    try await Face.serving(books.store) { face in
      let name = "/api/jobs/sync-positions"
      _ = try await face.post("\(name)/pause", #"{"for": "2h", "reason": "exchange test"}"#)
      try await books.move(to: "2026-07-09T10:02:10+05:30")
      let wrong = try await face.post("\(name)/resume", #"{"paused": "some"}"#)
      #expect(wrong.status == 400)
      let resumed = try await face.post("\(name)/resume", #"{"paused": "all", "reason": "well"}"#)
      #expect(resumed.status == 200)
      let runs = try await books.store.runs()
      #expect(runs.map(\.trigger) == [.resume, .resume, .resume, .resume])
      #expect(Set(runs.map(\.batch)) == [1])
      let first = try #require(runs.last?.id)
      let path = "/api/runs/\(first)/cancel"
      let cancelled = try await face.post(path, #"{"batch": true, "reason": "wrong day"}"#)
      #expect(cancelled.status == 200)
      #expect(try cancelled.json()["ended"] == 4)
      let again = try await face.post(path, #"{"batch": true}"#)
      #expect(again.problem?["detail"] == "batch 1 has ended already")
      #expect(try await face.post("/api/runs/9999/cancel", #"{"batch": true}"#).status == 404)
    }
    #expect(try await books.store.runs().map(\.state) == Array(repeating: .cancelled, count: 4))
    #expect(
      try await books.store.audit().map { "\($0.action) by \($0.actor)" } == [
        "cancel batch by api:asha", "resume by api:asha", "pause by api:asha",
      ])
  }

  @Test func `an unknown outcome is acknowledged once, with a reason`() async throws {
    let books = try await Books(at: "2026-07-09T10:00:10+05:30", jobs: [sync()])
    let run = try await books.run(
      "sync-positions", due: "2026-07-09T10:00:00+05:30", .unknown)
    try await Face.serving(books.store) { face in
      let path = "/api/runs/\(run)/acknowledge"
      #expect(try await face.post(path).problem?["detail"] == "'reason' is missing")
      #expect(try await face.post(path, #"{"reason": " "}"#).status == 400)
      let done = try await face.post(path, #"{"reason": "no order in the book"}"#)
      #expect(done.status == 200)
      #expect(try done.json()["acknowledged_by"] == "api:asha")
      #expect(try done.json()["state"] == "unknown")
      let again = try await face.post(path, #"{"reason": "looked too"}"#)
      #expect(
        again.problem?["detail"] == .string("run \(run) was acknowledged by api:asha before"))
      #expect(
        try await face.post("/api/runs/9999/acknowledge", #"{"reason": "x"}"#).status == 404)
    }
  }

  @Test func `a slot gets its run once`() async throws {
    let books = try await Books(at: "2026-07-09T18:00:00+05:30", jobs: [reconcile()])
    try await books.slot("reconcile", "2026-07-09T16:20:00+05:30", .missed, reason: "2h late")
    try await Face.serving(books.store) { face in
      let body = #"{"slot": "2026-07-09T16:20:00+05:30"}"#
      let first = try await face.post("/api/jobs/reconcile/run", body)
      #expect(first.status == 202)
      let id = try #require(try first.json()["run"]?.integer)
      let second = try await face.post("/api/jobs/reconcile/run", body)
      #expect(second.status == 409)
      #expect(
        second.problem?["detail"] == .string("the slot has its run already: run \(id), ready"))
      let other = try await face.post(
        "/api/jobs/reconcile/run", #"{"slot": "2026-07-09T16:21:00+05:30"}"#)
      #expect(other.status == 404)
    }
  }

  @Test func `a slot keeps its own business date`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await Face.serving(books.store) { face in
      let answer = try await face.post(
        "/api/jobs/reconcile/run",
        #"{"slot": "2026-07-09T16:20:00+05:30", "business_date": "2020-01-01"}"#)
      #expect(answer.status == 400)
      #expect(
        answer.problem?["detail"]
          == "a slot has its own business date; leave out 'business_date'")
    }
  }

  @Test func `a pause has an end and a reason, and resuming decides its slots first`() async throws
  {
    let books = try await Books(at: "2026-07-09T16:00:00+05:30", jobs: [reconcile()])
    try await books.decidedThrough("reconcile", "2026-07-09T16:00:00+05:30")
    try await Face.serving(books.store) { face in
      #expect(try await face.post("/api/jobs/reconcile/resume").status == 409)
      let endless = try await face.post("/api/jobs/reconcile/pause", #"{"reason": "test"}"#)
      #expect(endless.status == 400)
      let nameless = try await face.post("/api/jobs/reconcile/pause", #"{"for": "2h"}"#)
      #expect(nameless.problem?["detail"] == "'reason' is missing")
      let past = try await face.post(
        "/api/jobs/reconcile/pause", #"{"until": "2026-07-09T15:00:00+05:30", "reason": "x"}"#)
      #expect(past.status == 400)
      let paused = try await face.post(
        "/api/jobs/reconcile/pause", #"{"for": "2h", "reason": "exchange test"}"#)
      #expect(paused.status == 200)
      #expect(try paused.json()["pause"]?["paused_until"] == "2026-07-09T12:30:00Z")
      #expect(try paused.json()["pause"]?["paused_by"] == "api:asha")
      try await books.move(to: "2026-07-09T16:30:00+05:30")
      let resumed = try await face.post("/api/jobs/reconcile/resume")
      #expect(resumed.status == 200)
      #expect(try resumed.json()["pause"] == nil)
    }
    #expect(try await books.store.slots(of: "reconcile").map(\.decision) == [.paused])
    #expect(try await books.store.audit().map(\.action) == ["resume", "pause"])
  }

  @Test func `a run is cancelled, told to stop, or over already`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile(), sync()])
    let ready = try await books.run("reconcile", due: "2026-07-09T16:20:00+05:30", .ready)
    let running = try await books.run("sync-positions", due: "2026-07-09T10:00:00+05:30", .running)
    try await Face.serving(books.store) { face in
      let ended = try await face.post("/api/runs/\(ready)/cancel", #"{"reason": "wrong"}"#)
      #expect(ended.status == 200)
      #expect(try ended.json() == ["run": .integer(ready), "state": "cancelled"])
      let asked = try await face.post("/api/runs/\(running)/cancel")
      #expect(asked.status == 202)
      #expect(try asked.json()["state"] == "cancelling")
      let again = try await face.post("/api/runs/\(ready)/cancel")
      #expect(again.status == 409)
      #expect(
        again.problem?["detail"] == .string("run \(ready) has ended already: it is cancelled"))
      #expect(try await face.post("/api/runs/999/cancel").status == 404)
    }
  }

  @Test(arguments: [
    ("/api/jobs/none", 404, "no job named 'none'; jobs are: reconcile"),
    ("/api/jobs/none/why", 404, "no job named 'none'; jobs are: reconcile"),
    ("/api/jobs/reconcile/why?at=noon", 400, "at=noon is not an RFC 3339 time"),
    ("/api/runs/7", 404, "there is no run 7"),
    ("/api/runs/seven", 404, "'seven' is not a run's number"),
    ("/api/runs?limit=0", 400, "limit=0 is not a number from 1 to 1000"),
    ("/api/runs?business_date=today", 400, "business_date=today is not a date such as 2026-07-09"),
    ("/nowhere", 404, "no route for GET /nowhere; see /openapi.yaml"),
  ])
  func `every error is a problem document`(path: String, status: Int, detail: String) async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await Face.serving(books.store) { face in
      let answer = try await face.get(path)
      #expect(answer.status == status)
      #expect(answer.problem?["detail"] == .string(detail), "\(answer.body)")
      #expect(answer.problem?["status"] == .integer(Int64(status)))
    }
  }

  @Test func `a body that is not JSON is told so`() async throws {
    let books = try await Books(at: "2026-07-09T16:40:00+05:30", jobs: [reconcile()])
    try await Face.serving(books.store) { face in
      let answer = try await face.post("/api/jobs/reconcile/run", "reason=x")
      #expect(answer.status == 400)
      #expect(answer.problem?["detail"] == "the body is not JSON")
    }
  }
}
