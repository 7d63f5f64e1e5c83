import Desk
import DeskStore
import DeskUnits
import FoundationEssentials
import Glibc
import HTTPClient
import JobStore
import Jobs
import Logging
import Postgres
import Runner
import Sharekhan
import Threads
import TradingTime

/// Everything wired together once, for whichever command needs it. Nothing is decided here.
struct House: Sendable {
  let configuration: Configuration
  let secrets: Secrets
  let log: Logger
  let clock: JobClock
  let almanacSource: AlmanacSource
  let control: JobStore
  let work: JobStore
  let desk: DeskDatabase
  let broker: SharekhanClient
  let workshop: Workshop
  /// The calendars as last read, for the desk's units.
  private let calendars: Locked<Almanac>

  /// - Throws: `Refusal`: 69 without a database, 78 where a setting or the schema stands in the way.
  static func open(_ options: GlobalOptions, workers: Int? = nil) async throws -> House {
    let configuration = try options.configuration()
    let settings = try databaseSettings(configuration)
    let holder = Holder.name()
    let control = JobStore(pool: Pool(settings, size: 4), holder: holder)
    let work = JobStore(
      pool: Pool(
        settings, size: workers ?? configuration.database.connections, on: PollThread.units),
      holder: holder)
    try await checkSchema(control.pool)
    let desk: DeskDatabase
    do {
      desk = try await DeskDatabase.open(configuration.mode, on: control.pool)
    } catch let refusal as DeskRefusal {
      throw Refusal(.configuration, refusal.description)
    }
    let clock = JobClock()
    let askedAt = SystemClock.sinceBoot()
    let clocks = try await control.clocks()
    clock.set(clocks, askedAt: askedAt)
    if clocks.isShifted && configuration.mode == .live {
      throw Refusal(
        .configuration, "jobs.clock has a row: this database is for rehearsals; live needs another")
    }
    let secrets = Secrets(folder: configuration.credentials, environment: options.environment)
    let broker = try broker(configuration, secrets, clock)
    let calendars = Locked(try AlmanacSource(configuration).almanac(for: []))
    let workshop = DeskUnits.workshop(
      desk: desk, broker: broker, almanac: { calendars.withLock { $0 } },
      reports: try ReportDelivery(configuration, secrets), now: { clock.nowOrWall })
    return House(
      configuration: configuration, secrets: secrets, log: options.logger(), clock: clock,
      almanacSource: AlmanacSource(configuration), control: control, work: work, desk: desk,
      broker: broker, workshop: workshop, calendars: calendars)
  }

  static func databaseSettings(_ configuration: Configuration) throws -> ConnectionSettings {
    do {
      let url = configuration.database.url
      var settings = try ConnectionSettings(url: url.isEmpty ? nil : url)
      if configuration.database.isPooled { settings.prepared = .unnamed }
      return settings
    } catch {
      throw Refusal(.configuration, "database.url: \(error)")
    }
  }

  private static func checkSchema(_ pool: Pool) async throws {
    for migrator in Schemas.migrators {
      let pending = try await migrator.pending(on: pool)
      guard pending.isEmpty else {
        throw Refusal(
          .configuration,
          "the database lacks \(pending.count) migration(s) of schema \(migrator.schema); run: muhurat migrate"
        )
      }
    }
  }

  private static func broker(
    _ configuration: Configuration, _ secrets: Secrets, _ clock: JobClock
  ) throws -> SharekhanClient {
    let credentials = RecentCredentials(secrets)
    do {
      return try SharekhanClient(
        SharekhanSettings(
          base: configuration.broker.url,
          readsPerSecond: configuration.broker.readsPerSecond,
          ordersPerSecond: configuration.broker.ordersPerSecond),
        web: WebClient(WebSettings(proxy: configuration.broker.proxy), on: PollThread.units),
        store: SignInStore(directory: configuration.runtime),
        credentials: { try credentials.sharekhan($0) }, now: { clock.nowOrWall })
    } catch {
      throw Refusal(.configuration, "broker.url: \(error)")
    }
  }

  /// The daemon's feed; nil where it is off.
  ///
  /// - Throws: `Refusal` with 78 if its address cannot be used.
  func feedLoop(_ runner: Runner, _ state: DaemonState) throws -> FeedLoop? {
    guard configuration.broker.hasFeed else { return nil }
    let url =
      configuration.broker.feedURL ?? Configuration.feedURL(beside: configuration.broker.url)
    let feed: SharekhanFeed
    do {
      feed = try SharekhanFeed(
        FeedSettings(
          url: url, proxy: try feedProxy(), followsDepth: configuration.broker.followsDepth),
        client: broker)
    } catch let problem as SharekhanSettings.Problem {
      throw Refusal(.configuration, "broker.feed_url: \(problem)")
    }
    let clock = clock
    return FeedLoop(
      .init(
        desk: desk, pool: control.pool, broker: broker, feed: feed,
        almanac: { runner.currentAlmanac }, watched: { DeskUnits.watched(by: state.jobs) },
        now: { clock.nowOrWall },
        moved: { runner.board.moved($0, limit: .seconds(30)) }))
  }

  /// Never around the proxy: whoever named one wants to know what leaves.
  private func feedProxy() throws -> ProxyAddress? {
    guard let url = configuration.broker.proxy else { return nil }
    guard let proxy = ProxyAddress(url) else {
      throw Refusal(
        .configuration,
        "broker.proxy: the feed goes only through an HTTP proxy, http://host:port; name one, or "
          + "turn the feed off with broker.feed: off")
    }
    return proxy
  }

  func runner(
    _ almanac: Almanac, settings: RunnerSettings = RunnerSettings(), alarms: AlarmDesk? = nil
  ) -> Runner {
    var settings = settings
    settings.concurrency = configuration.runner.concurrency
    settings.drain = configuration.runner.drain
    return Runner(
      settings: settings, control: control, work: work, workshop: workshop, almanac: almanac,
      log: log, clock: clock, alarms: alarms)
  }

  /// Reads the calendars anew for the desk's units; the runner is told apart.
  func reloadCalendars() throws {
    let read = try almanacSource.almanac(for: [])
    calendars.withLock { $0 = read }
  }

  /// The almanac for the definitions in force.
  func almanac() async throws -> Almanac {
    try almanacSource.almanac(for: try await control.definitions().map(\.job))
  }
}

/// The migrations of both wings, in the order they are applied.
enum Schemas {
  static let migrators = [
    Migrator(schema: JobMigrations.schema, migrations: JobMigrations.all),
    Migrator(schema: DeskMigrations.schema, migrations: DeskMigrations.all),
  ]
}

/// Who this process is to others: host, boot, process and a random word.
enum Holder {
  static func name() -> String {
    let boot =
      FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
      .map { String(decoding: $0.prefix(8), as: UTF8.self) } ?? "boot"
    let word = String(UInt32.random(in: .min ... .max), radix: 36)
    return "\(host)/\(boot)/\(getpid())/\(word)"
  }

  static var host: String { ProcessInfo.processInfo.hostName }
}

extension JobClock {
  /// The job's clock where it is known, else this machine's.
  var nowOrWall: Instant {
    now ?? Instant(microseconds: SystemClock.microsecondsSinceEpoch())
  }
}
