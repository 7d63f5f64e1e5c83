package import Desk
package import DeskStore
package import Postgres
import TradingTime

/// Reads a past span of the vault again with today's readers and says what would be another than it
/// was. It writes nothing.
///
/// A row of a book is held against its table only where the table's row was last written by the very
/// sync that this answer belongs to: later syncs have overwritten what the others wrote.
package struct VaultReplay: Sendable {
  let desk: DeskDatabase
  let broker: any Broker
  let database: Pool

  package init(desk: DeskDatabase, broker: any Broker, database: Pool) {
    self.desk = desk
    self.broker = broker
    self.database = database
  }

  package func run(_ filter: VaultFilter) async throws -> ReplayReport {
    var report = ReplayReport()
    var sessions = Sessions()
    let numbers = try await desk.vaultNumbers(filter, on: database)
    for start in stride(from: 0, to: numbers.count, by: 20) {
      let batch = Array(numbers[start..<min(start + 20, numbers.count)])
      for (entry, answer) in try await desk.vaultAnswers(batch, on: database) {
        report.count(entry.book, entry.accountID) { $0.answers += 1 }
        guard let answer, (200...299).contains(entry.status) else {
          report.count(entry.book, entry.accountID) { $0.refused += 1 }
          continue
        }
        do {
          let rows = try rows(in: answer)
          try await compare(rows, entry, answer.book, &sessions, &report)
        } catch let error as BrokerError {
          report.count(entry.book, entry.accountID) { $0.unreadable += 1 }
          // What did not read then has no count either; that is no change.
          guard entry.rows != nil else { continue }
          report.note(entry.difference("does not read any more: \(error)"))
        }
      }
    }
    return report
  }

  /// By account, of the session that the walk has come to.
  private struct Sessions {
    var session: CivilDate?
    var byAccount: [String: ReplayedSession] = [:]
  }

  private func then(
    _ entry: VaultEntry, _ book: Book, _ sessions: inout Sessions
  ) async throws -> ReplayedSession.Then? {
    guard let account = entry.accountID else { return nil }
    if sessions.session != entry.session { sessions = Sessions(session: entry.session) }
    var known: ReplayedSession
    if let before = sessions.byAccount[account] {
      known = before
    } else {
      known = ReplayedSession(
        try await desk.storedBooks(of: account, on: entry.session, database: database),
        fills: try await desk.fills(of: account, on: entry.session, database: database))
    }
    defer { sessions.byAccount[account] = known }
    return known.then(entry, book)
  }

  /// Each row once, by its name; the last counts, as it does when they are written.
  private func rows(in answer: RawAnswer) throws -> (count: Int, byName: [String: ReplayedRow]) {
    let rows: [ReplayedRow]
    switch answer.book {
    case .orders, .history: rows = try broker.orders(in: answer).map { ReplayedRow($0) }
    case .positions: rows = try broker.positions(in: answer).map { ReplayedRow($0) }
    case .holdings: rows = try broker.holdings(in: answer).map { ReplayedRow($0) }
    case .funds: rows = try broker.funds(in: answer).map { [ReplayedRow($0)] } ?? []
    case .trades: rows = try broker.trades(in: answer).map { ReplayedRow($0) }
    case .master: rows = try broker.instruments(in: answer).map { ReplayedRow($0) }
    case .candles: return (try broker.candles(in: answer).count, [:])
    case .masterTable: return (0, [:])
    }
    return (rows.count, Dictionary(rows.map { ($0.name, $0) }) { _, last in last })
  }

  private func compare(
    _ now: (count: Int, byName: [String: ReplayedRow]), _ entry: VaultEntry, _ book: Book,
    _ sessions: inout Sessions, _ report: inout ReplayReport
  ) async throws {
    report.count(entry.book, entry.accountID) { line in
      line.rowsNow += now.count
      line.rowsThen += entry.rows ?? 0
    }
    if let then = entry.rows {
      if then != now.count {
        report.note(entry.difference("\(then) rows then, \(now.count) now"))
      }
    } else if now.count > 0 {
      report.note(entry.difference("not counted then, \(now.count) rows now"))
    }
    let then: ReplayedSession.Then?
    if case .master(let exchange) = book {
      then = try await contracts(exchange, entry, Array(now.byName.keys))
    } else {
      then = try await self.then(entry, book, &sessions)
    }
    guard let then else { return }
    for change in then.changes(to: now.byName) {
      report.count(entry.book, entry.accountID) { line in
        switch change.kind {
        case .added: line.added += 1
        case .removed: line.removed += 1
        case .changed: line.changed += 1
        }
      }
      report.note(entry.difference(change.words))
    }
  }

  /// The list of contracts is overwritten each day: only the one that was loaded last can be held
  /// against its table.
  private func contracts(
    _ exchange: String, _ entry: VaultEntry, _ names: [String]
  ) async throws -> ReplayedSession.Then? {
    guard try await desk.masterLoadedOn(exchange: exchange, on: database) == entry.session else {
      return nil
    }
    let stored = try await desk.instruments(
      names.compactMap { InstrumentKey($0) }, on: database)
    return ReplayedSession.Then(
      rows: Dictionary(
        uniqueKeysWithValues: stored.values.map { ($0.key.description, ReplayedRow($0)) }),
      ours: { _ in true })
  }
}

extension VaultEntry {
  fileprivate func difference(_ what: String) -> ReplayReport.Difference {
    ReplayReport.Difference(
      answer: id, book: book, account: accountID, businessDate: session, what: what)
  }
}
