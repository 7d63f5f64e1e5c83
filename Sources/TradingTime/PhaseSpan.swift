/// What an exchange does in a stretch of its day.
package enum PhaseKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// Orders are collected and matched once, before continuous trading.
  case preOpen = "pre-open"
  /// Nothing happens; pre-open turns into continuous trading.
  case buffer
  case continuous
  /// Orders are collected and matched once; the price found is the day's close.
  case closingAuction = "closing-auction"
  /// Trading at the closing price.
  case postClose = "post-close"

  /// Whether the market's close may not come before this phase has ended.
  package var precedesClose: Bool { self == .continuous || self == .closingAuction }
}

/// A phase of one date, `start` included and `end` not.
package struct PhaseSpan: Sendable, Hashable {
  package let kind: PhaseKind
  /// The class of instruments it is for; nil: every class without a phase of this kind of its own.
  package let `class`: String?
  /// The part of the phase, such as `limit-only`; rules within a phase differ by it.
  package let step: String?
  package let start: Instant
  package let end: Instant

  package init(
    kind: PhaseKind, class: String? = nil, step: String? = nil, start: Instant, end: Instant
  ) {
    (self.kind, self.class, self.step) = (kind, `class`, step)
    (self.start, self.end) = (start, end)
  }

  package func contains(_ instant: Instant) -> Bool {
    start <= instant && instant < end
  }
}
