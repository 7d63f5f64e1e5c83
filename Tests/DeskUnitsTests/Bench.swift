import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import Reports
import Support
import Testing
import Threads
import TradingTime

@testable import DeskUnits

/// A database with both wings' schemas, cloned for each test.
let bothWings = FreshDatabase.template(named: "both-wings") { connection in
  try await Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all)
    .migrate(connection)
  try await DeskMigrations.migrator.migrate(connection)
}

let thursday = day("2026-11-19")
let friday = day("2026-11-20")
let reliance = InstrumentKey(exchange: "NC", scripCode: 2885)
let infosys = InstrumentKey(exchange: "NC", scripCode: 1594)

func day(_ text: String) -> CivilDate {
  guard let date = CivilDate(text) else { fatalError("not a date in a test: \(text)") }
  return date
}

func instant(_ text: String) -> Instant {
  guard let instant = Instant(rfc3339: text) else { fatalError("not a time in a test: \(text)") }
  return instant
}

func rupees(_ text: String) -> Money {
  guard let money = Money(text) else { fatalError("not an amount in a test: \(text)") }
  return money
}

/// One paper account with everything that a runner would hand to its units, worked by hand.
struct Bench: Sendable {
  let pool: Pool
  let store: JobStore
  let desk: DeskDatabase
  let broker: FixtureBroker
  let folder = ReportFolder()
  let mailed = Locked<[String]>([])
  let mailFails = Locked<(any Error)?>(nil)
  private let clock: Locked<Instant>

  /// Friday, 11:00 in India; asha is signed in.
  static func open() async throws -> Bench {
    let bench = try await Bench()
    try await bench.desk.add(
      Account(id: "asha", customerID: "1000001", name: "Asha", mode: .paper),
      capital: Money(rupees: 1_000_000), on: bench.pool)
    bench.broker.sign("asha", .signedIn(until: instant("2026-11-20T23:59:59+05:30")))
    try await bench.set(clock: "2026-11-20T11:00:00+05:30")
    return bench
  }

  private init() async throws {
    pool = try TestDatabase.current.pool(size: 4)
    store = JobStore(pool: pool, holder: "bench")
    desk = try await DeskDatabase.open(.paper, on: pool)
    let clock = Locked(instant("2026-11-20T11:00:00+05:30"))
    self.clock = clock
    broker = try FixtureBroker(now: { clock.withLock { $0 } })
  }

  var now: Instant { clock.withLock { $0 } }

  /// The job's clock, for this process and for the tables.
  func set(clock text: String) async throws {
    let moment = instant(text)
    clock.withLock { $0 = moment }
    try await pool.query(
      """
      insert into jobs.clock (origin, started_at, speed) values ($1, clock_timestamp(), 0)
      on conflict (one) do update set origin = excluded.origin
      """, Timestamp(microsecondsSinceEpoch: moment.microseconds))
  }

  // MARK: Running

