import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `Leaving` {
  @Test func `waits for work that ends in time, and claims no more`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    let goes = Signal("the unit may end", of: Void.self)
    bench.unit { _ in
      began.fire()
      try await goes.wait()
      return .fine
    }
    let job = EngineBench.job()
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let behind = try await bench.enqueue(job)
    let runner = bench.runner()
    try await bench.with(runner) { [bench] in
      try await began.wait()
      async let interrupted = runner.drain()
      try await eventually("it says that it drains") { runner.report.isDraining }
      goes.fire()
      #expect(await interrupted == [])
      #expect(try await bench.state(run) == "succeeded")
      #expect(try await bench.state(behind) == "ready")
      #expect(runner.report.active == 0)
    }
  }

  @Test(arguments: [(true, "ready", ["1 interrupted"]), (false, "unknown", ["1 interrupted"])])
  func `interrupts the rest: what is safe to repeat is ready again, uncharged`(
    _ isIdempotent: Bool, _ state: String, _ attempts: [String]
  ) async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    bench.unit { _ in
      began.fire()
      try await untilCancelled()
    }
    let job = EngineBench.job(idempotent: isIdempotent)
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let runner = bench.runner { $0.drain = .zero }
    try await bench.with(runner) { [bench] in
      try await began.wait()
      #expect(await runner.drain() == [run])
      #expect(try await bench.state(run) == state)
      #expect(try await bench.attempts(run) == attempts)
    }
    let charged = isIdempotent ? "0" : "1"
    #expect(try await bench.texts("select attempt::text from jobs.run") == [charged])
    #expect(try await bench.count("select from jobs.lock where run is not null") == 0)
  }

  @Test(arguments: [true, false])
  func `hands back what was claimed and has not begun`(_ isIdempotent: Bool) async throws {
    var bench = try EngineBench()
    let isRead = Signal("the gate is being read", of: Void.self)
    let goes = Signal("the gate answers", of: Void.self)
    let hasBegun = Locked(false)
    bench.unit { _ in
      hasBegun.withLock { $0 = true }
      return .fine
    }
    bench.workshop.add(
      gate: Gate("slow") { _, _ in
        isRead.fire()
        try await goes.wait()
        return .open
      })
    let job = EngineBench.job(idempotent: isIdempotent) { $0.needs.gates = ["slow"] }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let runner = bench.runner()
    try await bench.with(runner) { [bench] in
      try await isRead.wait()
      async let interrupted = runner.drain()
      try await eventually("it says that it drains") { runner.report.isDraining }
      goes.fire()
      #expect(await interrupted == [])
      #expect(try await bench.state(run) == "ready")
      #expect(try await bench.attempts(run) == [])
    }
    #expect(!hasBegun.withLock { $0 }, "it was begun by a process that was leaving")
    #expect(try await bench.texts("select attempt::text from jobs.run") == ["0"])
  }

  @Test func `gives up on a unit that does not stop, and another rescues its run`() async throws {
    var bench = try EngineBench()
    let began = Signal("the unit began", of: Void.self)
    let goes = Signal("the unit goes", of: Void.self)
    let first = Locked(true)
    bench.unit { _ in
      let isFirst = first.withLock { first in
        defer { first = false }
        return first
      }
      guard isFirst else { return .fine }
      began.fire()
      await untilToldToStop()
      try await Task { _ = try await goes.wait(within: .seconds(60)) }.value
      return .fine
    }
    let job = EngineBench.job { $0.retry = RetryPolicy(attempts: 2, backoff: .zero ... .zero) }
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let leaving = bench.runner("one") {
      $0.drain = .zero
      $0.lastWait = .zero
    }
    let staying = bench.runner("two")
    try await bench.with(leaving) { [bench] in
      try await began.wait()
      #expect(await leaving.drain() == [run])
      #expect(try await bench.state(run) == "running", "it says nothing of a unit still at work")
      try await bench.with(staying) {
        // What the leaving process's exit would do.
        leaving.attempts.all.forEach(leaving.attempts.remove)
        try await bench.endLeases(of: "one")
        try await bench.untilEnded(run, as: "succeeded")
      }
      goes.fire()
    }
    #expect(try await bench.attempts(run) == ["1 abandoned", "2 succeeded"])
  }
}
