import Desk
package import DeskStore
package import Postgres
import TradingTime

/// The desk's tables as the server reads them.
package struct DeskFace: Sendable {
  package var database: DeskDatabase
  package var pool: Postgres.Pool

  package init(database: DeskDatabase, pool: Postgres.Pool) {
    self.database = database
    self.pool = pool
  }
}

/// Who is signed in at the broker, if this process can tell.
struct SignIns: Sendable {
  var broker: (any Desk.Broker)?

  struct State: Encodable, Hashable, Sendable {
    var isSignedIn: Bool
    var until: Instant?
    var reason: String?

    enum CodingKeys: String, CodingKey {
      case isSignedIn = "is_signed_in"
      case until, reason
    }
  }

  func state(of account: Account) -> State? {
    switch broker?.signInState(of: account) {
    case .signedIn(let until): State(isSignedIn: true, until: until)
    case .notSignedIn(let reason): State(isSignedIn: false, reason: reason)
    case nil: nil
    }
  }
}

/// One account at a glance. A sum is absent if one of its parts is: a missing price is not 0.
struct AccountSummary: Encodable, Hashable, Sendable {
  var account: String
  var name: String
  var mode: Mode
  var isEnabled: Bool
  var signIn: SignIns.State?
  var businessDate: CivilDate?
  var openPositions: Int
  var marketValue: Money?
  var unrealisedProfit: Money?
  /// When the oldest price in these sums was made.
  var oldestPriceAt: Instant?
  /// How many open positions have no price.
  var unpriced: Int
  /// Positions whose quantity our ledger does not confirm.
  var unconfirmed: Int
  /// When the broker showed these positions, on the job's clock.
  var seenAt: Instant?
  var ageSeconds: Double?

  enum CodingKeys: String, CodingKey {
    case account, name, mode
    case isEnabled = "is_enabled"
    case signIn = "sign_in"
    case businessDate = "business_date"
    case openPositions = "open_positions"
    case marketValue = "market_value"
    case unrealisedProfit = "unrealised_profit"
    case oldestPriceAt = "oldest_price_at"
    case unpriced, unconfirmed
    case seenAt = "seen_at"
    case ageSeconds = "age_seconds"
  }
}

extension DeskFace {
  func summaries(at now: Instant, signIns: SignIns) async throws -> [AccountSummary] {
    try await database.positionSums(on: pool).map { AccountSummary($0, at: now, signIns) }
  }

  func summary(
    of account: Account, at now: Instant, _ signIns: SignIns
  ) async throws -> AccountSummary {
    let sums = try await database.positionSums(of: account.id, on: pool)
    guard let sums = sums.first else { throw DeskRefusal.unknownAccount(account.id) }
    return AccountSummary(sums, at: now, signIns)
  }
}

extension AccountSummary {
  fileprivate init(_ sums: PositionSums, at now: Instant, _ signIns: SignIns) {
    let account = sums.account
    self.init(
      account: account.id, name: account.name, mode: account.mode, isEnabled: account.isEnabled,
      signIn: signIns.state(of: account), businessDate: sums.session, openPositions: sums.open,
      marketValue: sums.marketValue, unrealisedProfit: sums.unrealised,
      oldestPriceAt: sums.oldestPriceAt, unpriced: sums.unpriced,
      unconfirmed: sums.unconfirmed, seenAt: sums.seenAt,
      ageSeconds: sums.seenAt.map { (now - $0) / .seconds(1) })
  }
}
