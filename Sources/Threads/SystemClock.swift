import Glibc

/// The only place in the program where a clock is read.
package enum SystemClock {
  /// Wall time, for records and for what people read. Never for measuring a span.
  package static func microsecondsSinceEpoch() -> Int64 {
    let now = read(CLOCK_REALTIME)
    return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
  }

  /// Time since the machine started, suspension included: it neither jumps nor stops, so spans and
  /// deadlines are measured with it.
  package static func sinceBoot() -> Duration {
    let now = read(CLOCK_BOOTTIME)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  }

  /// The same without the time the machine slept: only to tell that it did.
  package static func awakeSinceBoot() -> Duration {
    let now = read(CLOCK_MONOTONIC)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  }

  /// Sleeps at least `duration`; cancelling the task throws `CancellationError` at once.
  package static func sleep(for duration: Duration) async throws {
    try await sleep(until: .after(duration))
  }

  package static func sleep(until deadline: Deadline) async throws {
    await Wake().wait(until: deadline)
    try Task.checkCancellation()
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var now = timespec()
    clock_gettime(clock, &now)
    return now
  }
}