  var almanac: Almanac {
    get throws {
      let hours = EffectiveHours(
        class: nil, from: day("2020-01-01"), through: nil,
        phases: [
          PhaseHours(
            kind: .continuous, start: try #require(TimeOfDay("09:15")),
            end: try #require(TimeOfDay("15:30")))
        ])
      let calendar = try TradingCalendar(
        market: "nse-cash", zone: .india, coverage: day("2026-01-01")...day("2026-12-31"),
        hours: [hours], holidays: [day("2026-11-24"): "Guru Nanak Jayanti"], specialSessions: [:])
      return Almanac(zones: [:], calendars: ["nse-cash": calendar], homeZone: .india)
    }
  }

  func workshop(_ broker: (any Broker)? = nil) throws -> Workshop {
    let (mailed, mailFails, almanac) = (mailed, mailFails, try almanac)
    return DeskUnits.workshop(
      desk: desk, broker: broker ?? self.broker, almanac: { almanac },
      reports: ReportDelivery(files: FileDelivery(folder: folder.path)) {
        report, session, version, _ in
        if let error = mailFails.withLock({ $0 }) { throw error }
        mailed.withLock { $0.append("\(session) version \(version): \(report.verdict)") }
      }, now: { now })
  }

  struct Ran: Sendable {
    let result: RunResult
    let log: [String]
  }

  /// Claims a run, works it and settles it, as a runner does.
  ///
  /// - Parameter workshop: what one process keeps from run to run; nil starts afresh.
  @discardableResult
  func run(
    _ unit: String, item: String? = "asha", on date: CivilDate = friday,
    with parameters: [String: JSONValue] = [:], dryRun: Bool = false,
    broker: (any Broker)? = nil, by workshop: Workshop? = nil,
    within limit: Duration = .seconds(60),
    whenClaimed: (Claim) async throws -> Void = { _ in }
  ) async throws -> Ran {
    let workshop = try workshop ?? self.workshop(broker)
    let description = try #require(workshop.catalogue.unit(unit), "no unit \(unit)")
    var job = Job(
      name: unit, work: .unit(unit), timeout: limit, idempotent: description.isIdempotent)
    job.schedule = Schedule(
      timing: .every(Spelled(wrappedValue: .seconds(15))), during: Window(market: "nse-cash"))
    job.forEach = item == nil ? nil : "account"
    job.lock = .standard(job: unit, hasItems: item != nil)
    job.parameters = parameters
    _ = try await store.load([job], retiringAbsent: false, in: try almanac)
    var request = RunRequest(
      job: job, revision: try await store.revision(of: job), item: item, businessDate: date,
      actor: "bench")
    request.isDryRun = dryRun
    guard case .claimed(let claim) = try await store.start(request) else {
      throw UnitFailure("the lock of \(unit) was not free")
    }
    try await whenClaimed(claim)
    let transcript = Transcript(limit: 65_536)
    let attempt = Attempt(
      claim: claim, job: job, store: store, deadline: .after(job.timeout), transcript: transcript)
    let outcome: Result<RunResult, any Error>
    do {
      outcome = .success(try await #require(workshop.unit(named: unit)).run(attempt))
    } catch {
      outcome = .failure(error)
    }
    try await settle(outcome, claim, job, transcript)
    let log = (transcript.text ?? "").split(separator: "\n").map(String.init)
    return Ran(result: try outcome.get(), log: log)
  }

  private func settle(
    _ outcome: Result<RunResult, any Error>, _ claim: Claim, _ job: Job, _ transcript: Transcript
  ) async throws {
    let ending: Ending
    switch outcome {
    case .success(let result): ending = .succeeded(result)
    case .failure(let error): ending = .failed("\(error)")
    }
    let settlement = Settlement.following(
      ending,
      of: .init(
        attempt: claim.attempt, isIdempotent: claim.isIdempotent, retry: job.retry,
        isDryRun: claim.isDryRun), now: now, chance: 0)
    _ = try await store.settle([
      SettledAttempt(
        claim: claim, ending: ending, settlement: settlement, output: transcript.text,
        outputBytes: transcript.total)
    ])
  }

  /// What a unit threw, in its own words and with its class.
  func failure(
    _ unit: String, item: String? = "asha", with parameters: [String: JSONValue] = [:],
    by workshop: Workshop? = nil, whenClaimed: (Claim) async throws -> Void = { _ in }
  ) async throws -> String {
    do {
      let ran = try await run(
        unit, item: item, with: parameters, by: workshop, whenClaimed: whenClaimed)
      return "it ended well: \(ran.result.verdict)"
    } catch let failure as UnitFailure {
      return "\(failure.errorClass ?? "plain"): \(failure)"
    } catch {
      return "\(type(of: error)): \(error)"
    }
  }

  // MARK: A day at the broker

  /// 100 RELIANCE bought in two trades, 50 INFY held from before.
  func trade() {
    broker.answer(
      "reports/1000001", rows: [Wire.order("501", 100, executed: 100, average: "1449.5")])
    broker.answer(
      "reports/NC/1000001/501/trades",
      rows: [
        Wire.trade("71", of: "501", 60, at: "1449"), Wire.trade("72", of: "501", 40, at: "1450.25"),
      ])
    broker.answer("trades/1000001", rows: [Wire.position(bought: 100, net: 100)])
    broker.answer("holdings/1000001", rows: [Wire.holding("INFY", 50)])
    broker.answer("limitstmt/NC/1000001", .data(Wire.funds))
    broker.answer(
      "master/NC", rows: [Wire.instrument(2885, "RELIANCE"), Wire.instrument(1594, "INFY")])
  }

  /// Candles of RELIANCE and INFY up to the clock of the test, one every five minutes.
  func quote() {
    for code in [2885, 1594] {
      broker.answer(
        "historical/NC/\(code)/5minute",
        rows: [
          Wire.candle("19/11/2026", "15:29:58", "1440"),
          Wire.candle("20/11/2026", "10:54:59", "1452.5"),
          Wire.candle("20/11/2026", "10:59:57", "1455"),
        ])
      broker.answer(
        "historical/NC/\(code)/daily",
        rows: [
          Wire.candle("19/11/2026", "15:30:00", "1441.5"),
          Wire.candle("20/11/2026", "10:59:57", "1455"),
        ])
    }
  }

  // MARK: Looking

  /// The answer of a query with one column of text, a line per row.
  func lines(_ sql: String) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(0, as: String.self) }
  }

  func count(_ table: String) async throws -> Int {
    Int(try await lines("select count(*)::text from \(table)").first ?? "") ?? -1
  }
}
