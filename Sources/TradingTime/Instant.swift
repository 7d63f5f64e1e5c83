/// A moment, to the microsecond, as PostgreSQL's `timestamptz` keeps it: what is read back from
/// the database equals what was written.
package struct Instant: Sendable, Hashable, Comparable {
  /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
  package var microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  package init(secondsSinceEpoch: Int64) {
    microseconds = Self.clamped(secondsSinceEpoch.multipliedReportingOverflow(by: 1_000_000))
  }

  /// The whole second this moment lies in, rounded down also before 1970.
  package var secondsSinceEpoch: Int64 {
    microseconds.floored(by: 1_000_000)
  }

  package static func < (one: Instant, other: Instant) -> Bool {
    one.microseconds < other.microseconds
  }

  /// Ends at the edge of time rather than trap: a silly `expires_after` must not stop a scheduler.
  package static func + (instant: Instant, span: Duration) -> Instant {
    Instant(microseconds: clamped(instant.microseconds.addingReportingOverflow(span.microseconds)))
  }

  package static func - (instant: Instant, span: Duration) -> Instant {
    Instant(
      microseconds: clamped(instant.microseconds.subtractingReportingOverflow(span.microseconds)))
  }

  package static func - (later: Instant, earlier: Instant) -> Duration {
    .microseconds(
      clamped(later.microseconds.subtractingReportingOverflow(earlier.microseconds)))
  }

  package static func += (instant: inout Instant, span: Duration) { instant = instant + span }
  package static func -= (instant: inout Instant, span: Duration) { instant = instant - span }

  private static func clamped(_ sum: (partialValue: Int64, overflow: Bool)) -> Int64 {
    guard sum.overflow else { return sum.partialValue }
    return sum.partialValue < 0 ? .max : .min
  }
}

extension Duration {
  /// Whole microseconds; what is finer is dropped, what is longer than 292,000 years is cut.
  package var microseconds: Int64 {
    let (seconds, attoseconds) = components
    let scaled = seconds.multipliedReportingOverflow(by: 1_000_000)
    let sum = scaled.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    guard !scaled.overflow, !sum.overflow else { return seconds < 0 ? .min : .max }
    return sum.partialValue
  }
}

extension FixedWidthInteger {
  /// Division that rounds towards the past, so that times before 1970 fall on the right day.
  func floored(by divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// What `floored(by:)` leaves over: never negative.
  func remainder(flooredBy divisor: Self) -> Self {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
