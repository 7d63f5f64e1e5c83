package import TradingTime

/// One account's figures of one session, as kept.
package struct AnalyticsDay: Hashable, Sendable {
  package let accountID: String
  package let session: CivilDate
  package let instruments: Int
  package let openPositions: Int
  /// Instruments whose profit is missing because a price or a cost is; sums leave them out.
  package let incomplete: Int
  package let fills: Int
  package let orders: Int
  package let rejectedOrders: Int
  package let realised: Money
  package let unrealised: Money
  package let gross: Money
  package let charges: Money
  package let net: Money
  package let brokerBooked: Money?
  package let brokerUnrealised: Money?
  package let turnover: Money
  package let longExposure: Money
  package let shortExposure: Money
  package let wins: Int
  package let losses: Int
  package let grossProfit: Money
  package let grossLoss: Money
  package let cash: Money?
  /// Declared capital plus all net results so far; nil without a declared capital.
  package let equity: Money?

  package init(
    accountID: String, session: CivilDate, instruments: Int, openPositions: Int, incomplete: Int,
    fills: Int, orders: Int, rejectedOrders: Int, realised: Money, unrealised: Money,
    gross: Money, charges: Money, net: Money, brokerBooked: Money?, brokerUnrealised: Money?,
    turnover: Money, longExposure: Money, shortExposure: Money, wins: Int, losses: Int,
    grossProfit: Money, grossLoss: Money, cash: Money?, equity: Money?
  ) {
    self.accountID = accountID
    self.session = session
    self.instruments = instruments
    self.openPositions = openPositions
    self.incomplete = incomplete
    self.fills = fills
    self.orders = orders
    self.rejectedOrders = rejectedOrders
    self.realised = realised
    self.unrealised = unrealised
    self.gross = gross
    self.charges = charges
    self.net = net
    self.brokerBooked = brokerBooked
    self.brokerUnrealised = brokerUnrealised
    self.turnover = turnover
    self.longExposure = longExposure
    self.shortExposure = shortExposure
    self.wins = wins
    self.losses = losses
    self.grossProfit = grossProfit
    self.grossLoss = grossLoss
    self.cash = cash
    self.equity = equity
  }
}

/// A break as it stands on record: what it is, how long it has been there, what it is worth.
package struct OpenBreak: Hashable, Sendable {
  package let identity: DiscrepancyIdentity
  package let type: DiscrepancyType
  package let severity: Severity
  package let symbol: String
  package let ours: String
  package let theirs: String
  package let difference: String
  package let moneyAtRisk: Money?
  package let firstSeenOn: CivilDate
  package let lastSeenOn: CivilDate
  package let ageInSessions: Int

  package init(
    identity: DiscrepancyIdentity, type: DiscrepancyType, severity: Severity, symbol: String,
    ours: String, theirs: String, difference: String, moneyAtRisk: Money?, firstSeenOn: CivilDate,
    lastSeenOn: CivilDate, ageInSessions: Int
  ) {
    self.identity = identity
    self.type = type
    self.severity = severity
    self.symbol = symbol
    self.ours = ours
    self.theirs = theirs
    self.difference = difference
    self.moneyAtRisk = moneyAtRisk
    self.firstSeenOn = firstSeenOn
    self.lastSeenOn = lastSeenOn
    self.ageInSessions = ageInSessions
  }

  package static func worstFirst(_ left: OpenBreak, _ right: OpenBreak) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    let amounts = (left.moneyAtRisk ?? .zero, right.moneyAtRisk ?? .zero)
    if amounts.0 != amounts.1 { return amounts.0 > amounts.1 }
    return left.identity < right.identity
  }
}

/// Everything on record about one account's session: what a report is made of.
package struct DayRecord: Hashable, Sendable {
  package let account: Account
  /// Nil if the day was never rolled up.
  package let figures: AnalyticsDay?
  package let instruments: [InstrumentDay]
  package let funds: [BrokerFunds]
  package let fundsAt: Instant?
  package let positionsAt: Instant?
  /// Nil if the day was never reconciled.
  package let reconciledAt: Instant?
  package let breaks: [OpenBreak]
  /// What is missing or odd, as sentences.
  package let notes: [String]
  /// Oldest first, up to and including this session.
  package let history: [AnalyticsDay]

  package init(
    account: Account, figures: AnalyticsDay?, instruments: [InstrumentDay], funds: [BrokerFunds],
    fundsAt: Instant?, positionsAt: Instant?, reconciledAt: Instant?, breaks: [OpenBreak],
    notes: [String], history: [AnalyticsDay]
  ) {
    self.account = account
    self.figures = figures
    self.instruments = instruments
    self.funds = funds
    self.fundsAt = fundsAt
    self.positionsAt = positionsAt
    self.reconciledAt = reconciledAt
    self.breaks = breaks
    self.notes = notes
    self.history = history
  }
}
