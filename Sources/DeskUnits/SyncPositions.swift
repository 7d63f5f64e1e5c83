import Desk
import DeskStore
import JobStore
import Jobs
import Postgres
import TradingTime

/// Mirrors one account: orders, fills, positions, holdings and funds, under one snapshot number.
///
/// Each book stands for itself. What was read is applied, in one guarded transaction, even where
/// another book failed, because a fill that is known must not wait for a limit statement; and a
/// book that is missing, or empty while it cannot be, changes nothing and makes the verdict `warn`.
/// Without positions the run has failed, whatever else it brought.
struct SyncPositions: WorkUnit {
  static let kind = "sync"
  static let description = UnitDescription(
    name: "sync-positions",
    summary: "mirrors an account's orders, fills, positions, holdings and funds from the broker",
    isIdempotent: true, resultKind: kind)

  let tools: DeskTools
  /// Lists of contracts apart, see `ContractMasters`.
  let mostlyWaits = true

  func run(_ attempt: Attempt) async throws -> RunResult {
    let facts = try await tools.syncFacts(of: attempt)
    let account = facts.account
    // The very first sync may be on a day of rest: there is nothing on record that it could spoil.
    guard facts.positionsSeenAt == nil ? tools.isToday(attempt) : tools.isDuringItsDay(attempt)
    else { return tooLate(attempt) }
    var reader = BookReader(tools: tools, account: account, attempt: attempt)
    let last = tools.memory.applied(
      account.id, on: attempt.claim.businessDate, newest: facts.newestSnapshot)
    let day = try await reader.readDay(knowing: last)
    if day.isWithoutAnyBook, let first = day.failures.first { throw UnitFailure(first.error) }
    let masters = ContractMasters(
      tools: tools, account: account, attempt: attempt, loadedOn: facts.mastersLoadedOn)
    if facts.positionsSeenAt == nil { try await prepareOpening(day, masters) }
    let trades = try await newTrades(day, facts.ledgered, &reader)
    tools.memory.remember(nil, of: account.id)
    let applied = try await apply(day, trades, since: last?.snapshot, account, attempt)
    if let error = day.positions.failure { throw UnitFailure(error) }
    let ofContracts = try await masters.loadWhatIsOld(day)
    let result = result(day, applied, ofContracts, attempt)
    if result.verdict == .ok { remember(day, as: applied, of: account, attempt) }
    return result
  }

  /// Only a sync with nothing odd about it: what was refused or noted is looked at again each time.
  private func remember(
    _ day: BrokerDay, as applied: AppliedSnapshot, of account: Account, _ attempt: Attempt
  ) {
    let known = BookMemory.Applied(
      session: attempt.claim.businessDate, snapshot: applied.id, books: day.known)
    tools.memory.remember(known, of: account.id)
  }

  /// What an account holds at its first sync becomes its opening, once and for good: then the
  /// holdings and the list that says which contracts they are must be there as well.
  private func prepareOpening(_ day: BrokerDay, _ masters: ContractMasters) async throws {
    if let error = day.holdings.failure {
      throw UnitFailure(
        "the first sync of \(masters.account.id) takes its holdings over as its opening: \(error)",
        isTransient: error.isTransient)
    }
    try await masters.loadWhatHoldingsNeed(day)
  }

  private func tooLate(_ attempt: Attempt) -> RunResult {
    let reason =
      "the broker shows only today's books; those of \(attempt.claim.businessDate) cannot be "
      + "mirrored any more"
    attempt.say(reason)
    return RunResult(kind: Self.kind, verdict: .noData, figures: ["reason": .string(reason)])
  }

  // MARK: Fills

  struct NewTrades: Sendable {
    /// By the order's name.
    var byOrder: [String: [BrokerTrade]] = [:]
    var counted: [(id: Int64, rows: Int)] = []
  }

