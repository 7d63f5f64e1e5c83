/// One trading day of a market. There is always a continuous phase: without one the day is not a
/// session but a day whose hours are unknown.
package struct Session: Sendable, Hashable {
  package let date: CivilDate
  /// Why there is a session out of the ordinary, such as `Muhurat trading`.
  package let name: String?
  /// In order of their start.
  package let phases: [PhaseSpan]
  /// When continuous trading begins, in whichever class begins first.
  package let open: Instant
  /// When the last continuous or closing-auction phase of any class ends.
  package let close: Instant

  /// Nil if no phase is continuous.
  package init?(date: CivilDate, name: String? = nil, phases: [PhaseSpan]) {
    guard let open = Self.open(of: phases), let close = Self.close(of: phases) else { return nil }
    (self.date, self.name, self.open, self.close) = (date, name, open, close)
    self.phases = Self.sorted(phases)
  }

  /// The phases as one class sees them: its own and, for the kinds it has none of, the common ones.
  package func phases(of class: String?) -> [PhaseSpan] {
    guard let `class` else { return phases }
    let ownKinds = Set(phases.lazy.filter { $0.class == `class` }.map(\.kind))
    return phases.filter {
      $0.class == `class` || ($0.class == nil && !ownKinds.contains($0.kind))
    }
  }

  /// Nil if this class does not trade on this date.
  package func open(class: String?) -> Instant? {
    Self.open(of: phases(of: `class`))
  }

  /// Nil if this class does not trade on this date.
  package func close(class: String?) -> Instant? {
    Self.close(of: phases(of: `class`))
  }

  /// The last moment until then at which no class had left off trading continuously: prices of that
  /// moment are as new as they can be. Nil before the open.
  package func lastContinuous(by moment: Instant) -> Instant? {
    let begun = phases.filter { $0.kind == .continuous && $0.start <= moment }
    return Dictionary(grouping: begun, by: \.class).values
      .compactMap { spans in spans.map { min($0.end, moment) }.max() }.min()
  }

  private static func open(of phases: [PhaseSpan]) -> Instant? {
    phases.lazy.filter { $0.kind == .continuous }.map(\.start).min()
  }

  private static func close(of phases: [PhaseSpan]) -> Instant? {
    phases.lazy.filter(\.kind.precedesClose).map(\.end).max()
  }

  private static func sorted(_ phases: [PhaseSpan]) -> [PhaseSpan] {
    phases.sorted { one, other in
      (one.start, one.end, one.class ?? "") < (other.start, other.end, other.class ?? "")
    }
  }
}

/// What a calendar knows about a date. Not knowing is an answer of its own: a day outside the
/// coverage is neither open nor closed, and nothing may be concluded from the day of the week.
package enum TradingDay: Sendable, Hashable {
  case session(Session)
  /// With the holiday's name.
  case holiday(String)
  case weekend
  /// The exchange has announced a session and the calendar lacks its hours; with the reason.
  case hoursUnknown(String)
  case outsideCoverage
}
