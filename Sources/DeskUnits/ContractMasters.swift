import Desk
import DeskStore
import JobStore
import Postgres
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
      let known = try await tools.desk.masterLoadedOn(
        exchange: exchange, on: attempt.store.pool)
      guard known == nil else { continue }
      try await asUnitFailure { try await load(exchange) }
    }
  }

  /// - Returns: what could not be loaded, as sentences.
  func loadWhatIsOld(_ day: BrokerDay) async throws -> [String] {
    var notes: [String] = []
    let session = attempt.claim.businessDate
    for exchange in day.exchanges where loadedOn[exchange].map({ $0 < session }) ?? true {
      let loadedOn = try await tools.desk.masterLoadedOn(
        exchange: exchange, on: attempt.store.pool)
      if let loadedOn, loadedOn >= session { continue }
      do {
        try await load(exchange)
      } catch let error as BrokerError {
        let old = loadedOn.map { "that of \($0) stays" } ?? "there is none yet"
        notes.append("contracts: the list of \(exchange) was not loaded, \(old): \(error)")
      }
    }
    return notes
  }

  /// Lists are megabytes long; their loading ends before the attempt does, because the books that
  /// were synced beside it are good.
  private func load(_ exchange: String) async throws {
    let limit = attempt.remaining - .seconds(4)
    guard limit > .zero else {
      throw BrokerError.timedOut(request: "GET master/\(exchange)", after: .zero)
    }
    let list = ContractList(tools: tools, account: account, attempt: attempt, exchange: exchange)
    // Reading it is no matter of milliseconds, as a sync otherwise is.
    _ = try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await ending(within: limit, "GET master/\(exchange)") { try await list.load() }
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
