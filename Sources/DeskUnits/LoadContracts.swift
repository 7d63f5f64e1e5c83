import Desk
import DeskStore
import JobStore
import Jobs
import TradingTime

/// The contracts of each exchange as of today, before the open: tick, lot and expiry belong to the
/// contract and to the day. What changed of anything held is said, because an order sized by
/// yesterday's lot is another order.
struct LoadContracts: WorkUnit {
  static let kind = "contracts"
  static let description = UnitDescription(
    name: "load-contracts",
    summary: "loads each exchange's list of contracts and says what changed of those held",
    isIdempotent: true, resultKind: kind,
    parameters: [
      .init("exchanges", .list, "NC, BC, NF, BF, RN, MX; those of cash and NSE derivatives"),
      .init("accept", .list, "exchanges whose list may be less than half of the one before"),
    ])

  static let known = ["NC", "BC", "NF", "BF", "RN", "MX"]

  let tools: DeskTools

  func run(_ attempt: Attempt) async throws -> RunResult {
    let parameters = Parameters(attempt)
    let exchanges = try parameters.exchanges("exchanges") ?? ["NC", "BC", "NF"]
    let accepted = try parameters.exchanges("accept") ?? []
    guard tools.isToday(attempt) else {
      let reason = "contracts of \(attempt.claim.businessDate) cannot be had any more"
      attempt.say(reason)
      return RunResult(kind: Self.kind, verdict: .noData, figures: ["reason": .string(reason)])
    }
    let account = try await anybody(attempt)
    var loaded: [(exchange: String, list: ContractList.Loaded)] = []
    var failures: [(exchange: String, error: BrokerError)] = []
    for exchange in exchanges {
      do {
        let list = ContractList(
          tools: tools, account: account, attempt: attempt, exchange: exchange)
        loaded.append(
          (exchange, try await list.load(mayShrink: accepted.contains(exchange))))
      } catch let error as BrokerError {
        attempt.say("contracts: the list of \(exchange) was not loaded: \(error)")
        failures.append((exchange, error))
      }
    }
    // A list that was refused is yesterday's still, which no job that follows would notice.
    if let error = failures.first?.error {
      let changes = loaded.flatMap(\.list.changes).map { "; held: \($0)" }.joined()
      throw UnitFailure("\(error)\(changes)", isTransient: error.isTransient)
    }
    return result(loaded)
  }

  /// The lists are everyone's and need no sign-in, but an app's key.
  private func anybody(_ attempt: Attempt) async throws -> Account {
    let accounts = try await tools.desk.accounts(onlyEnabled: true, on: attempt.store.pool)
    guard let account = accounts.first(where: { tools.whyNotSignedIn($0) == nil }) ?? accounts.first
    else { throw UnitFailure("no account is enabled; run: muhurat account add") }
    return account
  }

  private func result(
    _ loaded: [(exchange: String, list: ContractList.Loaded)]
  ) -> RunResult {
    let changes = loaded.flatMap(\.list.changes)
    let remarks = loaded.flatMap(\.list.remarks)
    var figures: [String: JSONValue] = [
      "held_changes": JSONValue(changes.count), "notes": JSONValue(remarks),
    ]
    for (exchange, list) in loaded {
      figures[exchange] = .object([
        "contracts": JSONValue(list.load.contracts), "added": JSONValue(list.load.added),
        "changed": JSONValue(list.load.changed), "vanished": JSONValue(list.load.vanished),
      ])
    }
    return RunResult(
      kind: Self.kind, verdict: changes.isEmpty ? .ok : .warn, figures: figures,
      rows: changes.map { change in
        [
          "instrument": .string(change.key.description), "symbol": .string(change.symbol),
          "figure": .string(change.figure),
          "before": change.before.map(JSONValue.string) ?? .null,
          "after": change.after.map(JSONValue.string) ?? .null,
        ]
      })
  }
}

extension Parameters {
  func exchanges(_ name: String) throws -> [String]? {
    guard let words = list(name) else { return nil }
    if let odd = words.first(where: { !LoadContracts.known.contains($0) }) {
      throw UnitFailure(
        "parameter '\(name)' holds \"\(odd.prefix(40))\"; exchanges are: "
          + LoadContracts.known.joined(separator: ", "))
    }
    return words
  }
}
