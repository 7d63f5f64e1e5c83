package import TradingTime

/// One instrument's session in one account, by our ledger, with the broker's figures beside it.
/// Whatever needs a price that is missing is nil.
package struct InstrumentDay: Hashable, Sendable {
  package let key: InstrumentKey
  package let symbol: String
  package let opening: Quantity
  package let bought: Quantity
  package let boughtValue: Money
  package let sold: Quantity
  package let soldValue: Money
  package let previousClose: Money?
  package let mark: Money?
  package let markedAt: Instant?
  /// First in, first out, of what was closed on this day, before charges.
  package let realised: Money?
  /// Against cost, of what is open at the end.
  package let unrealised: Money?
  /// The same at average cost, carried lots included.
  package let averageRealised: Money?
  /// The day's buys against its sells at their averages.
  package let poolRealised: Money
  package let gross: Money?
  package let charges: Money?
  package let brokerQuantity: Quantity?
  package let brokerBooked: Money?
  package let brokerUnrealised: Money?
  package let wins: Int
  package let losses: Int
  package let grossProfit: Money
  package let grossLoss: Money

  package init(
    key: InstrumentKey, symbol: String, opening: Quantity, bought: Quantity, boughtValue: Money,
    sold: Quantity, soldValue: Money, previousClose: Money?, mark: Money?, markedAt: Instant?,
    realised: Money?, unrealised: Money?, averageRealised: Money?, poolRealised: Money,
    gross: Money?, charges: Money?, brokerQuantity: Quantity?, brokerBooked: Money?,
    brokerUnrealised: Money?, wins: Int,
    losses: Int, grossProfit: Money, grossLoss: Money
  ) {
    self.key = key
    self.symbol = symbol
    self.opening = opening
    self.bought = bought
    self.boughtValue = boughtValue
    self.sold = sold
    self.soldValue = soldValue
    self.previousClose = previousClose
    self.mark = mark
    self.markedAt = markedAt
    self.realised = realised
    self.unrealised = unrealised
    self.averageRealised = averageRealised
    self.poolRealised = poolRealised
    self.gross = gross
    self.charges = charges
    self.brokerQuantity = brokerQuantity
    self.brokerBooked = brokerBooked
    self.brokerUnrealised = brokerUnrealised
    self.wins = wins
    self.losses = losses
    self.grossProfit = grossProfit
    self.grossLoss = grossLoss
  }

  package var closing: Quantity { opening + bought - sold }
  package var turnover: Money { boughtValue + soldValue }

  package var net: Money? {
    guard let gross, let charges else { return nil }
    return gross - charges
  }

  /// By which method the broker's booked profit can be had from our fills; nil if by none, or if
  /// the broker gives no figure. Its averages have two decimals, so a paisa a unit may be off.
  package var brokerMethod: ProfitMethod? {
    guard let brokerBooked else { return nil }
    let allowed = max(Money(rupees: 1), Money(paise: 1) * max(bought, sold))
    func explains(_ figure: Money?) -> Bool {
      figure.map { (brokerBooked - $0).magnitude <= allowed } ?? false
    }
    if explains(realised) { return .firstInFirstOut }
    if explains(averageRealised) { return .averageCost }
    return explains(poolRealised) ? .dayPool : nil
  }
}

/// The three ways to split a result into what is booked and what is still open.
package enum ProfitMethod: String, Hashable, Sendable, CaseIterable {
  case firstInFirstOut = "first in, first out"
  case averageCost = "average cost"
  case dayPool = "day pool"
}

/// What a day's reckoning needs of one instrument.
package struct InstrumentFacts: Sendable {
  package let key: InstrumentKey
  package let symbol: String
  package let kind: InstrumentKind
  package let lotSize: Quantity
  /// Quantity carried into the session; its lots come from `earlier`.
  package let opening: Quantity
  /// Fills before the session, an adopted opening among them as a fill of its own. If they do not
  /// add up to `opening`, the cost of what was carried is unknown and so is the profit on it.
  package let earlier: [Fill]
  package let today: [Fill]
  package let price: Price?
  package let broker: BrokerPosition?

  package init(
    key: InstrumentKey, symbol: String, kind: InstrumentKind, lotSize: Quantity,
    opening: Quantity, earlier: [Fill], today: [Fill], price: Price?, broker: BrokerPosition?
  ) {
    self.key = key
    self.symbol = symbol
    self.kind = kind
    self.lotSize = lotSize
    self.opening = opening
    self.earlier = earlier
    self.today = today
    self.price = price
    self.broker = broker
  }
}

extension InstrumentDay {
  package init(_ facts: InstrumentFacts, on session: CivilDate, plan: BrokeragePlan) {
    var book = LotBook(facts.earlier)
    let isWorthItsPrice = facts.key.isWorthItsPrice
    let costIsKnown = isWorthItsPrice && book.position == facts.opening
    let before = book.matches.count
    for fill in facts.today.sorted(by: Fill.inExchangeOrder) { book.apply(fill) }
    let averageBefore = AverageCost(facts.earlier).realised
    let averageRealised =
      AverageCost(facts.earlier + facts.today).realised.rounded(places: 4, .halfEven)
      - averageBefore.rounded(places: 4, .halfEven)
    let results = book.matches[before...].map(\.realised)
    let statistics = TradeStatistics(results)
    let pool = DayPool(facts.today)
    let mark = facts.price?.last
    let charges = Charges.ofDay(
      facts.today, kind: facts.kind, lotSize: facts.lotSize, exchange: facts.key.exchange,
      on: session, plan: plan)
    let unrealised: Money? =
      book.position == 0 ? Money.zero : mark.map { book.unrealised(at: $0) }
    self.init(
      key: facts.key, symbol: facts.symbol, opening: facts.opening, bought: pool.bought,
      boughtValue: pool.boughtValue, sold: pool.sold, soldValue: pool.soldValue,
      previousClose: facts.price?.previousClose, mark: mark, markedAt: facts.price?.at,
      realised: costIsKnown ? results.total() : nil, unrealised: costIsKnown ? unrealised : nil,
      averageRealised: costIsKnown ? averageRealised : nil,
      poolRealised: pool.realised.rounded(places: 4, .halfEven),
      gross: isWorthItsPrice
        ? DayProfit.gross(
          opening: facts.opening, previousClose: facts.price?.previousClose, fills: facts.today,
          mark: mark) : nil,
      charges: charges?.total.rounded(places: 4, .halfEven),
      brokerQuantity: facts.broker?.netQuantity, brokerBooked: facts.broker?.bookedProfit,
      brokerUnrealised: facts.broker?.unrealisedProfit,
      wins: costIsKnown ? statistics.wins : 0, losses: costIsKnown ? statistics.losses : 0,
      grossProfit: costIsKnown ? statistics.grossProfit : .zero,
      grossLoss: costIsKnown ? statistics.grossLoss : .zero)
  }
}
