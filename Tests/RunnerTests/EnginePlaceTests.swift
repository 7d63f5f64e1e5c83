import Glibc
import JobStore
import Jobs
import Postgres
import Support
import Testing
import Threads

@testable import Runner

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `A unit that mostly waits` {
  @Test func `runs where its answers come in, and one that computes does not`() async throws {
    var bench = try EngineBench()
    let wasBesideAnswers = Locked<[String: [Bool]]>([:])
    func unit(_ name: String, mostlyWaits: Bool) {
      bench.unit(name, mostlyWaits: mostlyWaits) { attempt in
        for _ in 1...3 {
          let isBeside = PollThread.units.isIsolatingCurrentContext() == true
          wasBesideAnswers.withLock { $0[name, default: []].append(isBeside) }
          _ = try await attempt.store.pool.query("select pg_sleep(0.001)")
        }
        return .fine
      }
    }
    unit("waiting", mostlyWaits: true)
    unit("computing", mostlyWaits: false)
    let jobs = ["waiting", "computing"].map { name in
      EngineBench.job(name) { $0.work = .unit(name) }
    }
    for job in jobs { try await bench.load(job) }
    try await bench.with(bench.runner()) { [bench] in
      for job in jobs { try await bench.untilEnded(bench.enqueue(job), as: "succeeded") }
    }
    let found = wasBesideAnswers.withLock { $0 }
    #expect(found["waiting"] == [true, true, true])
    #expect(found["computing"] == [false, false, false])
  }

  @Test func `and blocks its thread instead is seen, and holds up no lease and no other unit`()
    async throws
  {
    var bench = try EngineBench()
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    let (reading, writing) = (ends[0], ends[1])
    defer {
      close(reading)
      close(writing)
    }
    bench.unit("blocking", mostlyWaits: true) { _ in
      var byte: UInt8 = 0
      read(reading, &byte, 1)
      return .fine
    }
    bench.unit("other") { _ in .fine }
    let blocking = EngineBench.job("blocking") { $0.work = .unit("blocking") }
    let other = EngineBench.job("other") { $0.work = .unit("other") }
    try await bench.load(blocking, other)
    let runner = bench.runner { $0.loopLimits = ["units": .milliseconds(1200)] }
    try await bench.with(runner) { [bench] in
      // Also where the test fails: nobody else would wake that thread.
      defer { write(writing, "x", 1) }
      let blocked = try await bench.enqueue(blocking)
      try await eventually("the units' thread is seen to stand still") {
        runner.board.loops.contains { $0.name == "units" && !$0.isAlive }
      }
      #expect(!runner.board.areAllMoving, "the watchdog would still be fed")
      let lease = try await bench.lease(of: blocked)
      try await eventually("its lease is renewed") { try await bench.lease(of: blocked) > lease }
      try await bench.untilEnded(bench.enqueue(other), as: "succeeded")
      write(writing, "x", 1)
      try await bench.untilEnded(blocked, as: "succeeded")
      try await eventually("the units' thread moves again") { runner.board.areAllMoving }
    }
  }
}

extension EngineBench {
  fileprivate func lease(of run: Int64) async throws -> String {
    try await texts("select lease_ends_at::text from jobs.run where id = $1", run)[0]
  }
}
