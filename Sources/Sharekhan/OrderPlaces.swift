import Threads

/// How many orders may go out: for each account and exchange so many a second, with a burst.
/// Whoever wants more than ten a second needs the exchange's permission, so the burst and what is
/// set aside for cancellations shrink as the rate grows: no second ever sees more than ten.
struct OrderPlaces: Sendable {
  struct Segment: Hashable, Sendable {
    var account: String
    var exchange: String
  }

  enum Place: Sendable, Equatable {
    case at(Duration)
    case notBefore(Duration)
  }

  static let ceiling = 10

  private let rate: Int
  private let burst: Int
  private let reserved: Int
  private var buckets: [Segment: RateBucket] = [:]

  init(perSecond rate: Int) {
    self.rate = rate
    burst = max(1, min(5, Self.ceiling - 1 - rate))
    reserved = max(0, min(2, Self.ceiling + 1 - rate - burst))
  }

  /// Takes a place if there is one before `latest`; else nothing is taken.
  mutating func take(
    _ segment: Segment, isCancellation: Bool, at now: Duration, before latest: Duration
  ) -> Place {
    var bucket = buckets[segment] ?? RateBucket(perSecond: rate, burst: burst)
    let places = isCancellation ? reserved : 0
    guard
      let due = bucket.reserve(at: now, ahead: places, by: Deadline(sinceBoot: latest))
    else { return .notBefore(bucket.place(at: now, ahead: places)) }
    buckets[segment] = bucket
    return .at(due)
  }
}
