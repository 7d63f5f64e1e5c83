import Desk
import DeskStore
import TradingTime

/// What the syncs of one account and session left, and which answer each of them read.
struct ReplayedSession: Sendable {
  /// The rows of a table that an answer may have written.
  struct Then: Sendable {
    var rows: [String: ReplayedRow]
    /// Whether the answer was the last to write the row of this name.
    var ours: @Sendable (String) -> Bool
    /// Whether a row that the answer lacks was not there.
    var isWhole = true
  }

  private let stored: StoredBooks
  private let fills: [Fill]
  /// The first good answer of a book after a sync began is the one it read; claimed once.
  private var claimed: Set<String> = []

  init(_ stored: StoredBooks, fills: [Fill]) {
    self.stored = stored
    self.fills = fills
  }

  /// Nil: no table holds what this answer said.
  mutating func then(_ entry: VaultEntry, _ book: Book) -> Then? {
    if case .trades(let exchange, let orderID) = book { return then(exchange, orderID) }
    guard let mark = mark(entry) else { return nil }
    switch book {
    case .orders: return Self.then(stored.orders, mark) { ReplayedRow($0) }
    case .positions: return Self.then(stored.positions, mark) { ReplayedRow($0) }
    case .holdings: return Self.then(stored.holdings, mark) { ReplayedRow($0) }
    case .funds: return Self.then(stored.funds, mark) { ReplayedRow($0) }
    case .history, .trades, .master, .masterTable, .candles: return nil
    }
  }

  private mutating func mark(_ entry: VaultEntry) -> SnapshotMark? {
    guard
      let mark = stored.snapshots.last(where: { $0.takenAt <= entry.requestedAt }),
      mark.books.contains(entry.book), claimed.insert("\(mark.id)/\(entry.book)").inserted
    else { return nil }
    return mark
  }

  private static func then<Value>(
    _ rows: [StoredRow<Value>], _ mark: SnapshotMark, _ read: (Value) -> ReplayedRow
  ) -> Then {
    let all = rows.map { (read($0.value), $0.snapshot) }
    let ours = Set(all.filter { $0.1 == mark.id }.map(\.0.name))
    return Then(
      rows: Dictionary(all.map { ($0.0.name, $0.0) }) { _, last in last },
      ours: { ours.contains($0) })
  }

  /// An order that was ledgered by its total has no single trades to be held against.
  private func then(_ exchange: String, _ orderID: String) -> Then? {
    let known = fills.filter { $0.key.exchange == exchange && $0.orderID == orderID }
    guard !known.isEmpty, !known.contains(where: { $0.tradeID.hasPrefix("agg:") }) else {
      return nil
    }
    let rows = known.map { ReplayedRow($0) }
    // Fills are only ever added, so an early answer lacks the later ones and nothing is removed.
    return Then(
      rows: Dictionary(rows.map { ($0.name, $0) }) { _, last in last }, ours: { _ in true },
      isWhole: false)
  }
}

extension ReplayedSession.Then {
  enum Kind { case added, removed, changed }

  func changes(to now: [String: ReplayedRow]) -> [(kind: Kind, words: String)] {
    let came = now.values.sorted { $0.name < $1.name }.compactMap {
      row -> (kind: Kind, words: String)? in
      guard let then = rows[row.name] else { return (.added, "\(row.name) would be added") }
      guard ours(row.name), then != row else { return nil }
      return (.changed, "\(row.name): \(then.difference(to: row))")
    }
    guard isWhole else { return came }
    let gone = rows.keys.filter { now[$0] == nil && ours($0) }.sorted()
    return came + gone.map { (.removed, "\($0) would not be there") }
  }
}
