import Desk
import Demo
import DeskStore
import Glibc
import JobStore
import Jobs
import Runner
import Sharekhan
import Threads
import TradingTime

/// The demo proper: the daemon on its stage, until Ctrl-C or the end of the day.
struct DemoPlay: Sendable {
  private let stage: DemoStage
  private let helpers = Locked<[Task<Void, Never>]>([])
  private let ending = Locked<Ending?>(nil)
  private let startedAt = SystemClock.sinceBoot()

  private enum Ending: Sendable {
    case dayOver(completely: Bool)
    case broken(String)
  }

  init(_ stage: DemoStage) { self.stage = stage }

  func run() async throws -> Exit {
    var daemon = Daemon(options: stage.options, listen: nil)
    daemon.endsOnHangup = true
    daemon.whenReady = { port in await begin(port) }
    try await daemon.run()
    helpers.withLock { $0 }.forEach { $0.cancel() }
    switch ending.withLock({ $0 }) {
    case nil:
      Console.say("\nstopped; nothing is left running")
      return .done
    case .broken(let reason):
      Console.complain(reason)
      return .unavailable
    case .dayOver(let completely):
      return try await DemoDayReport(stage: stage, playedSince: startedAt).tell(completely)
    }
  }

  /// All is up: says so and lets the clock go.
  private func begin(_ port: Int?) async {
    Console.say(DemoWords(stage: stage, port: port).introduction)
    let tasks = [
      Task { await conduct() }, Task { await keepSignedIn() }, Task { await watchPrograms() },
    ]
    helpers.withLock { $0 = tasks }
  }

  private func conduct() async {
    guard case .shifted = stage.wishes.beginning else { return }
    do {
      guard stage.wishes.isConducted else { return try await stage.clock.goFreely() }
      let session = stage.wishes.beginning.session
      let finale = stage.wishes.endsWithTheDay ? stage.wishes.day.finale(of: session) : nil
      // Two hours are more than its retries take; what has not come by then waits for something.
      let end = finale.map { $0.dueAt + .seconds(7200) }
      let progress = DemoProgress(stage.wishes.day, session, finale)
      let loop = ConductorLoop(
        stage.store, stage.clock, Conductor(end: end), stage.wishes.day.almanac, finale: finale)
      let completely = try await loop.run { progress.show($0) }
      progress.clear()
      leave(.dayOver(completely: completely))
    } catch is CancellationError {
    } catch {
      leave(.broken("the demo's clock stopped: \(error)"))
    }
  }

  /// A token lasts a day; its owner would sign in anew each morning.
  private func keepSignedIn() async {
    let house = stage.house
    while (try? await SystemClock.sleep(for: .seconds(5))) != nil {
      let askedAt = SystemClock.sinceBoot()
      guard let clocks = try? await house.control.clocks() else { continue }
      house.clock.set(clocks, askedAt: askedAt)
      let accounts = try? await house.desk.accounts(onlyEnabled: true, on: house.control.pool)
      for account in accounts ?? [] where !house.broker.signInState(of: account).isSignedIn {
        _ = try? await house.broker.signInThroughLoginPage(account)
      }
    }
  }

  private func watchPrograms() async {
    while (try? await SystemClock.sleep(for: .milliseconds(500))) != nil {
      if stage.postgres.hasEnded { leave(.broken("the demo's PostgreSQL ended by itself")) }
      if stage.simulator.hasEnded { leave(.broken("the broker simulator ended by itself")) }
    }
  }

  /// The same way out as Ctrl-C; the first reason counts.
  private func leave(_ reason: Ending) {
    let isFirst = ending.withLock { ending in
      defer { ending = ending ?? reason }
      return ending == nil
    }
    if isFirst { kill(getpid(), SIGTERM) }
  }
}
