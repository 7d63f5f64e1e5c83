package import TradingTime

/// One book as the broker gave it for a comparison: its rows with the time they were received, or
/// why there are none. "No rows" and "no answer" are different things.
package enum BookAnswer<Row: Hashable & Sendable>: Hashable, Sendable {
  case rows([Row], receivedAt: Instant)
  case missing(reason: String)

  package var rows: [Row]? {
    if case .rows(let rows, _) = self { rows } else { nil }
  }
}

/// The broker's side of a reconciliation.
package struct BrokerBooks: Hashable, Sendable {
  package var orders: BookAnswer<BrokerOrder>
  package var positions: BookAnswer<BrokerPosition>
  package var holdings: BookAnswer<BrokerHolding>
  package var funds: BookAnswer<BrokerFunds>

  package init(
    orders: BookAnswer<BrokerOrder>, positions: BookAnswer<BrokerPosition>,
    holdings: BookAnswer<BrokerHolding>, funds: BookAnswer<BrokerFunds>
  ) {
    self.orders = orders
    self.positions = positions
    self.holdings = holdings
    self.funds = funds
  }
}

/// Our position in one instrument on one session: what was carried in and what was traded.
package struct LedgerPosition: Hashable, Sendable {
  package let key: InstrumentKey
  package let symbol: String
  package let opening: Quantity
  package let bought: Quantity
  package let sold: Quantity

  package init(
    key: InstrumentKey, symbol: String, opening: Quantity, bought: Quantity, sold: Quantity
  ) {
    self.key = key
    self.symbol = symbol
    self.opening = opening
    self.bought = bought
    self.sold = sold
  }

  package var closing: Quantity { opening + bought - sold }
}

/// Shares we expect in the broker's holdings. When exactly a trade shows up there is the
/// depository's business, so the broker may already, or may not yet, count each of `moving`.
package struct LedgerHolding: Hashable, Sendable {
  package let listing: String
  package let symbol: String
  package let settled: Quantity
  package let moving: [Quantity]

  package init(listing: String, symbol: String, settled: Quantity, moving: [Quantity] = []) {
    self.listing = listing
    self.symbol = symbol
    self.settled = settled
    self.moving = moving.filter { $0 != 0 }
  }

  package var name: String { "\(listing):\(symbol)" }

  package func allows(_ owned: Quantity) -> Bool {
    moving.reduce(into: [settled]) { sums, step in sums += sums.map { $0 + step } }.contains(owned)
  }
}

/// Our side of a reconciliation, for one account and session. `holdings` is nil until there is an
/// earlier day to expect anything from.
package struct LedgerBooks: Hashable, Sendable {
  package let accountID: String
  package let session: CivilDate
  package var orders: [BrokerOrder]
  package var fills: [Fill]
  /// Of earlier sessions, for orders that stand longer than one: the broker carries what they executed
  /// along.
  package var earlierFills: [Fill]
  package var positions: [LedgerPosition]
  package var holdings: [LedgerHolding]?
  /// When this account last traded as far as we know; an answer from before that proves nothing.
  package var lastActivityAt: Instant?

  package init(
    accountID: String, session: CivilDate, orders: [BrokerOrder] = [], fills: [Fill] = [],
    earlierFills: [Fill] = [], positions: [LedgerPosition] = [], holdings: [LedgerHolding]? = nil,
    lastActivityAt: Instant? = nil
  ) {
    self.accountID = accountID
    self.session = session
    self.orders = orders
    self.fills = fills
    self.earlierFills = earlierFills
    self.positions = positions
    self.holdings = holdings
    self.lastActivityAt = lastActivityAt
  }
}
