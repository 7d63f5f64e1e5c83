import JobStore
import Jobs
import Support
import Testing
import TradingTime

@testable import StatusServer

@Suite(.freshDatabase(jobsTemplate), .timeLimit(.minutes(10)))
struct `Held slots over HTTP` {
  /// Two slots that wait for a person.
  private func held() async throws -> Books {
    let books = try await Books(at: "2026-07-09T10:02:00+05:30", jobs: [sync()])
    try await books.decidedThrough("sync-positions", "2026-07-09T10:01:00+05:30")
    for due in ["2026-07-09T10:00:30+05:30", "2026-07-09T10:01:00+05:30"] {
      try await books.slot("sync-positions", due, .held, reason: "late; misfire ask")
    }
    return books
  }

  @Test func `wait as one plan, and run once it is approved`() async throws {
    let books = try await held()
    try await Face.serving(books.store) { face in
      let listed = try await face.get("/api/plans").json().elements
      #expect(listed.map { $0["job"] } == ["sync-positions"])
      #expect(
        listed.first?["slots"]?.elements.map { $0["due_at"] } == [
          "2026-07-09T04:30:30Z", "2026-07-09T04:31:00Z",
        ])
      let plan = try #require(listed.first?["plan"]?.text)
      let done = try await face.post(
        "/api/plans/\(plan)/approve", #"{"reason": "books were checked"}"#)
      #expect(done.status == 202, "\(done.body)")
      #expect(try done.json()["job"] == "sync-positions")
      #expect(try done.json()["held_slots"] == 2)
      #expect(try done.json()["is_declined"] == false)
      #expect(try done.json()["batch"]?["runs"] == 2)
      #expect(try done.json()["slots"]?.elements.map { $0["will_run"] } == [true, true])
      #expect(try await face.get("/api/plans").json().elements.isEmpty)
      let again = try await face.post("/api/plans/\(plan)/approve")
      #expect(again.status == 404)
      #expect(
        again.problem?["detail"]
          == .string("no plan '\(plan)'; no slot is held for a person"))
    }
    let runs = try await books.store.runs()
    #expect(runs.map(\.trigger) == [.approve, .approve])
    #expect(runs.map(\.state) == [.ready, .ready])
    #expect(runs.map(\.requestedBy) == ["api:asha", "api:asha"])
    let record = try await books.store.audit()
    #expect(record.map(\.action) == ["approve"])
    #expect(record.map(\.actor) == ["api:asha"])
    #expect(record.map(\.reason) == ["books were checked"])
    #expect(record.map(\.before) == [["held": 2]])
  }

  @Test func `do not run once they are declined`() async throws {
    let books = try await held()
    try await Face.serving(books.store) { face in
      let plan = try #require(try await books.store.heldPlans().first?.plan)
      let wrong = try await face.post("/api/plans/\(plan)/approve", #"{"decline": "yes"}"#)
      #expect(wrong.problem?["detail"] == "'decline' is not of kind Bool")
      let done = try await face.post(
        "/api/plans/\(plan)/approve", #"{"decline": true, "reason": "prices are stale"}"#)
      #expect(done.status == 200)
      #expect(try done.json()["is_declined"] == true)
    }
    let runs = try await books.store.runs()
    #expect(runs.map(\.state) == [.skipped, .skipped])
    #expect(Set(runs.map(\.reason)) == ["declined by api:asha: prices are stale"])
    #expect(try await books.store.audit().map(\.action) == ["decline"])
  }

  @Test func `are not approved unseen`() async throws {
    let books = try await held()
    let seen = try #require(try await books.store.heldPlans().first?.plan)
    try await books.slot("sync-positions", "2026-07-09T10:00:00+05:30", .held, reason: "late")
    let now = try #require(try await books.store.heldPlans().first?.plan)
    try await Face.serving(books.store) { face in
      let refused = try await face.post("/api/plans/\(seen)/approve")
      #expect(refused.status == 404)
      #expect(
        refused.problem?["detail"]
          == .string(
            "no plan '\(seen)': what waits now is \(now) (sync-positions, 3 slots); look again "
              + "with: muhurat approve"))
    }
    #expect(try await books.store.runs().isEmpty)
    #expect(try await books.store.audit().isEmpty)
  }
}
