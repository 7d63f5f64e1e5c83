import HTTPClient
import JobStore
import Jobs
import Postgres
@testable import Runner
import Support
import Testing
import Threads
import TradingTime

@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `An alarm` {
  private static let secret = "/hooks/T0KEN-that-nobody-may-see"

  private func webhook(_ server: CallServer, token: Secret? = nil) -> AlarmWay {
    .webhook(
      Secret(server.url + Self.secret), token: token, from: "paper on desk-1", client: WebClient())
  }

  /// A job that fails while the test says so, every second.
  private func failing(_ bench: inout EngineBench) async throws -> Locked<Bool> {
    let fails = Locked(true)
    bench.unit { _ in
      if fails.withLock({ $0 }) { throw UnitFailure("the broker answered 503") }
      return .fine
    }
    try await bench.load(
      EngineBench.job {
        $0.schedule = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
        $0.retry = RetryPolicy(attempts: 1)
      })
    return fails
  }

  @Test func `is said once by two daemons, and so is its end`() async throws {
    let server = try CallServer(CallServer.answer(200))
    var bench = try EngineBench()
    let fails = try await failing(&bench)
    let one = bench.daemon("desk-1/boot/1/one", .quick(webhook(server)))
    let two = bench.daemon("desk-2/boot/2/two", .quick(webhook(server)))
    try await bench.watching(one, two) { [bench] in
      try await eventually("it is said") { server.alarms.count >= 1 }
      // Both see it, many times over.
      for runner in [one, two] {
        let before = runner.report.alarms?.judgedAt
        try await eventually("both have judged again") {
          runner.report.alarms?.standing.count == 1 && runner.report.alarms?.judgedAt != before
        }
      }
      let failed = try await bench.count("select from jobs.run where state = 'failed'")
      try await eventually("it fails again and again") {
        try await bench.count("select from jobs.run where state = 'failed'") >= failed + 2
      }
      fails.withLock { $0 = false }
      try await eventually("its end is said") { server.alarms.count >= 2 }
      try await eventually("both know") {
        one.report.alarms?.standing == [] && two.report.alarms?.standing == []
      }
    }
    #expect(server.alarms == ["raised job/sync/failing", "cleared job/sync/failing"])
    #expect(
      try await bench.messages() == [
        "raised job/sync/failing webhook", "cleared job/sync/failing webhook",
      ])
    let first = try #require(server.seen.first)
    #expect(first.line == "POST \(Self.secret) HTTP/1.1")
    #expect(first.headers["content-type"] == "application/json")
    #expect(
      first.body.contains(
        "\"text\":\"[muhurat, paper on desk-1] critical: the last run of sync failed: the broker answered 503\""
      ), "\(first.body)")
  }

  @Test func `that does not get through is tried again, is seen to fail, and keeps its secrets`()
    async throws
  {
    let works = Locked(false)
    let server = try CallServer { seen in
      CallServer.answer(works.withLock { $0 } ? 204 : 503)(seen)
    }
    var bench = try EngineBench()
    _ = try await failing(&bench)
    let runner = bench.daemon(
      "desk-1/boot/1/one", .quick(webhook(server, token: Secret("bearer-nobody-may-see"))))
    try await bench.watching(runner) { [bench] in
      try await eventually("it is tried three times") { server.seen.count >= 3 }
      let channel = try #require(runner.report.alarms?.channels.first)
      #expect(channel.waiting == 1 && channel.failingSince != nil && channel.sentAt == nil)
      #expect(channel.error == "POST \(server.host) was answered with 503")
      try await eventually("its row says so") {
        try await bench.texts("select error from jobs.alarm_message where attempts >= 2")
          == ["POST \(server.host) was answered with 503"]
      }
      works.withLock { $0 = true }
      try await eventually("it gets through") {
        try await bench.messages() == ["raised job/sync/failing webhook"]
      }
      try await eventually("the way is well again") {
        runner.report.alarms?.channels.first.map { $0.failingSince == nil && $0.waiting == 0 }
          ?? false
      }
      #expect(
        server.seen.allSatisfy { $0.headers["authorization"] == "Bearer bearer-nobody-may-see" })
      let everything = try await bench.texts(
        "select m::text from jobs.alarm_message m union all select a::text from jobs.alarm a")
      let told = everything.joined() + bench.log.lines.joined() + "\(runner.report)"
      #expect(!told.contains("nobody-may-see"))
    }
  }

  @Test func `goes by mail as a mail`() async throws {
    let sink = try AlarmMailSink()
    let mail = MailRoute(
      mailer: Mailer(
        MailServer(url: "smtp://127.0.0.1:\(sink.port)", requiresStartTLS: false),
        client: WebClient()),
      from: try MailAddress("desk@example.in"), to: [try MailAddress("owner@example.in")],
      host: "example.in")
    var bench = try EngineBench()
    _ = try await failing(&bench)
    let runner = bench.daemon(
      "desk-1/boot/1/one", .quick(.email(mail, from: "paper on desk-1", in: .india)))
    try await bench.watching(runner) { [bench] in
      try await eventually("it is sent") {
        try await bench.messages() == ["raised job/sync/failing email"]
      }
    }
    #expect(sink.lines.contains("RCPT TO:<owner@example.in>"))
    #expect(
      sink.lines.contains("critical: the last run of sync failed: the broker answered 503"),
      "\(sink.lines)")
    #expect(
      sink.lines.contains { $0.hasPrefix("What to do: muhurat show ") }, "\(sink.lines)")
  }

  @Test func `is raised for whoever is not signed in before the open`() async throws {
    let server = try CallServer(CallServer.answer(200))
    var bench = try EngineBench()
    bench.unit { _ in .fine }
    bench.workshop.add(ItemSource("account") { _ in ["asha", "ravi"] })
    let signedIn = Locked(["ravi"])
    bench.workshop.set(
      signedIn: Gate("signed_in") { question, _ in
        let item = question.item ?? ""
        return signedIn.withLock { $0.contains(item) } ? .open : .closed("\(item) is not signed in")
      })
    bench.almanac = try Self.market()
    // 09:00 in India on a Thursday, fifteen minutes before the open; time stands still.
    try await bench.pool.query(
      """
      insert into jobs.clock (origin, started_at, speed)
      values ('2026-07-09T03:30:00Z', clock_timestamp(), 0)
      """)
    try await bench.load(
      EngineBench.job {
        $0.schedule = Schedule(
          timing: .every(Spelled(wrappedValue: .seconds(30))),
          during: Window(market: "nse-cash", phases: [.continuous]))
        $0.forEach = "account"
        $0.needs = Needs(signedIn: true)
      })
    let runner = bench.daemon("desk-1/boot/1/one", .quick(webhook(server)))
    try await bench.watching(runner) {
      try await eventually("it is said") { server.alarms.count >= 1 }
      signedIn.withLock { $0 = ["asha", "ravi"] }
      try await eventually("its end is said") { server.alarms.count >= 2 }
    }
    #expect(server.alarms == ["raised sign-in/asha/desk-1", "cleared sign-in/asha/desk-1"])
  }

  private static func market() throws -> Almanac {
    let from = CivilDate(daysSinceEpoch: 20_000)
    let hours = EffectiveHours(
      class: nil, from: from, through: nil,
      phases: [
        PhaseHours(
          kind: .continuous, start: try #require(TimeOfDay("09:15")),
          end: try #require(TimeOfDay("15:30")))
      ])
    let calendar = try TradingCalendar(
      market: "nse-cash", zone: .india, coverage: from...from.adding(days: 10_000),
      hours: [hours], holidays: [:], specialSessions: [:])
    return Almanac(zones: [:], calendars: ["nse-cash": calendar], homeZone: .india)
  }
}

