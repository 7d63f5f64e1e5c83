package import TradingTime

/// Leads a day that is played: how far the job's clock may go next.
///
/// The clock never passes a moment at which something is owed, and stands while anything is under
/// way. So speed is a ceiling: a slow machine plays the same day, only later.
package struct Conductor: Sendable {
  /// Where the day ends whether or not its last run has; nil: it goes on.
  package var end: Instant?

  package init(end: Instant? = nil) { self.end = end }

  /// What the database knew, in one snapshot.
  package struct Facts: Hashable, Sendable {
    /// The job's clock.
    package var now: Instant
    /// Where it stops by itself.
    package var notAfter: Instant?
    /// A run is active, or could be claimed, or is past its expiry and not yet ended.
    package var isBusy: Bool
    /// The next slot that nobody has decided.
    package var nextDueAt: Instant?
    /// When the next waiting run may start, or expires.
    package var nextReadyAt: Instant?
    /// The last run of the day has ended, or its slot was decided otherwise.
    package var isOver: Bool

    package init(
      now: Instant, notAfter: Instant?, isBusy: Bool, nextDueAt: Instant? = nil,
      nextReadyAt: Instant? = nil, isOver: Bool = false
    ) {
      self.now = now
      self.notAfter = notAfter
      self.isBusy = isBusy
      self.nextDueAt = nextDueAt
      self.nextReadyAt = nextReadyAt
      self.isOver = isOver
    }
  }

  package enum Step: Hashable, Sendable {
    /// Nothing to do: the clock stands where it must, or is on its way.
    case stay
    /// Stop the clock where it is.
    case hold
    case go(until: Instant)
    /// The day is over; `completely` if its last run was seen to its end.
    case finish(completely: Bool)
  }

  package func step(_ facts: Facts) -> Step {
    let stands = facts.notAfter.map { facts.now >= $0 } ?? false
    if facts.isBusy { return stands ? .stay : .hold }
    if facts.isOver { return .finish(completely: true) }
    if let end, facts.now >= end { return .finish(completely: false) }
    // With nothing in sight an hour at a time: something may be asked for meanwhile.
    let next =
      [facts.nextDueAt, facts.nextReadyAt, end].compactMap { $0 }.min()
      ?? facts.now + .seconds(3600)
    // Owed now: whoever decides and claims has not looked yet.
    guard next > facts.now else { return stands ? .stay : .hold }
    return facts.notAfter == next ? .stay : .go(until: next)
  }
}
