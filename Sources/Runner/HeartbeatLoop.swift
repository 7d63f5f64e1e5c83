import HTTPClient
import Jobs
import Threads
import TradingTime

/// Shows the world outside that every loop of this process moves. It is silent when one does not,
/// and silence is what whoever listens takes for an alarm: also when this whole machine is gone.
struct HeartbeatLoop: Sendable {
  let runner: Runner
  let desk: AlarmDesk

  func run() async {
    guard let settings = desk.settings.heartbeat else { return }
    // The others have to have begun before it can be said that they move.
    try? await SystemClock.sleep(for: min(settings.every, .seconds(2)))
    while !Task.isCancelled {
      runner.board.moved("heartbeat", limit: settings.every + .seconds(60))
      let isTaken = await beat(settings)
      // A beat that was not taken, or had to be withheld, is made good soon.
      let pause = isTaken ? settings.every : min(settings.every, .seconds(10))
      try? await SystemClock.sleep(for: pause)
    }
    runner.board.left("heartbeat")
  }

  private func beat(_ settings: HeartbeatSettings) async -> Bool {
    let report = runner.report
    let stuck = report.loops.filter { !$0.isAlive }.map(\.name)
    guard stuck.isEmpty else {
      desk.setHeartbeat { $0.withheld = "standing still: \(stuck.joined(separator: ", "))" }
      return false
    }
    let failure: String?
    do {
      try await settings.client.post(
        settings.url, headers: [(name: "Content-Type", value: "text/plain; charset=utf-8")],
        body: Array(Self.words(report, desk.settings.place).utf8))
      failure = nil
    } catch {
      if Task.isCancelled { return false }
      failure = "\(error)"
    }
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    desk.setHeartbeat { heartbeat in
      heartbeat.withheld = nil
      heartbeat.error = failure
      heartbeat.failingSince = failure.map { _ in heartbeat.failingSince ?? now }
      if failure == nil { heartbeat.pingedAt = now }
    }
    return failure == nil
  }

  /// What the message says: that every loop moved, each by when, and how the rest is.
  static func words(_ report: RunnerReport, _ place: String) -> String {
    let loops = report.loops.map { loop in
      "\(loop.name) \((loop.movedSecondsAgo * 10).rounded() / 10) s ago"
    }
    let database = report.databaseLostAt.map { "out of reach since \($0)" } ?? "answers"
    return """
      muhurat, \(place): every loop moved
      loops     \(loops.joined(separator: ", "))
      database  \(database)
      running   \(report.active)
      alarms    \(report.alarms?.standing.count ?? 0)

      """
  }
}