/// Alarms must not depend on what they are about.
@Suite(.freshDatabase(engineTemplate), .timeLimit(.minutes(10)))
struct `While the scheduler is dead` {
  /// Decides nothing any more: reading its items never ends. Everything else goes on.
  private func frozen(_ bench: inout EngineBench) async throws -> Signal<Void> {
    let thaws = Signal("the test is over", of: Void.self)
    bench.unit { _ in .fine }
    bench.workshop.add(
      ItemSource("account") { _ in
        try await thaws.wait(within: .seconds(100))
        return []
      })
    try await bench.load(
      EngineBench.job {
        $0.schedule = Schedule(timing: .every(Spelled(wrappedValue: .seconds(1))))
        $0.forEach = "account"
      })
    return thaws
  }

  @Test func `the alarm about it is sent, the heartbeat stops and the watchdog goes hungry`()
    async throws
  {
    let hook = try CallServer(CallServer.answer(200))
    let outside = try CallServer(CallServer.answer(200, "OK"))
    var bench = try EngineBench()
    let thaws = try await frozen(&bench)
    let runner = bench.daemon(
      "desk-1/boot/1/one",
      .quick(
        .webhook(Secret(hook.url), token: nil, from: "desk", client: WebClient()),
        heartbeat: outside.url + "/ping/uuid")
    ) { $0.loopLimits = ["decide": .seconds(3)] }
    let folder = try ProgramFolder()
    let manager = try SystemdManager("\(folder.path)/notify")
    let watchdog = Watchdog(
      Systemd(environment: ["NOTIFY_SOCKET": "\(folder.path)/notify"]), runner)
    try await bench.watching(runner) {
      try await eventually("it shows life") { !outside.seen.isEmpty }
      watchdog.look()
      #expect(manager.next() == "WATCHDOG=1")
      #expect(manager.next() == "STATUS=0 running")
      try await eventually("the alarm arrives", within: .seconds(60)) { !hook.alarms.isEmpty }
      let loops = runner.report.loops
      #expect(loops.filter { !$0.isAlive }.map(\.name) == ["decide"], "all others move")
      watchdog.look()
      #expect(manager.next() == "STATUS=0 running; standing still: decide")
      try await eventually("the heartbeat is withheld") {
        runner.report.alarms?.heartbeat?.withheld == "standing still: decide"
      }
      let beats = outside.seen.count
      try await eventually("it is withheld again and again") {
        runner.report.loops.contains { $0.name == "heartbeat" && $0.movedSecondsAgo < 0.04 }
      }
      #expect(outside.seen.count == beats)
      thaws.fire()
    }
    #expect(hook.alarms.first == "raised loop/decide/desk-1/boot/1/one")
    let beat = try #require(outside.seen.first)
    #expect(beat.line == "POST /ping/uuid HTTP/1.1")
    #expect(beat.body.hasPrefix("muhurat, paper on desk-1: every loop moved\nloops     alarms "))
    #expect(beat.body.contains("\ndatabase  answers\n"))
  }
}
