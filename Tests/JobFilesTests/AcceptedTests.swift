import FoundationEssentials
import JobFiles
import Jobs
import Testing
import TradingTime
import YAML

@Suite(.timeLimit(.minutes(10)))
struct `A job file` {
  private func read(_ text: String, in folder: String = "jobs") throws -> Job {
    do {
      return try JobFile.read(
        Array(text.utf8), path: "\(folder)/job.yaml", in: Fixture.context.get()
      ).job
    } catch {
      Issue.record("refused: \(error)")
      throw error
    }
  }

  private func comesBack(_ job: Job) throws -> Bool {
    try JSONDecoder().decode(Job.self, from: JSONEncoder().encode(job)) == job
  }

  @Test
  func `needs little`() throws {
    let job = try read("unit: sync-positions\ntimeout: 25s\n")
    #expect(
      job
        == Job(
          name: "job", work: .unit("sync-positions"), timeout: .seconds(25), idempotent: true))
  }

  @Test
  func `may say everything`() throws {
    let job = try read(
      """
      description: everything
      unit: try-parameters
      with: { text: 5, count: -7, price: 149.50, loud: true, pause: 1m30s, names: one }
      schedule:
        cron: "*/5 9-15 * * mon-fri"
        timezone: Europe/London
        during: { market: nse-cash, phases: continuous, from: open+5m, until: close-15m }
        dst_gap: skip
        dst_fold: both
      for_each: account
      lock: "{job}/{item}@{due_at}"
      once_per: business-date
      after: { reconcile: settled, sync-positions: succeeded }
      timeout: 2h
      grace: 250ms
      retry: { attempts: 20, backoff: 0s..1d, on: [transient, any] }
      overlap: cancel-old
      misfire: { policy: ask, within: 2d, max: 7, ask_after: 5m }
      expires_after: 1d
      idempotent: false
      needs: { signed_in: true, fresh: { prices: 5s, positions: 1m }, gates: kill-switch-off }
      promise: { success_within: 2h, ok_by: "17:20:30" }
      alert: [webhook, email]
      jitter: 10s
      output_limit: 1048576
      result: trial
      tags: [desk, 5]
      """)
    var expected = Job(
      name: "job", work: .unit("try-parameters"), timeout: .seconds(7200), idempotent: false)
    expected.description = "everything"
    expected.parameters = [
      "text": "5", "count": -7, "price": "149.5", "loud": true, "pause": "1m30s", "names": ["one"],
    ]
    expected.schedule = Schedule(
      timing: .cron(try CronExpression("*/5 9-15 * * mon-fri")),
      during: Window(
        market: "nse-cash", phases: [.continuous],
        from: MarketMoment(edge: .open, offset: .seconds(300)),
        until: MarketMoment(edge: .close, offset: .seconds(-900))), timezone: "Europe/London")
    expected.schedule?.gap = .skip
    expected.schedule?.fold = .both
    expected.forEach = "account"
    expected.lock = LockTemplate(text: "{job}/{item}@{due_at}")
    expected.oncePerBusinessDate = true
    expected.after = [
      After(job: "reconcile", condition: .settled), After(job: "sync-positions"),
    ]
    expected.grace = .milliseconds(250)
    expected.retry = RetryPolicy(
      attempts: 20, backoff: .zero ... .seconds(86_400), on: ["transient", "any"])
    expected.overlap = .cancelOld
    expected.misfire = Misfire(
      policy: .ask, within: .seconds(2 * 86_400), max: 7, askAfter: .seconds(300))
    expected.expiresAfter = .seconds(86_400)
    expected.needs = Needs(
      signedIn: true,
      fresh: [
        .init(of: "prices", within: .seconds(5)), .init(of: "positions", within: .seconds(60)),
      ],
      gates: ["kill-switch-off"])
    expected.promise = Promise(
      successWithin: .seconds(7200), okBy: TimeOfDay(hour: 17, minute: 20, second: 30))
    expected.alert = [.webhook, .email]
    expected.jitter = .seconds(10)
    expected.outputLimit = 1_048_576
    expected.result = "trial"
    expected.tags = ["desk", "5"]
    #expect(job == expected)
    #expect(try comesBack(job))
  }

  @Test
  func `may name a program, which is not safe to repeat unless it says so`() throws {
    let job = try read("command: [/usr/bin/env, true, 5]\ntimeout: 1m\ndirectory: /srv\n")
    var expected = Job(
      name: "job", work: .command(["/usr/bin/env", "true", "5"]), timeout: .seconds(60))
    expected.directory = "/srv"
    #expect(job == expected)
    #expect(!job.idempotent)
    #expect(try comesBack(job))
  }

  @Test
  func `may name a script, and holds its text`() throws {
    let folder = try ScriptFolder()
    let job = try read("sql: report.sql\ntimeout: 1m\n", in: folder.path)
    #expect(
      job
        == Job(
          name: "job", work: .sql(path: "report.sql", text: "select 1;\n"), timeout: .seconds(60)))
    #expect(job.idempotent)
    #expect(try comesBack(job))
  }

  @Test
  func `may name a call, credentials apart`() throws {
    let job = try read(
      """
      http: { url: "http://host:8080/users/@me?a=b@c", method: PUT, headers: { Accept: text/csv },
              body: "{}" }
      timeout: 1m
      """)
    #expect(
      job
        == Job(
          name: "job",
          work: .http(
            Work.Call(
              method: "PUT", url: "http://host:8080/users/@me?a=b@c",
              headers: ["Accept": "text/csv"],
              body: "{}")), timeout: .seconds(60)))
    #expect(try comesBack(job))
  }

  @Test(
    arguments: [
      ("every: 1s", "1s", nil), ("every: 5m", "5m", nil), ("every: 10m", "10m", "10m"),
      ("every: 7d", "7d", "7d"),
      ("{ cron: \"* * * * *\", timezone: Asia/Kolkata }", "1m", nil),
      ("{ cron: \"0,7,30 9 * * *\", timezone: Asia/Kolkata }", "7m", "7m"),
      ("{ cron: \"20 16 * * *\", timezone: Asia/Kolkata }", "12h", "12h"),
      ("{ at: \"16:20\", timezone: Asia/Kolkata }", "12h", "12h"),
      ("{ at: close+15m, during: { market: nse-cash } }", "12h", "12h"),
    ] as [(String, String, String?)])
  func `that is silent on lateness gets what its schedule needs`(
    _ schedule: String, _ expires: String, _ within: String?
  ) throws {
    let written = schedule.hasPrefix("{") ? schedule : "{ \(schedule) }"
    let job = try read("unit: reconcile\ntimeout: 1m\nschedule: \(written)\n")
    #expect(job.expiresAfter?.spelled == expires)
    #expect(job.misfire.within?.spelled == within)
    #expect(job.misfire.policy == .latest)
    #expect(!job.misfire.withinSession)
    #expect(try comesBack(job))
  }

  @Test
  func `that runs once a business date takes no slot of an older one`() throws {
    let job = try read(
      """
      unit: reconcile
      timeout: 1m
      schedule: { at: "16:20", timezone: Asia/Kolkata }
      once_per: business-date
      """)
    #expect(job.misfire == Misfire(policy: .latest, withinSession: true))
    #expect(job.expiresAfter == .seconds(16 * 3600))
  }

  @Test
  func `is refused with the line and a caret`() throws {
    let text = "unit: sync-positions\ntimeout: 25s\nretrys: { attempts: 3 }\n"
    let error = #expect(throws: Problems.self) {
      try JobFile.read(Array(text.utf8), path: "jobs/sync.yaml", in: Fixture.context.get())
    }
    #expect(
      error?.description == """
        jobs/sync.yaml:3:1: unknown key 'retrys'; did you mean 'retry'?
          3 | retrys: { attempts: 3 }
            | ^
        """)
  }

  @Test
  func `keeps what it says on one line, however long it is`() throws {
    let long = String(repeating: "x", count: 100_000)
    let error = #expect(throws: Problems.self) {
      try JobFile.read(
        Array("unit: \"\(long)\\n\\e[31m\"\ntimeout: 25s\n".utf8), path: "jobs/long.yaml",
        in: Fixture.context.get())
    }
    let text = error?.description ?? ""
    #expect(text.utf8.count < 1_000)
    #expect(text.split(separator: "\n").count == 3)
    #expect(!text.utf8.contains(0x1b))
  }
}
