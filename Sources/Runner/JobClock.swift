import Threads
package import TradingTime
package import JobStore

/// What the job's clock shows, between two answers of the server.
///
/// It only says when to look; what is due is decided by the server's own clock each time.
package final class JobClock: Sendable {
  private struct Reading {
    var job: Instant
    var atBoot: Duration
    var isShifted: Bool
    var skew: Duration
  }

  private let reading = Locked(Reading?.none)

  package init() {}

  /// Takes a reading; half of the round trip is the server's answer on its way.
  package func set(_ clocks: JobStore.Clocks, askedAt: Duration) {
    let now = SystemClock.sinceBoot()
    let transit = (now - askedAt) / 2
    let wall = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    reading.withLock {
      $0 = Reading(
        job: clocks.job + transit, atBoot: now, isShifted: clocks.isShifted,
        skew: (clocks.server + transit) - wall)
    }
  }

  /// An estimate; nil before the first answer.
  package var now: Instant? {
    reading.withLock { reading in
      guard let reading else { return nil }
      // A shifted clock goes at its own speed and may stand still: it is asked, not extrapolated.
      if reading.isShifted { return reading.job }
      return reading.job + (SystemClock.sinceBoot() - reading.atBoot)
    }
  }

  package var isShifted: Bool { reading.withLock { $0?.isShifted ?? false } }

  /// The server's clock minus this machine's.
  package var skew: Duration? { reading.withLock { $0?.skew } }
}
