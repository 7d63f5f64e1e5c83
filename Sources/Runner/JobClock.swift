import Threads
package import TradingTime
package import JobStore

/// What the job's clock shows, between two answers of the server.
///
/// It only says when to look; what is due is decided by the server's own clock each time. An answer
/// that took long says little about when it was given, so a reading is kept until a better one
/// comes or one that contradicts it.
package final class JobClock: Sendable {
  private struct Reading {
    var job: Instant
    var server: Instant
    var atBoot: Duration
    var isShifted: Bool
    var isUneven: Bool
    var skew: Duration
    /// How far off the reading may be, either way.
    var doubt: Duration

    func job(at boot: Duration) -> Instant { job + (boot - atBoot) }
  }

  private let reading = Locked(Reading?.none)

  package init() {}

  package func set(_ clocks: JobStore.Clocks, askedAt: Duration) {
    let now = SystemClock.sinceBoot()
    // Half of the round trip is the server's answer on its way.
    let doubt = (now - askedAt) / 2
    let wall = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    // A clock that may stand still: nothing is added to what it showed.
    let job = clocks.isUneven ? clocks.job : clocks.job + doubt
    var new = Reading(
      job: job, server: clocks.server + doubt, atBoot: now, isShifted: clocks.isShifted,
      isUneven: clocks.isUneven, skew: (clocks.server + doubt) - wall, doubt: doubt)
    reading.withLock { reading in
      new.job = Self.neverBack(new, after: reading)
      if var old = reading, Self.isAsGood(old, as: new) {
        // The machine's own clock may have been set since; that is what skew tells.
        if new.doubt < .milliseconds(100) { old.skew = new.skew }
        reading = old
      } else {
        reading = new
      }
    }
  }

  /// Answers may overtake each other; an uneven clock that seems to step back a little has not. Who
  /// moves it back on purpose moves it far.
  private static func neverBack(_ new: Reading, after old: Reading?) -> Instant {
    guard let old, old.isUneven, new.isUneven, old.job - new.job < .seconds(3600) else {
      return new.job
    }
    return max(old.job, new.job)
  }

  /// Whether an older reading still agrees with a newer one and is the sharper of the two. Ten
  /// minutes are the most that a machine's own clock is trusted to keep time.
  private static func isAsGood(_ old: Reading, as new: Reading) -> Bool {
    guard !old.isUneven, !new.isUneven, new.atBoot - old.atBoot < .seconds(600) else {
      return false
    }
    let difference = old.job(at: new.atBoot) - new.job
    return old.doubt < new.doubt && difference <= new.doubt && difference >= .zero - new.doubt
  }

  /// An estimate; nil before the first answer.
  package var now: Instant? {
    reading.withLock { reading in
      guard let reading else { return nil }
      if reading.isUneven { return reading.job }
      return reading.job(at: SystemClock.sinceBoot())
    }
  }

  package var isShifted: Bool { reading.withLock { $0?.isShifted ?? false } }
  package var isUneven: Bool { reading.withLock { $0?.isUneven ?? false } }

  /// The server's clock as the last reading has it at a moment of the boot clock, and how far off
  /// that may be; nil before the first answer.
  package func server(at boot: Duration) -> (clock: Instant, doubt: Duration)? {
    reading.withLock { $0.map { ($0.server + (boot - $0.atBoot), $0.doubt) } }
  }

  /// The server's clock minus this machine's.
  package var skew: Duration? { reading.withLock { $0?.skew } }

  /// Why the clocks are not to be trusted, if so: two of them disagree by more than two seconds,
  /// and nobody can say which is right.
  package var suspicion: String? {
    guard let (skew, doubt) = reading.withLock({ $0.map { ($0.skew, $0.doubt) } }) else {
      return nil
    }
    let size = skew < .zero ? .zero - skew : skew
    guard size - doubt > .seconds(2) else { return nil }
    let side = skew < .zero ? "behind" : "ahead of"
    let seconds = (size / .seconds(1) * 10).rounded() / 10
    return "clocks disagree: the database's is \(seconds) s \(side) this machine's"
  }
}
