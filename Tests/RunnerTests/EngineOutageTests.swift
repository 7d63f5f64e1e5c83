import Glibc
import HTTPClient
import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

/// A server of its own for each test, because these stop it.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct `Without its database` {
  private func bench() async throws -> (EngineBench, PostgresCluster) {
    let cluster = try await PostgresCluster.start()
    let connection = try await Connection.open(cluster.settings())
    // A crash may cost unsynced commits here; these tests are about those that were answered.
    try await connection.execute(script: "alter database postgres set synchronous_commit = on")
    try await prepareForEngine(connection)
    await connection.close()
    return (try EngineBench(cluster.settings()), cluster)
  }

  @Test func `a runner lives on, keeps what it owes, and puts the span on record`() async throws {
    var (bench, cluster) = try await bench()
    let began = Signal("the unit began", of: Void.self)
    let goes = Signal("the unit may end", of: Void.self)
    bench.unit { attempt in
      guard attempt.job.name == "slow" else { return .fine }
      began.fire()
      try await goes.wait(within: .seconds(100))
      return .fine
    }
    let slow = EngineBench.job("slow", idempotent: false)
    let every = EngineBench.job("every") {
      $0.schedule = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
    }
    try await bench.load(slow, every)
    let run = try await bench.enqueue(slow)
    // However long the server takes to come back, nobody rescues before what is owed is written.
    let runner = bench.runner { $0.rescuePause = .seconds(60) }
    try await bench.with(runner) { [bench, cluster] in
      try await began.wait()
      try await cluster.crash()
      try await eventually("it knows") { runner.report.databaseLostAt != nil }
      #expect(runner.board.areAllMoving)
      // The unit ends while nobody can be told.
      goes.fire()
      try await eventually("its settlement waits") {
        bench.log.lines.contains("settling waits for the database")
      }
      try await cluster.startAgain()
      try await bench.untilEnded(run, as: "succeeded")
      let before = try await bench.count("select from jobs.run where job = 'every'")
      try await eventually("the schedule goes on") {
        try await bench.count(
          "select from jobs.run where job = 'every' and state = 'succeeded'") >= before + 2
      }
      try await eventually("the span is on record") {
        try await bench.count(
          "select from jobs.outage where holder = 'one' and lost_at < found_at") >= 1
      }
      #expect(runner.report.databaseLostAt == nil)
      #expect(runner.board.areAllMoving)
    }
    #expect(try await bench.attempts(run) == ["1 succeeded"])
    let gaps = try await bench.texts(
      """
      select distinct extract(epoch from due_at - lag(coalesce(through, due_at)) over
             (order by due_at))::bigint::text
        from jobs.slot order by 1
      """)
    #expect(gaps == ["1", "null"], "a slot of the outage is missing")
  }

  @Test func `a unit stops before its lease ends, and goes on afterwards`() async throws {
    var (bench, cluster) = try await bench()
    let began = Signal("a unit began", of: Int.self)
    let stopped = Signal("the unit was stopped", of: Void.self)
    bench.unit { attempt in
      began.fire(attempt.claim.attempt)
      guard attempt.claim.fence == 1 else { return .fine }
      await untilToldToStop()
      stopped.fire()
      throw CancellationError()
    }
    let job = EngineBench.job()
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    // It counts on less than it has, so that the test need not wait for all of it.
    let runner = bench.runner { $0.lease = $0.leaseMargin + .seconds(1) }
    try await bench.with(runner) { [bench, cluster] in
      try await began.wait()
      try await cluster.crash()
      try await stopped.wait()
      try await cluster.startAgain()
      #expect(try await began.wait() == 1, "what was interrupted is not charged")
      try await bench.untilEnded(run, as: "succeeded")
    }
    #expect(try await bench.attempts(run) == ["1 interrupted", "1 succeeded"])
  }

  @Test func `a program is dead before its lease ends, however long its grace`() async throws {
    let (bench, cluster) = try await bench()
    let folder = try ProgramFolder()
    let stubborn = """
      [ -e "$1/pids" ] && exit 0
      trap '' TERM
      echo $$ > "$1/pids"
      exec tail -f /dev/null
      """
    var job = Job(
      name: "export", work: .command(["/bin/sh", "-c", stubborn, "sh", folder.path]),
      timeout: .seconds(900), idempotent: true)
    job.grace = .seconds(600)
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    let runner = bench.runner { $0.lease = $0.leaseMargin + .seconds(5) }
    try await bench.with(runner) { [bench, cluster] in
      let program = try await folder.processes("pids", count: 1)[0]
      try await cluster.crash()
      try await eventually("the program is gone", within: .seconds(100)) { !isAlive(program) }
      try await cluster.startAgain()
      try await bench.untilEnded(run, as: "succeeded")
    }
    #expect(try await bench.attempts(run) == ["1 interrupted", "1 succeeded"])
  }

  @Test func `a runner that starts waits, and begins when the server comes`() async throws {
    var (bench, cluster) = try await bench()
    bench.unit { _ in .fine }
    let job = EngineBench.job()
    try await bench.load(job)
    let run = try await bench.enqueue(job)
    try await cluster.stop()
    let runner = bench.runner()
    try await bench.with(runner) { [bench, cluster] in
      try await eventually("it knows") { runner.report.databaseLostAt != nil }
      try await cluster.startAgain()
      try await bench.untilEnded(run, as: "succeeded")
    }
  }

  /// Also the alarm about it, which needs neither database nor scheduler, and its end.
  @Test func `the alarm about it is sent while it is away, and its end is said once`() async throws
  {
    let server = try CallServer(CallServer.answer(200))
    var (bench, cluster) = try await bench()
    bench.unit { _ in .fine }
    let way = AlarmWay.webhook(Secret(server.url), token: nil, from: "desk", client: WebClient())
    let one = bench.daemon("desk-1/boot/1/one", .quick(way))
    let two = bench.daemon("desk-2/boot/2/two", .quick(way))
    try await bench.watching(one, two) { [bench, cluster] in
      try await eventually("both judge with their database") {
        one.report.alarms?.isKept == true && two.report.alarms?.isKept == true
      }
      try await cluster.crash()
      // Each says it for itself, because neither can know of the other.
      try await eventually("it is said") { server.alarms.count >= 2 }
      #expect(one.report.alarms?.standing.map(\.cause) == ["database"])
      #expect(one.report.alarms?.isKept == false)
      #expect(server.alarms == ["raised database", "raised database"])
      try await cluster.startAgain()
      try await eventually("its end is said") { server.alarms.count >= 3 }
      try await eventually("both judge with their database again") {
        one.report.alarms?.isKept == true && two.report.alarms?.isKept == true
      }
      #expect(try await bench.messages() == ["cleared database webhook"])
    }
    #expect(server.alarms == ["raised database", "raised database", "cleared database"])
  }

  @Test func `a thousand refused statements later every loop still goes round`() async throws {
    var (bench, cluster) = try await bench()
    bench.unit { _ in .fine }
    let job = EngineBench.job {
      $0.schedule = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
    }
    try await bench.load(job)
    let runner = bench.runner {
      $0.sweepEvery = .milliseconds(1)
      $0.longestNap = .milliseconds(1)
    }
    try await bench.with(runner) { [bench, cluster] in
      try await eventually("it works") {
        try await bench.count("select from jobs.run where state = 'succeeded'") >= 1
      }
      try await bench.pool.execute(script: "alter schema jobs rename to away")
      try await eventually("a thousand refusals", within: .seconds(100)) {
        Self.refusals(of: cluster) >= 1000
      }
      #expect(runner.board.areAllMoving)
      try await bench.pool.execute(script: "alter schema away rename to jobs")
      let done = try await bench.count("select from jobs.run where state = 'succeeded'")
      try await eventually("it works again") {
        try await bench.count("select from jobs.run where state = 'succeeded'") >= done + 2
      }
      withExtendedLifetime(cluster) {}
    }
  }

  /// By the server's own log: its counters are behind while a connection is never idle.
  private static func refusals(of cluster: PostgresCluster) -> Int {
    guard let log = fopen("\(cluster.folder)/log", "re") else { return 0 }
    defer { fclose(log) }
    var line = [CChar](repeating: 0, count: 1024)
    var count = 0
    while fgets(&line, Int32(line.count), log) != nil {
      if strstr(line, "ERROR:  ") != nil { count += 1 }
    }
    return count
  }
}
