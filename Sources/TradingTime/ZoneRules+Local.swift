/// A change of a zone's offset: the night of the hour that is missing or happens twice.
package struct ZoneTransition: Sendable, Hashable {
  package let at: Instant
  package let offsetSecondsBefore: Int
  package let offsetSecondsAfter: Int
}

extension ZoneRules {
  package func local(_ instant: Instant) -> LocalTime {
    let type = type(at: instant.secondsSinceEpoch)
    let local = Int(instant.secondsSinceEpoch) + type.offsetSeconds
    return LocalTime(
      date: CivilDate(daysSinceEpoch: local.floored(by: 86_400)),
      time: TimeOfDay(wrapping: local), offsetSeconds: type.offsetSeconds,
      abbreviation: type.abbreviation)
  }

  /// The next change of the offset; changes of a name alone are passed over. Nil: none will come.
  package func nextTransition(after instant: Instant) -> ZoneTransition? {
    let second = instant.secondsSinceEpoch
    return nextChange(after: second).map {
      ZoneTransition(
        at: Instant(secondsSinceEpoch: $0.second),
        offsetSecondsBefore: type(at: $0.second - 1).offsetSeconds,
        offsetSecondsAfter: $0.type.offsetSeconds)
    }
  }

  /// All instants at which the wall shows this time are found by trying each offset in force
  /// within 26 hours of it; a zone may well jump a whole day (Kiritimati did).
  package func resolve(_ date: CivilDate, _ time: TimeOfDay) -> WallTime {
    let wall = Int64(date.daysSinceEpoch) * 86_400 + Int64(time.secondsSinceMidnight)
    let end = wall + Int64(LocalType.limit)
    var start = wall - Int64(LocalType.limit)
    var offset = Int64(type(at: start).offsetSeconds)
    var found: [Instant] = []
    var resumesAt = start
    while true {
      let next = nextChange(after: start).flatMap { $0.second <= end ? $0 : nil }
      let candidate = wall - offset
      if candidate >= start, next.map({ candidate < $0.second }) ?? true {
        found.append(Instant(secondsSinceEpoch: candidate))
      }
      guard let next else { break }
      // The latest change that the wall reached this time by, or jumped over it with.
      if next.second + offset <= wall { resumesAt = next.second }
      start = next.second
      offset = Int64(next.type.offsetSeconds)
    }
    switch found.count {
    case 0: return .gap(resumesAt: Instant(secondsSinceEpoch: resumesAt))
    case 1: return .once(found[0])
    default: return .twice(first: found[0], second: found[1])
    }
  }

  func type(at second: Int64) -> LocalType {
    let after = transitions.partitioningIndex { $0.second > second }
    if after == transitions.count, let footer { return footer.type(at: second) }
    return after == 0 ? initial : transitions[after - 1].type
  }

  private func nextChange(after second: Int64) -> Change? {
    var current = type(at: second)
    for change in transitions[transitions.partitioningIndex { $0.second > second }...] {
      if change.type.offsetSeconds != current.offsetSeconds { return change }
      current = change.type
    }
    return footer?.nextChange(after: max(second, transitions.last?.second ?? second))
  }
}

extension Array {
  /// The first index whose element fulfils a condition that, once true, stays true.
  fileprivate func partitioningIndex(where isBeyond: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
