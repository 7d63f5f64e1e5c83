/// How a runner behaves; the numbers of DESIGN section 3.
package struct RunnerSettings: Sendable {
  /// Attempts under way at once in this process.
  package var concurrency = 32
  package var lease = Duration.seconds(12)
  package var renewEvery = Duration.seconds(4)
  /// This runner stops its own work this long before a lease ends.
  package var leaseMargin = Duration.seconds(3)
  package var sweepEvery = Duration.seconds(2)
  /// After an outage, and after a start of the server, holders get this long to renew before
  /// anybody rescues.
  package var rescuePause = Duration.seconds(12)
  /// The longest any loop sleeps: hints may be lost, and clocks may step.
  package var longestNap = Duration.seconds(1)
  /// How long a stop waits for work under way before interrupting it.
  package var drain = Duration.seconds(30)
  /// How long interrupted work may then take to end.
  package var lastWait = Duration.seconds(20)
  /// How long a run whose condition is closed waits before it is looked at again.
  package var conditionPause = Duration.seconds(1)
  /// How long a loop may stand still, where that differs from its own limit.
  package var loopLimits: [String: Duration] = [:]

  package init() {}
}
