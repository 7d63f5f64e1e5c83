import FoundationEssentials
import JobFiles
import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `The shipped jobs` {
  private static let folder = "\(Fixture.root)/jobs"

  @Test
  func `mean what stands here`() throws {
    let jobs = try JobFolder.read(Self.folder, in: Fixture.context.get())
    #expect(jobs.map(\.name) == Self.expected.map(\.name))
    for (job, expected) in zip(jobs, Self.expected) { #expect(job == expected, "\(job.name)") }
  }

  @Test
  func `come back from the database as they went in`() throws {
    for job in try JobFolder.read(Self.folder, in: Fixture.context.get()) {
      let stored = try JSONEncoder().encode(job)
      #expect(try JSONDecoder().decode(Job.self, from: stored) == job, "\(job.name)")
    }
  }

  private static let expected = [
    analyticsRollup, endOfDayReport, loadContracts, pruneHistory, reconcile, strategyTick,
    syncPositions,
    updatePrices,
  ]

  private static let marketDays = Window(market: "nse-cash")

  private static func daily(_ hour: Int, _ minute: Int) -> Schedule {
    let time = TimeOfDay(hour: hour, minute: minute) ?? .midnight
    return Schedule(timing: .at(time), during: marketDays, timezone: "Asia/Kolkata")
  }

  private static func every(_ span: Duration, _ during: Window) -> Schedule {
    Schedule(timing: .every(Spelled(wrappedValue: span)), during: during)
  }

  private static var analyticsRollup: Job {
    var job = Job(
      name: "analytics-rollup", work: .unit("analytics-rollup"), timeout: .seconds(1800),
      idempotent: true)
    job.schedule = daily(16, 30)
    job.forEach = "account"
    job.lock = LockTemplate(text: "analytics-rollup/{item}")
    job.after = [After(job: "reconcile")]
    job.oncePerBusinessDate = true
    job.retry = RetryPolicy(attempts: 3, backoff: .seconds(10) ... .seconds(120))
    job.misfire = Misfire(policy: .latest, withinSession: true)
    job.expiresAfter = .seconds(16 * 3600)
    return job
  }

  private static var endOfDayReport: Job {
    var job = Job(
      name: "end-of-day-report", work: .unit("end-of-day-report"), timeout: .seconds(300),
      idempotent: true)
    job.schedule = daily(16, 45)
    job.after = [
      After(job: "reconcile", condition: .settled),
      After(job: "analytics-rollup", condition: .settled),
    ]
    job.oncePerBusinessDate = true
    job.retry = RetryPolicy(attempts: 3, backoff: .seconds(30) ... .seconds(300))
    job.misfire = Misfire(policy: .latest, withinSession: true)
    job.expiresAfter = .seconds(15 * 3600)
    job.alert = [.email]
    return job
  }

  private static var loadContracts: Job {
    var job = Job(
      name: "load-contracts", work: .unit("load-contracts"), timeout: .seconds(600),
      idempotent: true)
    job.schedule = daily(8, 15)
    job.parameters = ["exchanges": ["NC", "BC", "NF"]]
    job.oncePerBusinessDate = true
    job.retry = RetryPolicy(attempts: 4, backoff: .seconds(60) ... .seconds(600))
    job.misfire = Misfire(policy: .latest, within: .seconds(12 * 3600))
    job.expiresAfter = .seconds(8 * 3600)
    job.alert = [.email]
    return job
  }

  private static var pruneHistory: Job {
    var job = Job(
      name: "prune-history", work: .unit("prune-history"), timeout: .seconds(3600),
      idempotent: true)
    job.schedule = Schedule(
      timing: .at(TimeOfDay(hour: 5, minute: 10) ?? .midnight), timezone: "Asia/Kolkata")
    job.parameters = ["history": "400d", "vault": "30d"]
    job.retry = RetryPolicy(attempts: 3, backoff: .seconds(60) ... .seconds(600))
    job.misfire = Misfire(policy: .latest, within: .seconds(12 * 3600))
    job.expiresAfter = .seconds(12 * 3600)
    return job
  }

  private static var reconcile: Job {
    var job = Job(
      name: "reconcile", work: .unit("reconcile"), timeout: .seconds(1200), idempotent: true)
    job.schedule = daily(16, 20)
    job.forEach = "account"
    job.lock = LockTemplate(text: "account/{item}")
    job.oncePerBusinessDate = true
    job.retry = RetryPolicy(attempts: 3, backoff: .seconds(60) ... .seconds(600))
    job.overlap = .queueOne
    job.misfire = Misfire(policy: .latest, withinSession: true)
    job.expiresAfter = .seconds(16 * 3600)
    job.needs = Needs(signedIn: true)
    job.promise = Promise(okBy: TimeOfDay(hour: 17, minute: 20))
    return job
  }

  private static var strategyTick: Job {
    var job = Job(
      name: "strategy-tick", work: .unit("strategy-tick"), timeout: .seconds(20), idempotent: false)
    job.schedule = (try? CronExpression("* 9-15 * * mon-fri")).map {
      Schedule(
        timing: .cron($0), during: Window(market: "nse-cash", phases: [.continuous]),
        timezone: "Asia/Kolkata")
    }
    job.forEach = "account"
    job.lock = LockTemplate(text: "strategy-tick/{item}")
    job.misfire = Misfire(policy: .skip)
    job.expiresAfter = .seconds(30)
    job.needs = Needs(
      fresh: [
        .init(of: "positions", within: .seconds(60)), .init(of: "prices", within: .seconds(30)),
      ],
      gates: ["kill-switch-off"])
    job.parameters = ["strategy": "sma-cross", "fast": "5", "slow": "20"]
    return job
  }

  private static var syncPositions: Job {
    var job = Job(
      name: "sync-positions", work: .unit("sync-positions"), timeout: .seconds(25),
      idempotent: true)
    let tradesAreFinal = MarketMoment(edge: .close, offset: .seconds(2700))
    job.schedule = every(
      .seconds(30),
      Window(market: "nse-cash", phases: [.preOpen, .continuous], until: tradesAreFinal))
    job.forEach = "account"
    job.lock = LockTemplate(text: "account/{item}")
    job.retry = RetryPolicy(attempts: 2, backoff: .seconds(1) ... .seconds(5))
    job.expiresAfter = .seconds(30)
    job.needs = Needs(signedIn: true)
    job.promise = Promise(successWithin: .seconds(90))
    return job
  }

  private static var updatePrices: Job {
    var job = Job(
      name: "update-prices", work: .unit("update-prices"), timeout: .seconds(12), idempotent: true)
    job.schedule = every(
      .seconds(15),
      Window(
        market: "nse-cash", phases: [.continuous, .closingAuction],
        until: MarketMoment(edge: .close, offset: .seconds(300))))
    job.misfire = Misfire(policy: .skip)
    job.expiresAfter = .seconds(15)
    job.needs = Needs(signedIn: true)
    job.promise = Promise(successWithin: .seconds(60))
    return job
  }
}
