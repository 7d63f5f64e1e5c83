import Desk
import DeskStore
import JobStore
import Postgres
import TradingTime

/// One exchange's list of contracts: fetched, kept raw, doubted, and taken over.
struct ContractList: Sendable {
  let tools: DeskTools
  let account: Account
  let attempt: Attempt
  let exchange: String

  struct Loaded: Sendable {
    let load: MasterLoad
    /// What it changes of contracts that are held or were traded.
    let changes: [ContractChange]
    let remarks: [String]
  }

  /// - Parameter mayShrink: an operator has looked and says that the short list is the whole one.
  /// - Throws: `BrokerError`, also for a list that cannot be the whole one; what was there stands.
  func load(mayShrink: Bool = false) async throws -> Loaded {
    let answer = try await tools.ask(
      .master(exchange: exchange), for: account, attempt, reading: tools.broker.instruments)
    let list = Dictionary(answer.value.map { ($0.key, $0) }) { _, last in last }
    let pool = attempt.store.pool
    let before = try await tools.desk.listedContracts(of: exchange, on: pool)
    // Half a list would let the other half vanish, with everything that is held of it.
    guard !list.isEmpty, mayShrink || Int64(list.count) * 2 >= before else {
      throw BrokerError.incomplete(
        reason: list.isEmpty
          ? "the list of \(exchange) is empty"
          : "the list of \(exchange) holds \(list.count) contracts where the one before held "
            + "\(before); if it is whole, run: muhurat run load-contracts --set accept=\(exchange)")
    }
    let changes = try await changesOfHeld(list)
    let session = attempt.claim.businessDate
    let load = try await attempt.write { transaction in
      let load = try await tools.desk.takeOver(
        list.values.sorted { $0.key < $1.key }, exchange: exchange, session: session,
        on: transaction)
      try await tools.desk.note(rows: answer.rows, in: answer.id, on: transaction)
      return load
    }
    attempt.say(
      "contracts: \(load.contracts) of \(exchange), \(load.added) new, \(load.changed) changed, "
        + "\(load.vanished) gone")
    // At once: whoever tries again after another list's failure finds this one taken over.
    for change in changes { attempt.say("held: \(change)") }
    let repeated = answer.rows - list.count
    return Loaded(
      load: load, changes: changes,
      remarks: repeated == 0
        ? [] : ["\(exchange): \(count(repeated, "contract")) came twice; the last row counts"])
  }

  private func changesOfHeld(
    _ list: [InstrumentKey: Instrument]
  ) async throws -> [ContractChange] {
    let pool = attempt.store.pool
    let held = try await tools.desk.instrumentsToPrice(on: pool)
      .filter { $0.exchange == exchange }
    let known = try await tools.desk.instruments(held, on: pool)
    return held.compactMap { known[$0] }.flatMap { $0.changes(to: list[$0.key]) }
  }
}
