import Desk
import JobStore
import Jobs
import TradingTime

/// The house at one moment.
struct StatusView: Encodable {
  let clock: ViewClock
  let mode: Mode
  let runners: [RunnerView]
  let jobs: [JobOverview]
  /// Enabled ones, each with its sign-in.
  let accounts: [AccountView]
  /// What stands, the worst last.
  let alarms: [AlarmReport.Standing]

  init(
    mode: Mode, overview: Overview, runners: [RunnerView], accounts: [AccountView],
    alarms: [AlarmReport.Standing]
  ) {
    self.mode = mode
    self.runners = runners
    self.accounts = accounts
    self.alarms = alarms
    clock = overview.clock
    jobs = overview.jobs
  }

  /// Everything on a screen, worst at the bottom, where the eye rests, with what to do about it.
  func text(_ zone: ZoneRules) -> String {
    let clock = ClockView(zone: zone, clock: clock)
    var lines = [clock.headline(mode.rawValue), daemonWords(clock)] + signInLines(zone)
    guard !jobs.isEmpty else {
      lines.append("no jobs are loaded; muhurat serve loads them")
      return (lines + alarmLines(clock)).joined(separator: "\n")
    }
    lines.append(table(clock))
    let troubled = jobs.filter { $0.health.level > .paused }
    lines += troubled.sorted { ($0.health.level, $0.name) < ($1.health.level, $1.name) }.map {
      "\($0.name) is \($0.health.level.rawValue): \($0.health.reason); see: \(Self.next(for: $0))"
    }
    return (lines + alarmLines(clock)).joined(separator: "\n")
  }

  private func signInLines(_ zone: ZoneRules) -> [String] {
    accounts.map { view in
      let rest = view.signIn.isSignedIn ? "" : "; see: muhurat sign-in \(view.account.id)"
      return "\(view.account.id) is \(view.words(zone))\(rest)"
    }
  }

  private func alarmLines(_ clock: ClockView) -> [String] {
    alarms.flatMap { alarm in
      [
        "ALARM \(alarm.severity.rawValue), \(clock.ago(alarm.since)): \(alarm.sentence)",
        "  what to do: \(alarm.nextStep)",
      ]
    }
  }

  private func daemonWords(_ clock: ClockView) -> String {
    let daemons = runners.filter { $0.kind == "serve" }
    let alive = daemons.filter(\.isAlive).count
    if alive > 0 { return "\(alive) daemon\(alive == 1 ? "" : "s") alive" }
    let seen = daemons.map(\.seenAt).max().map { "the last was seen \(clock.ago($0))" }
    return "no daemon is alive, \(seen ?? "none is on record"); start: muhurat serve"
  }

  private func table(_ clock: ClockView) -> String {
    var table = Table([
      ("JOB", .left), ("HEALTH", .left), ("LAST RUN", .left), ("ENDED", .left), ("NEXT", .left),
      ("NOW", .left),
    ])
    for job in jobs {
      table.add(
        job.name, job.health.level.rawValue, job.lastRun.map(Self.words),
        job.lastRun?.finishedAt.map(clock.ago), next(job, clock), Self.now(job))
    }
    return table.text
  }

  private func next(_ job: JobOverview, _ clock: ClockView) -> String? {
    if let pause = job.pause { return "paused until \(clock.wall(pause.pausedUntil))" }
    return job.nextSlot.map(clock.wall)
  }

  /// `81 succeeded`, `77 succeeded, breaks`, `90 failed (1 of 3 well)`
  private static func words(_ run: JobOverview.LastRun) -> String {
    let verdict = run.verdict.map { $0 == .ok ? "" : ", \($0.rawValue)" } ?? ""
    let items = run.items > 1 ? " (\(run.itemsWell) of \(run.items) well)" : ""
    return "\(run.id) \(run.state.rawValue)\(verdict)\(items)"
  }

  private static func now(_ job: JobOverview) -> String? {
    let parts = [
      job.activeRuns > 0 ? "\(job.activeRuns) running" : nil,
      job.readyRuns > 0 ? "\(job.readyRuns) ready" : nil,
      job.heldSlots > 0 ? "\(job.heldSlots) held" : nil,
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Where the trouble is the last run's own, that run; else the job.
  private static func next(for job: JobOverview) -> String {
    guard let run = job.lastRun, run.state != .succeeded || run.verdict ?? .ok != .ok else {
      return "muhurat why \(job.name)"
    }
    return "muhurat show \(run.id)"
  }
}
