import CLinux
import DeskUnits
import JobFiles
import JobStore
import Jobs
import Logging
import Postgres
import Runner
import ServiceLifecycle
import StatusServer
import Threads
import TradingTime
import UnixSignals

/// `serve`: loads the job files, runs the engine, answers for it, and leaves in order.
struct Daemon {
  let options: GlobalOptions
  let listen: String?
  /// For the demo: called with the endpoint's port once all is up.
  var whenReady: @Sendable (Int?) async -> Void = { _ in }
  /// For the demo, which ends with its terminal; to a service a hang-up says: reload.
  var endsOnHangup = false

  func run() async throws {
    clinux_give_memory_back()
    // Before anything is read: whoever says "reload" while we start must not end us, nor be missed.
    let (signals, heard) = AsyncStream.makeStream(of: UnixSignal.self)
    let hangups = await listen(to: endsOnHangup ? [] : [.sighup], heard)
    defer { hangups.cancel() }
    let systemd = Systemd.takeOver()
    let alarms = try alarmDesk()
    let saying = Task { await alarms.run() }
    defer { saying.cancel() }
    let house = try await openHouse(systemd, alarms)
    let jobs = try readJobs(house)
    let report = try await house.load(jobs, retiringAbsent: true)
    tell(report, as: "job files are in force", house)
    let runner = house.runner(try await house.almanac(), alarms: alarms)
    let state = DaemonState()
    state.jobs = jobs
    let feed = try house.feedLoop(runner, state)
    alarms.ask { feed?.missing ?? [] }
    let endpoint = try await Endpoint.start(
      house, runner, state, feed, listen: listen ?? house.configuration.status.listen)
    let following = Task { await follow(feed, runner) }
    let engine = Task { await runner.run() }
    let watchdog = Task { await Watchdog(systemd, runner).run() }
    systemd.ready("\(jobs.count) jobs")
    await whenReady(endpoint?.port)
    let endings = await listen(to: [.sigterm, .sigint] + (endsOnHangup ? [.sighup] : []), heard)
    defer { endings.cancel() }
    await waitForTheEnd(signals, house, runner, systemd, state)
    systemd.stopping("draining")
    following.cancel()
    let interrupted = await runner.drain()
    await following.value
    if !interrupted.isEmpty {
      house.log.warning(
        "stopped with work under way", metadata: ["runs": "\(interrupted.sorted())"])
    }
    engine.cancel()
    watchdog.cancel()
    await endpoint?.stop()
    await engine.value
    try? await house.control.leave()
  }

  /// Until cancelled. A loop that ended on purpose must not starve the watchdog of a long drain.
  private func follow(_ feed: FeedLoop?, _ runner: Runner) async {
    await feed?.run()
    FeedLoop.rounds.forEach(runner.board.left)
  }

  /// Made before anything needs a database.
  private func alarmDesk() throws -> AlarmDesk {
    let configuration = try options.configuration()
    let secrets = Secrets(folder: configuration.credentials, environment: options.environment)
    return AlarmDesk(try AlarmSettings(configuration, secrets, host: Holder.host))
  }

  /// Waits for PostgreSQL for as long as it takes, and says so where alarms are said; everything
  /// else that is wrong ends the start.
  private func openHouse(_ systemd: Systemd, _ alarms: AlarmDesk) async throws -> House {
    let log = options.logger()
    let reason = Locked("no answer yet")
    // Beside the attempts, because one of them may take as long as its limit.
    let waiting = Task { await judge(alarms, { reason.withLock { $0 } }) }
    defer { waiting.cancel() }
    while true {
      do {
        return try await House.open(options)
      } catch let error as PostgresError {
        guard error.isAbsence else { throw error }
        log.warning("waiting for PostgreSQL", metadata: ["error": "\(error)"])
        systemd.status("waiting for PostgreSQL")
        reason.withLock { $0 = "\(error)" }
        systemd.extendTimeout(by: .seconds(15))
        try await SystemClock.sleep(for: .seconds(2))
      }
    }
  }

  private func judge(_ alarms: AlarmDesk, _ reason: () -> String) async {
    let began = SystemClock.sinceBoot()
    let beganAt = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    while !Task.isCancelled {
      var facts = AlarmFacts(
        holder: Holder.host, now: Instant(microseconds: SystemClock.microsecondsSinceEpoch()),
        zone: alarms.settings.zone)
      facts.limits = alarms.settings.limits
      facts.database = .init(
        since: beganAt, span: SystemClock.sinceBoot() - began, reason: reason())
      alarms.judgeAlone(facts)
      try? await SystemClock.sleep(for: .seconds(1))
    }
  }

  private func readJobs(_ house: House) throws -> [Job] {
    try JobFilesReading.jobs(
      try options.jobsFolder(), house.workshop.catalogue, house.almanacSource)
  }

  /// From its return on; until then a signal goes its ordinary way.
  private func listen(
    to signals: [UnixSignal], _ heard: AsyncStream<UnixSignal>.Continuation
  ) async -> Task<Void, Never> {
    let sequence = await UnixSignalsSequence(trapping: signals)
    return Task { for await signal in sequence { heard.yield(signal) } }
  }

  private func waitForTheEnd(
    _ signals: AsyncStream<UnixSignal>, _ house: House, _ runner: Runner, _ systemd: Systemd,
    _ state: DaemonState
  ) async {
    for await signal in signals {
      guard signal == .sighup, !endsOnHangup else { return }
      systemd.reloading()
      await reload(house, runner, state)
      systemd.ready(state.reloadRefused ?? "reloaded")
    }
  }

  /// Files with errors change nothing: the plan before them stays in force, and the status says so.
  private func reload(_ house: House, _ runner: Runner, _ state: DaemonState) async {
    do {
      let jobs = try readJobs(house)
      let report = try await house.load(jobs, retiringAbsent: true)
      runner.reload(almanac: try await house.almanac())
      try house.reloadCalendars()
      state.jobs = jobs
      state.reloadRefused = nil
      tell(report, as: "reloaded", house)
    } catch {
      state.reloadRefused = "\(error)"
      house.log.error(
        "reload refused; the plan before stays in force: mend the files and reload",
        metadata: ["error": "\(error)"])
    }
  }

  private func tell(_ report: JobStore.LoadReport, as news: StaticString, _ house: House) {
    house.log.notice(
      "\(news)",
      metadata: [
        "added": "\(report.added)", "changed": "\(report.changed)", "retired": "\(report.retired)",
        "renamed": "\(report.renamed)",
      ])
    for (job, why) in report.untold.sorted(by: { $0.key < $1.key }) {
      house.log.error(
        "what a job's old schedule still owed cannot be told; look at its slots and backfill",
        metadata: ["job": "\(job)", "why": "\(why)"])
    }
  }
}

/// What the daemon remembers beside the engine.
final class DaemonState: Sendable {
  private let refused = Locked(String?.none)
  private let jobsInForce = Locked([Job]())

  /// As they were loaded last.
  var jobs: [Job] {
    get { jobsInForce.withLock { $0 } }
    set { jobsInForce.withLock { $0 = newValue } }
  }

  var reloadRefused: String? {
    get { refused.withLock { $0 } }
    set { refused.withLock { $0 = newValue } }
  }
}

extension PostgresError {
  /// The server is not there, or not there yet; it may come.
  var isAbsence: Bool {
    switch self {
    case .unavailable, .connectionLost, .timedOut: true
    case .server(let error): error.sqlState.hasPrefix("57P0")
    default: false
    }
  }
}
