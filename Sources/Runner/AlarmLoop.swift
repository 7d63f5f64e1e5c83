import Jobs
import JobStore
import Logging
import Postgres
import Threads
import TradingTime

/// Finds out what is wrong, once a second from what this process knows of itself and every few
/// seconds from the tables; raises and clears alarms accordingly.
///
/// It has connections of its own and a limit to every wait, so that whatever stands still, this
/// does not. Should it do so all the same, the watchdog goes hungry and the heartbeat stops.
struct AlarmLoop: Sendable {
  let runner: Runner
  let desk: AlarmDesk

  func run() async {
    let store = JobStore(
      pool: Pool(runner.control.pool.settings, size: 2), holder: runner.control.holder)
    let memory = AlarmMemory()
    let beganAt = SystemClock.sinceBoot()
    var reading = Reading(nextAt: beganAt)
    while !Task.isCancelled {
      runner.board.moved("alarms", limit: .seconds(60))
      for event in runner.clockWatch.look(at: runner.clock) { say(event) }
      let now = SystemClock.sinceBoot()
      if now >= reading.nextAt {
        await goRound(store, memory, reached: now - beganAt, &reading)
        let took = SystemClock.sinceBoot() - now
        // Never more than a tenth of the time, and a failed look waits no longer than any other.
        let pause = max(desk.settings.readEvery, min(took * 10, .seconds(20)))
        reading.nextAt = now + (reading.error == nil ? pause : desk.settings.readEvery)
      } else if runner.watch.outage != nil {
        desk.judgeAlone(facts(nil, reading))
      }
      try? await SystemClock.sleep(for: desk.settings.lookEvery)
    }
    runner.board.left("alarms")
    await store.pool.close()
  }

  private struct Reading {
    var nextAt: Duration
    /// Why the tables could not be read, and since when on the boot clock and on the wall's.
    var error: Trouble?
    /// The same of alarms that could not be written down: a server may answer every question and
    /// take nothing, with its disk full or on standby.
    var refusal: Trouble?
  }

  private struct Trouble {
    let since: Duration
    let at: Instant
    let text: String

    /// The newest words of a trouble that may stand already.
    init(_ error: any Error, askedAt: Duration, after earlier: Trouble?) {
      since = earlier?.since ?? askedAt
      at = earlier?.at ?? Instant(microseconds: SystemClock.microsecondsSinceEpoch())
      text = "\(error)"
    }
  }

  private func goRound(
    _ store: JobStore, _ memory: AlarmMemory, reached: Duration, _ reading: inout Reading
  ) async {
    let tables = await read(store, memory, reached: reached, &reading)
    guard runner.watch.outage == nil else {
      reading.refusal = nil
      return desk.judgeAlone(facts(nil, reading))
    }
    let refused = reading.refusal
    // What is being written down now is not refused.
    reading.refusal = nil
    let askedAt = SystemClock.sinceBoot()
    do {
      try await desk.judge(facts(tables, reading), in: store)
      try await runner.clockWatch.payRecords(to: store)
    } catch {
      runner.watch.failed(error, in: "alarms", askedAt: askedAt)
      reading.refusal = Trouble(error, askedAt: askedAt, after: refused)
      desk.judgeAlone(facts(nil, reading))
    }
  }

  /// Nil if they could not be read.
  private func read(
    _ store: JobStore, _ memory: AlarmMemory, reached: Duration, _ reading: inout Reading
  ) async -> AlarmFacts.Tables? {
    let askedAt = SystemClock.sinceBoot()
    do {
      let tables = try await store.alarmTables(
        almanac: runner.currentAlmanac, memory: memory, workshop: runner.workshop,
        lead: desk.settings.limits.signIn,
        reachedFor: min(reached, runner.watch.sinceReturn ?? reached))
      runner.watch.succeeded(askedAt: askedAt)
      reading.error = nil
      return tables
    } catch {
      runner.watch.failed(error, in: "alarms", askedAt: askedAt)
      reading.error = Trouble(error, askedAt: askedAt, after: reading.error)
      return nil
    }
  }

  private func facts(_ tables: AlarmFacts.Tables?, _ reading: Reading) -> AlarmFacts {
    var facts = AlarmFacts(
      holder: runner.control.holder,
      now: Instant(microseconds: SystemClock.microsecondsSinceEpoch()), zone: desk.settings.zone)
    facts.loops = runner.board.loops
    if let outage = runner.watch.outage {
      facts.database = .init(since: outage.lostAt, span: outage.span, reason: outage.reason)
    } else if let error = reading.error ?? reading.refusal {
      facts.blind = .init(
        since: error.at, span: SystemClock.sinceBoot() - error.since, reason: error.text)
    }
    facts.clock.suspicion = runner.clock.isShifted ? nil : runner.clock.suspicion
    facts.clock.events = runner.clockWatch.events
    facts.delivery = desk.report.channels
    facts.feeds = desk.missingFeeds
    facts.tables = tables
    facts.standing = desk.standing
    facts.limits = desk.settings.limits
    return facts
  }

  private func say(_ event: ClockEvent) {
    runner.log.warning("a clock is not what it was", metadata: ["what": "\(event.sentence)"])
  }
}
