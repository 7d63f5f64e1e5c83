import Desk
import DeskStore
import Hummingbird
import JobStore
import Jobs
import TradingTime

/// `/api/users/{id}/positions` and `/api/system/status/{id}`.
struct PositionRoutes {
  let users: UserRoutes

  private var desk: DeskFace { users.desk }

  struct Positions: Encodable {
    var summary: AccountSummary
    var positions: [Line]
  }

  struct Line: Encodable {
    var exchange: String
    var scripCode: Int64
    var symbol: String
    var product: String
    var netQuantity: Quantity
    /// By our own fills, over all products of the instrument.
    var ledgerQuantity: Quantity?
    var averagePrice: Money?
    var lastPrice: Money?
    var priceSource: String?
    var priceAt: Instant?
    var priceAgeSeconds: Double?
    var bids: Offers?
    var asks: Offers?
    var marketValue: Money?
    var unrealisedProfit: Money?
    /// The broker's own figures, by its own method.
    var brokerBookedProfit: Money?
    var brokerUnrealisedProfit: Money?
    var strategy: String?
    var stopPrice: Money?
    var targetPrice: Money?
    var seenAt: Instant
    var ageSeconds: Double

    enum CodingKeys: String, CodingKey {
      case exchange
      case scripCode = "scrip_code"
      case symbol, product
      case netQuantity = "net_quantity"
      case ledgerQuantity = "ledger_quantity"
      case averagePrice = "average_price"
      case lastPrice = "last_price"
      case priceSource = "price_source"
      case priceAt = "price_at"
      case priceAgeSeconds = "price_age_seconds"
      case bids, asks
      case marketValue = "market_value"
      case unrealisedProfit = "unrealised_profit"
      case brokerBookedProfit = "broker_booked_profit"
      case brokerUnrealisedProfit = "broker_unrealised_profit"
      case strategy
      case stopPrice = "stop_price"
      case targetPrice = "target_price"
      case seenAt = "seen_at"
      case ageSeconds = "age_seconds"
    }

    init(_ line: PositionLine, at now: Instant) {
      (exchange, scripCode) = (line.position.key.exchange, line.position.key.scripCode)
      (symbol, product) = (line.position.symbol, line.position.product)
      (netQuantity, ledgerQuantity) = (line.position.netQuantity, line.ledgerQuantity)
      averagePrice = line.position.averagePrice
      (lastPrice, priceSource, priceAt) = (line.price?.last, line.price?.source, line.price?.at)
      priceAgeSeconds = line.priceAge(at: now).map { $0 / .seconds(1) }
      bids = line.depth?.bids.map { Offers($0, at: now) }
      asks = line.depth?.asks.map { Offers($0, at: now) }
      (marketValue, unrealisedProfit) = (line.marketValue, line.unrealised)
      brokerBookedProfit = line.position.bookedProfit
      brokerUnrealisedProfit = line.position.unrealisedProfit
      (strategy, stopPrice, targetPrice) = (line.strategy, line.stopPrice, line.targetPrice)
      (seenAt, ageSeconds) = (line.seenAt, line.age(at: now) / .seconds(1))
    }
  }

  /// One side of the order book, the best first.
  struct Offers: Encodable {
    var ageSeconds: Double
    /// Of what stands below the best; nil where only the best is known.
    var levelsAgeSeconds: Double?
    var levels: [Level]

    struct Level: Encodable {
      var price: Money
      var quantity: Quantity
      var orders: Int64?
    }

    enum CodingKeys: String, CodingKey {
      case ageSeconds = "age_seconds"
      case levelsAgeSeconds = "levels_age_seconds"
      case levels
    }

    init(_ side: DepthSide, at now: Instant) {
      ageSeconds = (now - side.toldAt) / .seconds(1)
      levelsAgeSeconds = side.levelsToldAt.map { (now - $0) / .seconds(1) }
      levels = side.levels.map {
        Level(price: $0.price, quantity: $0.quantity, orders: $0.orders)
      }
    }
  }

  func positions(_: Request, _ context: StatusContext) async throws -> Response {
    let account = try await users.account(context)
    let now = try await users.store.clocks().job
    let lines = try await desk.database.positions(of: account.id, on: desk.pool)
    return try .json(
      Positions(
        summary: try await desk.summary(of: account, at: now, users.signIns),
        positions: lines.map { Line($0, at: now) }))
  }

  struct Readiness: Encodable {
    var account: String
    var isReady: Bool
    var checks: [Check]

    enum CodingKeys: String, CodingKey {
      case account
      case isReady = "is_ready"
      case checks
    }
  }

  struct Check: Encodable {
    var name: String
    var isReady: Bool
    /// Of what was seen, on the job's clock.
    var ageSeconds: Double?
    var detail: String

    enum CodingKeys: String, CodingKey {
      case name
      case isReady = "is_ready"
      case ageSeconds = "age_seconds"
      case detail
    }
  }

  /// Books that no sync has confirmed for longer are nothing to trade on.
  private static let freshness = Duration.seconds(120)

  /// What is ready for trading and what is not, each with the value seen.
  func status(_: Request, _ context: StatusContext) async throws -> Response {
    let account = try await users.account(context)
    let now = try await users.store.clocks().job
    var checks = [
      Check(
        name: "enabled", isReady: account.isEnabled,
        detail: account.isEnabled ? "jobs run for it" : "disabled: no job runs for it")
    ]
    if let signIn = users.signIns.state(of: account) {
      let words = signIn.until.map { "signed in until \($0)" } ?? signIn.reason ?? "not signed in"
      checks.append(Check(name: "sign_in", isReady: signIn.isSignedIn, detail: words))
    }
    for book in ["orders", "positions", "holdings", "funds"] {
      let seen = try await desk.database.booksSeenAt(book, of: account.id, on: desk.pool)
      checks.append(
        Check(
          name: book, isReady: seen.map { now - $0 <= Self.freshness } ?? false,
          ageSeconds: seen.map { (now - $0) / .seconds(1) },
          detail: seen.map { "synced \((now - $0).roundedWords) ago" } ?? "never synced"))
    }
    return try .json(
      Readiness(
        account: account.id, isReady: checks.allSatisfy(\.isReady), checks: checks))
  }
}
