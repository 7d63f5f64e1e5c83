import Jobs
import Threads

/// Feeds the service manager's watchdog only while every loop moves: a live process with a dead loop
/// is what the watchdog is for.
package struct Watchdog: Sendable {
  private let systemd: Systemd
  private let runner: Runner

  package init(_ systemd: Systemd, _ runner: Runner) {
    self.systemd = systemd
    self.runner = runner
  }

  package func run() async {
    let interval = systemd.watchdogInterval ?? .seconds(10)
    while !Task.isCancelled {
      look()
      try? await SystemClock.sleep(for: min(interval / 2, .seconds(10)))
    }
  }

  func look() {
    let stuck = runner.board.loops.filter { !$0.isAlive }.map(\.name)
    if stuck.isEmpty { systemd.watchdog() }
    let running = "\(runner.attempts.count) running"
    systemd.status(
      stuck.isEmpty ? running : "\(running); standing still: \(stuck.joined(separator: ", "))")
  }
}
