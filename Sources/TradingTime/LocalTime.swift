/// What the clock on the wall of a zone shows at an instant.
package struct LocalTime: Sendable, Hashable {
  package let date: CivilDate
  package let time: TimeOfDay
  /// East of Greenwich is positive.
  package let offsetSeconds: Int
  package let abbreviation: String
}

/// What a wall time means in a zone. Three answers, because twice a year in half of the world a
/// wall time happens twice or not at all, and what a job does then is its author's choice.
package enum WallTime: Sendable, Hashable {
  case once(Instant)
  case twice(first: Instant, second: Instant)
  /// The time was skipped; the clock went on at this instant.
  case gap(resumesAt: Instant)

  /// The first instant at which the wall shows this time or, if it is skipped, a later one.
  package var earliest: Instant {
    switch self {
    case .once(let instant), .twice(let instant, _), .gap(let instant): instant
    }
  }
}
