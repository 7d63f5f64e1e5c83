/// How a runner behaves; the numbers of DESIGN section 3.
package struct RunnerSettings: Sendable {
  /// Attempts under way at once in this process.
  package var concurrency = 32
  package var lease = Duration.seconds(12)
  package var renewEvery = Duration.seconds(4)
  /// This runner stops its own work this long before a lease ends.
  package var leaseMargin = Duration.seconds(3)
  package var sweepEvery = Duration.seconds(2)
  /// The longest any loop sleeps: hints may be lost, and clocks may step.
  package var longestNap = Duration.seconds(1)
  /// How long a stop waits for work under way before interrupting it.
  package var drain = Duration.seconds(30)
  /// How long a run whose condition is closed waits before it is looked at again.
  package var conditionPause = Duration.seconds(1)

  package init() {}
}
