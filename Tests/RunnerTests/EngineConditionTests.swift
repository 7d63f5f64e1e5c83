import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `A run whose conditions are closed` {
  /// A gate that the test opens.
  private final class Door: Sendable {
    private let isOpen = Locked(false)
    func open() { isOpen.withLock { $0 = true } }

    var gate: Gate {
      Gate("door") { _, _ in
        self.isOpen.withLock { $0 } ? .open : .closed("the door is shut")
      }
    }
  }

  private func bench() throws -> (EngineBench, Door, Job) {
    let door = Door()
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    bench.workshop.add(gate: door.gate)
    return (bench, door, EngineBench.job { $0.needs.gates = ["door"] })
  }

  @Test func `waits, says for what, and starts when they open, uncharged`() async throws {
    let (bench, door, job) = try bench()
    try await bench.load(job)
    let run = try await bench.scheduled(job, expiresAfter: 600)
    try await bench.with(bench.runner()) {
      try await eventually("it says what it waits for") {
        try await bench.texts(
          "select waiting_for from jobs.run where state = 'ready' and waiting_for is not null")
          == ["the door is shut"]
      }
      door.open()
      try await bench.untilEnded(run, as: "succeeded")
    }
    #expect(try await bench.attempts(run) == ["1 succeeded"], "waiting leaves no attempt")
  }

  @Test func `ends gated with the value seen when its time is over`() async throws {
    let (bench, _, job) = try bench()
    try await bench.load(job)
    let run = try await bench.scheduled(job, expiresAfter: 600)
    try await bench.with(bench.runner()) {
      try await eventually("its time is over while it waits") {
        try await bench.texts(
          """
          update jobs.run set expires_at = jobs.job_time()
           where state = 'ready' and waiting_for is not null
          returning state
          """) == ["ready"]
      }
      try await bench.untilEnded(run, as: "gated")
    }
    #expect(try await bench.reason(run) == "waited until it expired: the door is shut")
    #expect(try await bench.attempts(run) == [])
  }

  @Test func `and that a person asked for ends at once, with the answer`() async throws {
    let (bench, _, job) = try bench()
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await bench.with(bench.runner()) {
      try await bench.untilEnded(run, as: "gated")
    }
    #expect(try await bench.reason(run) == "the door is shut")
  }

  @Test func `because a gate cannot be read here says that, and does not start`() async throws {
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    let job = EngineBench.job { $0.needs.gates = ["kill-switch-off"] }
    try await bench.load(job)
    let run = try await bench.scheduled(job, expiresAfter: 600)
    try await bench.with(bench.runner()) { [bench] in
      try await eventually("it says what it waits for") {
        try await bench.texts("select coalesce(waiting_for, '') from jobs.run where id = $1", run)
          == ["it could not be prepared: this muhurat cannot read 'gate kill-switch-off'"]
      }
    }
    #expect(try await bench.attempts(run) == [])
  }

  @Test func `waits for another job's run of its date`() async throws {
    var bench = try EngineBench()
    let goes = Signal("the upstream may end", of: Void.self)
    bench.unit { attempt in
      if attempt.job.name == "reconcile" { try await goes.wait() }
      return .fine
    }
    let first = EngineBench.job("reconcile")
    let second = EngineBench.job("report") { $0.after = [After(job: "reconcile")] }
    try await bench.load(first, second)
    let run = try await bench.scheduled(second, expiresAfter: 600)
    try await bench.with(bench.runner()) { [bench] in
      try await eventually("it waits for a run at all") {
        try await bench.texts("select coalesce(waiting_for, '') from jobs.run where id = $1", run)
          == ["after reconcile: it has no run on 2026-07-09"]
      }
      let upstream = try await bench.enqueue(first)
      try await eventually("it waits for that run") {
        try await bench.texts("select coalesce(waiting_for, '') from jobs.run where id = $1", run)
          == ["after reconcile: on 2026-07-09 it is running"]
      }
      goes.fire()
      try await bench.untilEnded(upstream, as: "succeeded")
      try await bench.untilEnded(run, as: "succeeded")
    }
  }
}
