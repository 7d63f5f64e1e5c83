import Threads

/// Spreads requests: `burst` at once, then one per interval. A value that only says when; the
/// caller waits.
struct RateBucket: Sendable {
  private let interval: Duration
  private let tolerance: Duration
  private var nextDue: Duration = .zero

  init(perSecond: Int, burst: Int? = nil) {
    let rate = max(1, perSecond)
    interval = .seconds(1) / rate
    tolerance = interval * (max(1, burst ?? rate) - 1)
  }

  /// When the next request may start, on the clock that `now` is read from.
  ///
  /// - Parameter places: how many places beyond the burst this one may use.
  func place(at now: Duration, ahead places: Int = 0) -> Duration {
    max(now, nextDue - tolerance - interval * places)
  }

  /// Takes the next place if there is one by the deadline; else nothing is taken.
  mutating func reserve(
    at now: Duration, ahead places: Int = 0, by deadline: Deadline
  ) -> Duration? {
    let place = place(at: now, ahead: places)
    guard Deadline(sinceBoot: place) <= deadline else { return nil }
    nextDue = max(now, nextDue) + interval
    return place
  }

  /// The broker asked for a pause: nobody starts before it is over.
  mutating func pause(until moment: Duration) {
    nextDue = max(nextDue, moment + tolerance)
  }
}
