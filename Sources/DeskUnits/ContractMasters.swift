import Desk
import DeskStore
import JobStore
import Postgres
import Threads
import TradingTime

/// The broker's lists of contracts, loaded once a session for each exchange that the account is in.
///
/// Holdings name shares by symbol only, and only the list says which contract that is. An old list
/// is better than no sync, so a list that cannot be loaded today is no failure where there is one.
struct ContractMasters: Sendable {
  let tools: DeskTools
  let account: Account
  let attempt: Attempt
  /// As they were when the attempt began; another attempt may have loaded one since.
  let loadedOn: [String: CivilDate]

  /// - Throws: `UnitFailure` if an exchange's list was never loaded and cannot be now.
  func loadWhatHoldingsNeed(_ day: BrokerDay) async throws {
    for exchange in day.exchangesOfHoldings where loadedOn[exchange] == nil {
      _ = try await asUnitFailure { try await load(exchange) { _ in true } }
    }
  }

  /// - Returns: what could not be loaded, and what a list changed of anything held, as sentences.
  func loadWhatIsOld(_ day: BrokerDay) async throws -> [String] {
    var notes: [String] = []
    let session = attempt.claim.businessDate
    for exchange in day.exchanges where loadedOn[exchange].map({ $0 < session }) ?? true {
      do {
        let changes = try await load(exchange) { $0 >= session }
        notes += changes.map { "contracts: held: \($0)" }
      } catch let error as BrokerError {
        let known = try await loadedOn(exchange)
        let old = known.map { "that of \($0) stays" } ?? "there is none yet"
        notes.append("contracts: the list of \(exchange) was not loaded, \(old): \(error)")
      }
    }
    return notes
  }

  /// One account at a time, unless another has loaded it since: lists are megabytes long and the same
  /// for all. Their loading ends before the attempt does, because the books that were synced beside
  /// it are good.
  ///
  /// - Returns: what it changes of contracts that are held; nothing where another loaded it.
  private func load(
    _ exchange: String, unless isGood: @Sendable (CivilDate) -> Bool
  ) async throws -> [ContractChange] {
    let request = "GET master/\(exchange)"
    let limit = attempt.remaining - .seconds(4)
    guard limit > .zero else { throw BrokerError.timedOut(request: request, after: .zero) }
    let deadline = Deadline.after(limit)
    let line = tools.listTurns.line(for: exchange)
    do {
      try await line.take(by: deadline)
    } catch WaitingLine<Void>.GaveUp.deadlinePassed {
      throw BrokerError.timedOut(request: request, after: limit)
    } catch WaitingLine<Void>.GaveUp.cancelled {
      throw CancellationError()
    }
    defer { line.give(()) }
    if let known = try await loadedOn(exchange), isGood(known) { return [] }
    let list = ContractList(tools: tools, account: account, attempt: attempt, exchange: exchange)
    // Reading it is no matter of milliseconds, as a sync otherwise is.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await ending(within: deadline.remaining ?? limit, request) { try await list.load() }
    }.changes
  }

  private func loadedOn(_ exchange: String) async throws -> CivilDate? {
    try await tools.desk.masterLoadedOn(exchange: exchange, on: attempt.store.pool)
  }
}

/// Whose turn it is to load an exchange's list of contracts, within this process.
final class ListTurns: Sendable {
  private let lines = Locked<[String: WaitingLine<Void>]>([:])

  func line(for exchange: String) -> WaitingLine<Void> {
    lines.withLock { lines in
      if let line = lines[exchange] { return line }
      let line = WaitingLine([()])
      lines[exchange] = line
      return line
    }
  }
}

extension BrokerDay {
  fileprivate var exchangesOfHoldings: [String] {
    let listings = Set((holdings.rows ?? []).filter { $0.owned != 0 }.map(\.listing))
    return [("NSE", "NC"), ("BSE", "BC")].filter { listings.contains($0.0) }.map(\.1)
  }

  fileprivate var exchanges: [String] {
    let orders = (orders.rows ?? []).map(\.key.exchange)
    let positions = (positions.rows ?? []).map(\.key.exchange)
    return Set(exchangesOfHoldings + orders + positions).sorted()
  }
}
