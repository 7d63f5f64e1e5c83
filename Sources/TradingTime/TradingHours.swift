/// Ordinary hours, in force from one date through another: exchanges change them by circular, and a
/// past day must keep the hours it had.
package struct EffectiveHours: Sendable, Hashable {
  /// Nil: every class that has no phases of the same kind of its own.
  package let `class`: String?
  package let from: CivilDate
  /// The last date; nil: until further notice.
  package let through: CivilDate?
  package let phases: [PhaseHours]

  package init(
    class: String?, from: CivilDate, through: CivilDate?, phases: [PhaseHours]
  ) {
    (self.class, self.from, self.through, self.phases) = (`class`, from, through, phases)
  }

  package func isInForce(on date: CivilDate) -> Bool {
    from <= date && through.map { date <= $0 } ?? true
  }
}

/// One phase by the clock on the wall.
package struct PhaseHours: Sendable, Hashable {
  package let kind: PhaseKind
  package let step: String?
  package let start: TimeOfDay
  package let end: TimeOfDay

  package init(kind: PhaseKind, step: String? = nil, start: TimeOfDay, end: TimeOfDay) {
    (self.kind, self.step, self.start, self.end) = (kind, step, start, end)
  }

  func span(on date: CivilDate, in zone: ZoneRules, class: String?) -> PhaseSpan {
    PhaseSpan(
      kind: kind, class: `class`, step: step,
      start: zone.resolve(date, start).earliest, end: zone.resolve(date, end).earliest)
  }
}

/// A session out of the ordinary: on a weekend, on a holiday, or at other hours.
package struct SpecialSession: Sendable, Hashable {
  package enum Hours: Sendable, Hashable {
    /// Those in force on that date.
    case ordinary
    case phases([PhaseHours])
    /// Announced, hours not loaded: jobs bound to the session do not run, and say so.
    case unknown(String)
  }

  package let name: String
  package let hours: Hours

  package init(name: String, hours: Hours) {
    (self.name, self.hours) = (name, hours)
  }
}
