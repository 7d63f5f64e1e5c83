import Desk
import DeskStore
import JobStore
import Postgres
import TradingTime

extension Gate {
  /// `fresh: { positions: 60s }`: how long ago the item's positions were mirrored; for a job
  /// without items, those of the enabled account that was mirrored longest ago.
  static func freshPositions(_ tools: DeskTools) -> Gate {
    Gate("positions") { question, database in
      for account in try await tools.accounts(asked: question, on: database) {
        let seenAt = try await tools.desk.booksSeenAt("positions", of: account, on: database)
        guard let seenAt else { return .closed("no positions of \(account) on record") }
        if let closed = tools.staleness("positions of \(account)", seenAt, question) {
          return closed
        }
      }
      return .open
    }
  }

  /// `fresh: { prices: 30s }`: the age of the newest price of whatever is held or was traded.
  ///
  /// The newest, because this asks whether prices arrive at all. One share that nobody trades must
  /// not stop the others; a strategy leaves out by itself whatever single price is old.
  static func freshPrices(_ tools: DeskTools) -> Gate {
    Gate("prices") { question, database in
      let keys = try await tools.desk.instrumentsToPrice(on: database)
      let prices = try await tools.desk.latestPrices(of: keys, on: database)
      guard let newest = prices.values.map(\.at).max() else {
        return .closed("no prices on record")
      }
      return tools.staleness("prices", newest, question) ?? .open
    }
  }
}

extension DeskTools {
  func accounts(asked question: GateQuestion, on database: any Queryable) async throws -> [String] {
    if let item = question.item { return [item] }
    return try await desk.accounts(onlyEnabled: true, on: database).map(\.id)
  }

  func staleness(_ what: String, _ seenAt: Instant, _ question: GateQuestion) -> GateReading? {
    let age = now() - seenAt
    guard let within = question.within, age > within else { return nil }
    return .closed("\(what) are \(words(age)) old, needed \(words(within))")
  }
}
