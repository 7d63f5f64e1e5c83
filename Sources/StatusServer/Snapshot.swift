import JobStore
import Jobs
import Threads
import TradingTime

/// What was last read from the database, each part with the moment of its reading: it is all there
/// is to tell while the database is away.
struct Snapshot: Sendable {
  /// A part and when it was read.
  struct Part<Value: Sendable>: Sendable {
    var value: Value
    var readAt: Instant
    /// On the clock that neither jumps nor stops, so that an age is true whatever happens to wall
    /// time.
    var readSinceBoot: Duration

    init(_ value: Value) {
      self.value = value
      readAt = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
      readSinceBoot = SystemClock.sinceBoot()
    }

    var ageSeconds: Double { (SystemClock.sinceBoot() - readSinceBoot) / .seconds(1) }
  }

  var overview: Part<Overview>?
  var runners: Part<[RunnerView]>?
  var trends: Part<DayTrends>?
  var accounts: Part<[AccountSummary]>?
  var figures: Part<RecentFigures>?
  /// Why the last look failed, and since when they fail; nil while they succeed.
  var failure: Failure?

  struct Failure: Sendable {
    var error: String
    var since: Instant
  }
}

struct DayTrends: Encodable, Sendable {
  var span: StripSpan
  var jobs: [String: Trend]
}

/// The snapshot as last read; one writer, any number of readers.
final class SnapshotBoard: Sendable {
  private let kept = Locked(Snapshot())

  var snapshot: Snapshot { kept.withLock { $0 } }

  func write(_ change: @Sendable (inout Snapshot) -> Void) {
    kept.withLock { change(&$0) }
  }
}
