import ArgumentParser
import Demo
import Desk
import DeskStore
import FoundationEssentials
import HTTPClient
import JobStore
import Postgres
import Sharekhan
import TradingTime

/// Everything the demo plays on: folder, database, simulator, accounts. All of it ends with this
/// process, in whatever way that ends.
struct DemoStage: Sendable {
  let wishes: DemoWishes
  let folder: DemoFolder
  let options: GlobalOptions
  let postgres: PrivatePostgres
  let simulator: SimulatorProgram
  let store: JobStore
  let clock: DemoClock
  let house: House
  private let lock: DemoLock

  static func build(_ wishes: DemoWishes) async throws -> DemoStage {
    let programs = try PostgresPrograms.newest(
      path: ProcessInfo.processInfo.environment["PATH"] ?? "")
    let folder = DemoFolder()
    let lock = try DemoLock(folder)
    try folder.prepare()
    async let simulatorStart = SimulatorProgram.start(
      "\(ownFolder)/sharekhan-simulator", accounts: people.count, log: folder.simulatorLog,
      web: WebClient())
    let postgres = try await PrivatePostgres.start(programs, in: folder)
    do {
      try await postgres.recreateDatabase()
      return try await DemoStage(wishes, folder, lock, postgres, try await simulatorStart)
    } catch {
      await postgres.stop()
      throw error
    }
  }

  private init(
    _ wishes: DemoWishes, _ folder: DemoFolder, _ lock: DemoLock, _ postgres: PrivatePostgres,
    _ simulator: SimulatorProgram
  ) async throws {
    self.wishes = wishes
    self.folder = folder
    self.lock = lock
    self.postgres = postgres
    self.simulator = simulator
    try Self.write(wishes, folder, postgres, simulator)
    options = try GlobalOptions.parse([
      "--config", folder.configuration, "--jobs", wishes.jobsFolder, "--log-level",
      wishes.command.logLevel.rawValue, "--log-format", wishes.command.logFormat.rawValue,
    ])
    let pool = Pool(try ConnectionSettings(url: postgres.url), size: 2)
    for migrator in Schemas.migrators { _ = try await migrator.migrate(pool) }
    store = JobStore(pool: pool, holder: "demo")
    clock = DemoClock(store, simulator, speed: wishes.speed)
    if case .shifted(let instant, _) = wishes.beginning { try await clock.stand(at: instant) }
    house = try await House.open(options, workers: 4)
    for person in Self.people {
      let account = try await house.desk.add(
        Account(id: person.id, customerID: person.customer, name: person.name, mode: .paper),
        capital: Money(rupees: 1_000_000), on: pool)
      _ = try await house.broker.signInThroughLoginPage(account)
    }
  }

  /// The broker first: who still works then fails quickly, and the database records it.
  func strike() async {
    await simulator.stop()
    await postgres.stop()
  }

  struct Person: Sendable {
    let id: String
    let name: String
    let customer: String
  }

  static let people = [
    Person(id: "asha", name: "Asha Rao", customer: "1000001"),
    Person(id: "ravi", name: "Ravi Iyer", customer: "1000002"),
  ]

  private static func write(
    _ wishes: DemoWishes, _ folder: DemoFolder, _ postgres: PrivatePostgres,
    _ simulator: SimulatorProgram
  ) throws {
    let texts = DemoTexts(
      folder: folder, databaseURL: postgres.url, brokerURL: simulator.brokerURL,
      port: try FreePort.next(from: 8420), calendars: wishes.calendars, jobs: wishes.jobsFolder,
      programs: ownFolder, postgresPrograms: postgres.programs.folder)
    try DemoFolder.write(texts.configuration, to: folder.configuration)
    try DemoFolder.write(texts.environment, to: folder.environment)
    for person in people {
      try folder.writeSecret("SIMULATED-API-KEY-0001\n", to: "sharekhan.\(person.id).api-key")
      try folder.writeSecret(
        "SIMULATED-SECRET-KEY-FOR-TESTS!!\n", to: "sharekhan.\(person.id).secret-key")
    }
    try folder.writeSecret(token() + "\n", to: "operator-token")
  }

  /// Where this program lies, and the simulator beside it.
  private static var ownFolder: String {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let parts = (program ?? "").split(separator: "/").dropLast()
    return "/" + parts.joined(separator: "/")
  }

  private static func token() -> String {
    (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
  }
}
