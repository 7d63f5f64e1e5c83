/// How long to wait before connecting again: twice as long each time, between a half and the whole
/// of that by chance, so that many clients do not come back as one.
struct FeedBackoff: Sendable, Equatable {
  var first = Duration.seconds(1)
  var longest = Duration.seconds(60)
  private var failures = 0

  init(first: Duration = .seconds(1), longest: Duration = .seconds(60)) {
    self.first = first
    self.longest = longest
  }

  /// A connection that held this long was a good one; one that breaks at once, again and again, is
  /// not, even if it opens.
  mutating func ended(after span: Duration?) {
    if let span, span >= longest { failures = 0 }
  }

  /// - Parameter chance: from 0 up to 1.
  mutating func next(chance: Double) -> Duration {
    let whole = min(first * (1 << min(failures, 16)), longest)
    failures += 1
    return whole * (0.5 + chance / 2)
  }
}
