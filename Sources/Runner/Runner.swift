package import Jobs
package import JobStore
package import Logging
import Postgres
import Threads
import TradingTime

/// The engine: decides what is due, claims what is ready, runs it, keeps its leases, rescues what
/// others left.
///
/// Any number of runners share one database without knowing of each other; there is no leader. Each
/// loop goes its own way with its own time limits, so that one hung statement cannot stop the
/// others.
package final class Runner: Sendable {
  let settings: RunnerSettings
  let control: JobStore
  let work: JobStore
  let workshop: Workshop
  let almanac: Locked<Almanac>
  let clock: JobClock
  package let board: LoopBoard
  /// Nil for commands: only a daemon raises alarms.
  let alarms: AlarmDesk?
  let clockWatch = ClockWatch()
  let watch: DatabaseWatch
  let attempts = ActiveAttempts()
  let writer: SettlementWriter
  let log: Logger
  let startedAt = Instant(microseconds: SystemClock.microsecondsSinceEpoch())

  let decideWake = Wake()
  let claimWake = Wake()
  let renewWake = Wake()
  let settled = Wake()
  let phase = Locked(Phase.running)
  let planning = Locked(Planning())

  enum Phase: Sendable { case running, draining, stopped }

  /// - Parameters:
  ///   - control: for the runner's own loops.
  ///   - work: for units; its pool may be exhausted without harm to leases.
  package init(
    settings: RunnerSettings, control: JobStore, work: JobStore, workshop: Workshop,
    almanac: Almanac, log: Logger, clock: JobClock = JobClock(), alarms: AlarmDesk? = nil
  ) {
    self.settings = settings
    self.control = control
    self.work = work
    self.workshop = workshop
    self.almanac = Locked(almanac)
    self.log = log
    self.clock = clock
    self.alarms = alarms
    board = alarms?.board ?? LoopBoard(limits: settings.loopLimits)
    watch = DatabaseWatch(log: log)
    writer = SettlementWriter(store: control, watch: watch, log: log)
  }

  /// Runs until the task is cancelled; then work under way is left to `drain`.
  package func run() async {
    await withTaskGroup(of: Void.self) { loops in
      loops.addTask { await DecideLoop(runner: self).run() }
      loops.addTask { await ClaimLoop(runner: self).run() }
      loops.addTask { await self.leaseKeeper.run() }
      loops.addTask { await self.leaseKeeper.watchDeadlines() }
      loops.addTask { await SweepLoop(runner: self).run() }
      loops.addTask { await HintLoop(runner: self).run() }
      loops.addTask(executorPreference: PollThread.units) { await self.feelUnits() }
      if let alarms {
        loops.addTask { await AlarmLoop(runner: self, desk: alarms).run() }
        loops.addTask { await HeartbeatLoop(runner: self, desk: alarms).run() }
      }
    }
  }

  /// A unit that blocks the thread of those that mostly wait must not do so in silence.
  private func feelUnits() async {
    while !Task.isCancelled {
      board.moved("units")
      try? await SystemClock.sleep(for: .seconds(1))
    }
  }

  /// Stops claiming, hands back what has not begun, waits for work under way, interrupts what is
  /// left, and says what that was.
  package func drain() async -> [Int64] {
    phase.withLock { $0 = .draining }
    attempts.all.forEach { $0.stopUnlessBegun(.draining) }
    claimWake.ring()
    let limit = Deadline.after(settings.drain)
    while !attempts.areNone, !limit.hasPassed { await settled.wait(for: .milliseconds(200)) }
    let interrupted = attempts.all
    interrupted.forEach { $0.stop(.draining) }
    let last = Deadline.after(settings.lastWait)
    while !attempts.areNone, !last.hasPassed { await settled.wait(for: .milliseconds(200)) }
    phase.withLock { $0 = .stopped }
    await writer.giveUp()
    return interrupted.map(\.claim.run)
  }

  /// What the definitions or calendars say has changed; plans are made anew.
  package func reload(almanac: Almanac) {
    self.almanac.withLock { $0 = almanac }
    definitionsChanged = true
    decideWake.ring()
  }

  package var currentAlmanac: Almanac { almanac.withLock { $0 } }

  package var report: RunnerReport {
    var report = RunnerReport(holder: control.holder, startedAt: startedAt)
    report.loops = board.loops
    report.databaseLostAt = watch.outage?.lostAt
    report.databaseError = watch.outage?.reason
    report.active = attempts.count
    report.isDraining = phase.withLock { $0 != .running }
    report.clockSkewMilliseconds = clock.skew.map { $0 / .milliseconds(1) }
    report.clockSuspicion = clock.suspicion
    report.clockEvents = clockWatch.events.map(\.event)
    report.alarms = alarms?.report
    return report
  }

  var isClaiming: Bool { phase.withLock { $0 == .running } }

  var leaseKeeper: LeaseKeeper {
    LeaseKeeper(
      store: control, attempts: attempts, settings: settings, board: board, watch: watch,
      wake: renewWake)
  }

  var attemptRunner: AttemptRunner {
    AttemptRunner(
      control: control, work: work, workshop: workshop, settings: settings, clock: clock,
      writer: writer, log: log)
  }

  /// Reads the clocks and remembers them.
  func readClock() async throws -> Instant {
    let askedAt = SystemClock.sinceBoot()
    let clocks = try await control.clocks()
    clock.set(clocks, askedAt: askedAt)
    return clocks.job
  }
}