  /// The trades of orders that executed more than the ledger has. An order whose trades cannot be
  /// had is ledgered by its own total and average, so no fill is ever left out for want of them;
  /// the same holds for the rest once the time runs short.
  private func newTrades(
    _ day: BrokerDay, _ ledgered: [String: SyncFacts.Ledgered], _ reader: inout BookReader
  ) async throws -> NewTrades {
    var trades = NewTrades()
    let ahead = (day.orders.rows ?? []).filter { $0.isAhead(of: ledgered[$0.name]) }
    // A process that is killed loses no more answers than one step.
    for start in stride(from: 0, to: ahead.count, by: 16) {
      let some = ahead[start...].prefix(16)
      let books = some.map { Book.trades(exchange: $0.key.exchange, orderID: $0.orderID) }
      let read = try await reader.read(books, leaving: .seconds(8), tools.broker.trades)
      for (order, book) in zip(some, read) {
        guard case .read(let answer, _) = book else { continue }
        trades.byOrder[order.name] = answer.value.filter { $0.key == order.key }
        trades.counted.append((answer.id, answer.rows))
      }
      guard read.count == some.count else {
        reader.attempt.say("trades: no time left for all orders; their averages are used")
        break
      }
    }
    return trades
  }

  // MARK: Writing

  /// - Parameter last: the snapshot that an unchanged book was applied by.
  private func apply(
    _ day: BrokerDay, _ trades: NewTrades, since last: Int64?, _ account: Account,
    _ attempt: Attempt
  ) async throws -> AppliedSnapshot {
    let desk = tools.desk
    let unchanged = last.map { UnchangedBooks(since: $0, books: day.unchanged) }
    let snapshot = AccountSnapshot(
      accountID: account.id, session: attempt.claim.businessDate, takenAt: day.takenAt,
      orders: day.orders.rows, trades: trades.byOrder, positions: day.positions.rows,
      holdings: day.holdings.rows, funds: day.funds.rows, unchanged: unchanged)
    do {
      return try await attempt.write(asking: desk.asking(snapshot)) { transaction, facts in
        var writing = try desk.writing(snapshot, knowing: facts)
        writing.add([desk.noting(day.counted + trades.counted)])
        return try writing.applied(await transaction.end(with: writing.statements))
      }
    } catch let refusal as DeskRefusal {
      guard case .overtakenSnapshot = refusal else { throw refusal }
      throw UnitFailure(refusal.description, isTransient: true)
    }
  }

  // MARK: What it found

  private func result(
    _ day: BrokerDay, _ applied: AppliedSnapshot, _ ofContracts: [String], _ attempt: Attempt
  ) -> RunResult {
    // That the first day's opening was taken over from the broker is news, but nothing is wrong.
    let odd = applied.notes.filter { !$0.hasPrefix("opening:") } + ofContracts
    let missing = day.failures.map(\.book)
    for note in applied.notes + ofContracts { attempt.say(note) }
    attempt.say(
      "snapshot \(applied.id): \(count(applied.newFills.count, "new fill")), "
        + "positions \(applied.newPositions) new, \(applied.changedPositions) changed, "
        + "\(applied.closedPositions) closed")
    return RunResult(
      kind: Self.kind, verdict: odd.isEmpty && missing.isEmpty ? .ok : .warn,
      figures: [
        "snapshot": .integer(applied.id),
        "new_fills": JSONValue(applied.newFills.count),
        "new_positions": JSONValue(applied.newPositions),
        "changed_positions": JSONValue(applied.changedPositions),
        "closed_positions": JSONValue(applied.closedPositions),
        "missing": JSONValue(missing), "notes": JSONValue(applied.notes + ofContracts),
      ], rows: bookRows(day, applied.books))
  }

  private func bookRows(_ day: BrokerDay, _ books: [String]) -> [JSONValue] {
    func row(_ book: String, _ rows: Int?, _ error: BrokerError?) -> JSONValue {
      [
        "book": .string(book), "rows": rows.map { JSONValue($0) } ?? .null,
        "state": error != nil ? "missing" : books.contains(book) ? "applied" : "refused",
        "why": error.map { .string($0.description) } ?? .null,
      ]
    }
    return [
      row("orders", day.orders.known?.rows, day.orders.failure),
      row("positions", day.positions.known?.rows, day.positions.failure),
      row("holdings", day.holdings.known?.rows, day.holdings.failure),
      row("funds", day.funds.known?.rows, day.funds.failure),
    ]
  }
}

extension BrokerOrder {
  /// Whether trades may be asked for what the ledger lacks; once an order was ledgered by its
  /// total, single trades would count the same units again.
  fileprivate func isAhead(of ledgered: SyncFacts.Ledgered?) -> Bool {
    executed > ledgered?.units ?? 0 && ledgered?.hasStep != true
  }
}
