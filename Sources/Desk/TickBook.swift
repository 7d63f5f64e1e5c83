/// The latest state of each instrument that is followed, and which prices have changed since
/// somebody took them. It holds one state an instrument however long nobody comes, so a database
/// that is away costs no memory, and the newest is what gets written when it is back.
package struct TickBook: Sendable {
  private var latest: [InstrumentKey: Tick] = [:]
  private var changed: Set<InstrumentKey> = []

  package init() {}

  package enum Reception: Hashable, Sendable {
    /// The price or its moment is another one now.
    case changed
    case unchanged
    /// Of an earlier moment than what is known: left out whole.
    case late
  }

  package mutating func take(_ tick: Tick) -> Reception {
    guard let known = latest[tick.key] else {
      latest[tick.key] = tick
      return note(tick.key, from: nil, to: tick.price)
    }
    if tick.last != nil, known.last != nil, tick.at < known.at { return .late }
    let merged = known.merged(with: tick)
    latest[tick.key] = merged
    return note(tick.key, from: known.price, to: merged.price)
  }

  private mutating func note(
    _ key: InstrumentKey, from old: Price?, to new: Price?
  ) -> Reception {
    guard new != nil, new != old else { return .unchanged }
    changed.insert(key)
    return .changed
  }

  /// Each changed price once, in a fixed order, so that two writers never wait for each other.
  package mutating func takeChanged() -> [Price] {
    defer { changed = [] }
    return changed.sorted().compactMap { latest[$0]?.price }
  }

  /// What was taken could not be written; what has changed since then counts.
  package mutating func putBack(_ prices: [Price]) {
    for price in prices where latest[price.key] != nil { changed.insert(price.key) }
  }

  /// Forgets everything else.
  package mutating func keep(only keys: Set<InstrumentKey>) {
    latest = latest.filter { keys.contains($0.key) }
    changed.formIntersection(keys)
  }

  package var count: Int { latest.count }
  package var waiting: Int { changed.count }

  package subscript(key: InstrumentKey) -> Tick? { latest[key] }
}
