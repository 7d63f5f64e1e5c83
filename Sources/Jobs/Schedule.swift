package import TradingTime

/// When a job's slots come due. What a schedule means is pure: the same schedule, almanac and span
/// of time give the same slots on every machine, which is why no leader is needed.
package struct Schedule: Codable, Hashable, Sendable {
  package var timing: Timing
  package var during: Window?
  /// An IANA name; required for wall-clock schedules, so that no machine's own zone matters.
  package var timezone: String?
  package var gap = GapRule.runAfter
  package var fold = FoldRule.first

  package init(timing: Timing, during: Window? = nil, timezone: String? = nil) {
    self.timing = timing
    self.during = during
    self.timezone = timezone
  }

  package enum Timing: Hashable, Sendable {
    /// Anchored to the Unix epoch: restarts do not drift and two machines agree.
    case every(Spelled)
    case at(TimeOfDay)
    case atMarket(MarketMoment)
    case cron(CronExpression)
  }

  /// A wall-clock time that daylight saving removes.
  package enum GapRule: String, Codable, CaseIterable, Sendable {
    case runAfter = "run-after"
    case skip
  }

  /// A wall-clock time that daylight saving repeats.
  package enum FoldRule: String, Codable, CaseIterable, Sendable {
    case first, second, both
  }

  /// The spacing of an interval schedule; nil for wall-clock ones.
  package var interval: Duration? {
    if case .every(let interval) = timing { interval.wrappedValue } else { nil }
  }

  /// A slot first seen later than this goes through misfire.
  package var tolerance: Duration {
    interval.map { min($0 / 2, .seconds(5)) } ?? .seconds(5)
  }

  enum CodingKeys: String, CodingKey {
    case timing, during, timezone
    case gap = "dst_gap"
    case fold = "dst_fold"
  }
}

/// A moment of a session, such as `open+5m` or `close-15m`.
package struct MarketMoment: Codable, Hashable, Sendable {
  package enum Edge: String, Codable, Sendable { case open, close }

  package var edge: Edge
  /// Signed: before the edge is negative.
  package var offsetSeconds: Int64

  package init(edge: Edge, offset: Duration) {
    self.edge = edge
    self.offsetSeconds = offset.components.seconds
  }

  package func instant(in session: Session, class name: String?) -> Instant? {
    let edge = self.edge == .open ? session.open(class: name) : session.close(class: name)
    return edge.map { $0 + .seconds(offsetSeconds) }
  }

  package var words: String {
    if offsetSeconds == 0 { return edge.rawValue }
    let offset = Duration.seconds(offsetSeconds.magnitude).spelled
    return edge.rawValue + (offsetSeconds < 0 ? "-" : "+") + offset
  }
}

/// The part of a market's day in which slots count.
package struct Window: Codable, Hashable, Sendable {
  /// `nse-cash`, or `nse-cash/fno` for one class of instruments.
  package var market: String
  /// Without phases: the whole of a session day.
  package var phases: [PhaseKind]
  package var from: MarketMoment?
  package var until: MarketMoment?

  package init(
    market: String, phases: [PhaseKind] = [], from: MarketMoment? = nil, until: MarketMoment? = nil
  ) {
    self.market = market
    self.phases = phases
    self.from = from
    self.until = until
  }

  package var calendarName: String {
    market.split(separator: "/").first.map(String.init) ?? market
  }

  package var instrumentClass: String? {
    let parts = market.split(separator: "/")
    return parts.count > 1 ? String(parts[1]) : nil
  }

}
