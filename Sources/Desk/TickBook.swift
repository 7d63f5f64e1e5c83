/// The latest state of each instrument that is followed, and what of it has changed since somebody
/// took the changes. It holds one state an instrument however long nobody comes, so a database
/// that is away costs no memory, and the newest is what gets written when it is back.
package struct TickBook: Sendable {
  private var latest: [InstrumentKey: Tick] = [:]
  private var repriced: Set<InstrumentKey> = []
  private var reshaped: Set<InstrumentKey> = []

  package init() {}

  /// What is to be written.
  package struct Changes: Hashable, Sendable {
    /// Each once, in a fixed order, so that two writers never wait for each other.
    package var prices: [Price]
    package var depths: [InstrumentKey: Depth]

    package var isEmpty: Bool { prices.isEmpty && depths.isEmpty }
  }

  package enum Reception: Hashable, Sendable {
    /// The price or its moment is another one now.
    case changed
    case unchanged
    /// Of an earlier moment than what is known: left out whole.
    case late
  }

  package mutating func take(_ tick: Tick) -> Reception {
    let known = latest[tick.key]
    if let known, tick.last != nil, known.last != nil, tick.at < known.at { return .late }
    let merged = known?.merged(with: tick) ?? tick
    latest[tick.key] = merged
    if merged.depth != known?.depth { reshaped.insert(tick.key) }
    guard merged.price != nil, merged.price != known?.price else { return .unchanged }
    repriced.insert(tick.key)
    return .changed
  }

  package mutating func takeChanges() -> Changes {
    defer { (repriced, reshaped) = ([], []) }
    return Changes(
      prices: repriced.sorted().compactMap { latest[$0]?.price },
      depths: reshaped.reduce(into: [:]) { $0[$1] = latest[$1]?.depth })
  }

  /// What was taken could not be written; what has changed since then counts.
  package mutating func putBack(_ changes: Changes) {
    for price in changes.prices where latest[price.key] != nil { repriced.insert(price.key) }
    for key in changes.depths.keys where latest[key] != nil { reshaped.insert(key) }
  }

  /// Forgets everything else.
  package mutating func keep(only keys: Set<InstrumentKey>) {
    latest = latest.filter { keys.contains($0.key) }
    repriced.formIntersection(keys)
    reshaped.formIntersection(keys)
  }

  package var count: Int { latest.count }
  /// Of how many instruments something is to be written.
  package var waiting: Int { repriced.union(reshaped).count }

  package subscript(key: InstrumentKey) -> Tick? { latest[key] }
}
