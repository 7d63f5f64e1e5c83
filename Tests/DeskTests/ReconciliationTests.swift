import Testing
import TradingTime

@testable import Desk

@Suite(.timeLimit(.minutes(10))) struct `Reconciling with the broker` {
  private func order(
    _ id: String, _ quantity: Quantity, executed: Quantity? = nil, average: String? = "100",
    side: Side = .buy, status: OrderStatus = .fullyExecuted, text: String = "Fully Executed"
  ) -> BrokerOrder {
    BrokerOrder(
      key: reliance, symbol: "RELIANCE", orderID: id, side: side, quantity: quantity,
      executed: executed ?? quantity, price: rupees("100"), averagePrice: average.map(rupees),
      status: status, statusText: text)
  }

  private func fill(_ order: String, _ quantity: Quantity, _ price: String, _ id: String) -> Fill {
    Fill(
      accountID: "asha", key: reliance, orderID: order, tradeID: id, quantity: quantity,
      price: rupees(price), tradedOn: day("2026-11-20"), tradedAt: at(0))
  }

  private func broker(
    orders: [BrokerOrder] = [], positions: [BrokerPosition] = [], holdings: [BrokerHolding] = [],
    at receivedAt: Instant = at(100)
  ) -> BrokerBooks {
    BrokerBooks(
      orders: .rows(orders, receivedAt: receivedAt),
      positions: .rows(positions, receivedAt: receivedAt),
      holdings: .rows(holdings, receivedAt: receivedAt), funds: .rows([], receivedAt: receivedAt))
  }

  private func ledger(
    orders: [BrokerOrder] = [], fills: [Fill] = [], positions: [LedgerPosition] = [],
    holdings: [LedgerHolding]? = nil
  ) -> LedgerBooks {
    LedgerBooks(
      accountID: "asha", session: day("2026-11-20"), orders: orders, fills: fills,
      positions: positions, holdings: holdings)
  }

  private func lines(_ result: ReconciliationResult) -> [String] {
    result.discrepancies.map {
      "\($0.identity.layer.rawValue) \($0.identity.key) \($0.type.rawValue) \($0.severity.word): "
        + "\($0.ours) / \($0.theirs); \($0.difference); \($0.moneyAtRisk?.text() ?? "unpriced")"
    }
  }

  @Test func `five fills against four broker lines give the known breaks`() {
    let ours = ledger(fills: [
      fill("136757437", 1050, "23.45", "1"), fill("136757437", 150, "23.45", "2"),
      fill("136757500", 100, "1448.00", "3"), fill("136757600", 50, "200", "4"),
      fill("136757700", 10, "300", "5"),
    ])
    let theirs = [
      ("136757437", 1200, "28140.00"), ("136757500", 100, "144805.00"), ("136757600", 40, "8000"),
      ("136757999", 25, "2500"),
    ].map { ExecutedTotal(key: reliance, orderID: $0.0, quantity: $0.1, value: rupees($0.2)) }
    let comparison = ours.compareFills(theirs)
    #expect(
      comparison.found.sorted { $0.identity < $1.identity }.map {
        "\($0.type.rawValue) \($0.identity.key): \($0.difference), \($0.moneyAtRisk?.text() ?? "-")"
      } == [
        "PRICE NC/136757500: 5.00 over 100 units, tolerated 0.51, 5.00",
        "QUANTITY NC/136757600: -10 units, 2000.00",
        "MISSING_AT_BROKER NC/136757700: -10 units, 3000.00",
        "MISSING_INTERNALLY NC/136757999: 25 units, 2500.00",
      ])
    #expect(comparison.matched.map(\.key) == ["NC/136757437"])
  }

  @Test func `an empty answer while we hold something is never flat`() {
    let ours = ledger(
      orders: [order("1", 10)], fills: [fill("1", 10, "100", "a")],
      positions: [
        LedgerPosition(key: reliance, symbol: "RELIANCE", opening: 0, bought: 10, sold: 0)
      ],
      holdings: [LedgerHolding(listing: "NSE", symbol: "INFY", settled: 5)])
    let result = ours.reconcile(with: broker())
    let empty = "the broker's answer is empty, but our books are not"
    #expect(
      lines(result) == [
        "completeness fills NOT_COMPARABLE high:  / none; \(empty); unpriced",
        "completeness holdings NOT_COMPARABLE high:  / none; \(empty); unpriced",
        "completeness orders NOT_COMPARABLE high:  / none; \(empty); unpriced",
        "completeness positions NOT_COMPARABLE high:  / none; \(empty); unpriced",
      ])
    #expect(result.verdict.line == "NOT COMPARABLE: fills, holdings, orders, positions")
    let known = DiscrepancyIdentity(accountID: "asha", layer: .positions, key: "NC:2885")
    #expect(!result.confirmsGone(known))
  }

  @Test func `an answer from before our last trade proves nothing`() {
    var ours = ledger()
    ours.lastActivityAt = at(96)
    let result = ours.reconcile(with: broker(at: at(100)))
    #expect(result.verdict.line == "NOT COMPARABLE: fills, orders, positions")
    ours.lastActivityAt = at(95)
    #expect(ours.reconcile(with: broker(at: at(100))).verdict == .clean)
  }

  @Test func `a failed fetch and an unknown status are named, not guessed`() {
    var theirs = broker(orders: [order("1", 10, status: .unrecognised("Frozen"), text: "Frozen")])
    theirs.positions = .missing(reason: "the broker did not answer")
    let result = ledger(orders: [order("1", 10)], fills: [fill("1", 10, "100", "a")])
      .reconcile(with: theirs)
    #expect(
      result.layers.map(\.state) == [
        .notComparable(reason: "unknown order status \"Frozen\" of NC/1"),
        .compared(matched: 1, broken: 0), .notComparable(reason: "the broker did not answer"),
        .informational(reason: "no earlier day to expect holdings from"),
        .informational(reason: "0 limit statements; no cash journal to compare with"),
      ])
  }

  @Test func `orders differ by what is unequal in them`() {
    let ours = ledger(orders: [
      order("1", 10), order("2", 10, executed: 0, status: .pending),
      order("3", 10, executed: 0, status: .cancelled),
      order("4", 10, executed: 0, status: .pending),
    ])
    let theirs = broker(orders: [
      order("1", 12, executed: 10), order("2", 10, executed: 0, status: .cancelled),
      order("3", 10, executed: 0, status: .rejected), order("5", 7, executed: 0, status: .pending),
    ])
    let found = lines(ours.reconcile(with: theirs)).filter { $0.hasPrefix("orders") }
    #expect(
      found == [
        "orders NC/1 QUANTITY critical: buy 10 at 100, fully-executed / buy 12 at 100, "
          + "fully-executed; 2 units; unpriced",
        "orders NC/3 STATUS high: buy 10 at 100, cancelled / buy 10 at 100, rejected; "
          + "we have it cancelled, the broker rejected; unpriced",
        "orders NC/4 MISSING_AT_BROKER high: buy 10 at 100, pending / none; "
          + "the broker lacks this order; unpriced",
        "orders NC/5 MISSING_INTERNALLY high: none / buy 7 at 100, pending; "
          + "an order we never saw; unpriced",
        "orders NC/2 TIMING info: buy 10 at 100, pending / buy 10 at 100, cancelled; "
          + "it moved on to cancelled since we looked; unpriced",
      ])
  }

  @Test func `shares carried from yesterday may stand in the holdings or in the book`() {
    let ours = ledger(positions: [
      LedgerPosition(key: reliance, symbol: "RELIANCE", opening: 100, bought: 10, sold: 0)
    ])
    for net in [Quantity(10), 110] {
      let row = BrokerPosition(
        key: reliance, symbol: "RELIANCE", product: "INV", buyQuantity: 10, netQuantity: net)
      #expect(ours.reconcile(with: broker(positions: [row])).verdict == .clean, "net \(net)")
    }
    let carriedOnly = ledger(positions: [
      LedgerPosition(key: reliance, symbol: "RELIANCE", opening: 100, bought: 0, sold: 0)
    ])
    #expect(carriedOnly.reconcile(with: broker()).verdict == .clean)
  }

  @Test func `a contract that vanished is a break worth its mark`() {
    let other = BrokerPosition(
      key: reliance, symbol: "RELIANCE", product: "INV", buyQuantity: 5, netQuantity: 5)
    let ours = ledger(positions: [
      LedgerPosition(key: nifty, symbol: "NIFTY", opening: 65, bought: 0, sold: 0)
    ])
    let result = ours.reconcile(with: broker(positions: [other]), marks: [nifty: rupees("95.50")])
    #expect(
      lines(result) == [
        "positions NF:59004 MISSING_AT_BROKER critical: 65 / none; -65 units; 6207.50",
        "positions NC:2885 MISSING_INTERNALLY critical: none / 5; 5 units; unpriced",
      ])
    #expect(result.verdict.line == "BREAKS 2 (2 critical)")
  }

  @Test func `a round trip we never saw is a break though the net is equal`() {
    let row = BrokerPosition(
      key: reliance, symbol: "RELIANCE", product: "INV", buyQuantity: 5, sellQuantity: 5,
      netQuantity: 0)
    #expect(
      lines(ledger().reconcile(with: broker(positions: [row]))) == [
        "positions NC:2885 MISSING_INTERNALLY critical: none / 0; 5 units bought or sold today; "
          + "unpriced"
      ])
  }

  @Test func `holdings allow for trades that may or may not have settled`() {
    let expected = LedgerHolding(
      listing: "NSE", symbol: "INFY", settled: 100, moving: [20, -10, 0])
    for owned in [Quantity(100), 120, 90, 110] {
      #expect(expected.allows(owned), "\(owned)")
    }
    #expect(!expected.allows(130))
    let row = BrokerHolding(
      listing: "NSE", symbol: "INFY", demat: 60, available: 60, pledged: 30,
      averagePrice: rupees("1500"))
    #expect(
      ledger(holdings: [expected]).reconcile(with: broker(holdings: [row])).verdict == .clean)
    let short = BrokerHolding(
      listing: "NSE", symbol: "INFY", demat: 60, available: 60, averagePrice: rupees("1500"))
    #expect(
      lines(ledger(holdings: [expected]).reconcile(with: broker(holdings: [short]))) == [
        "holdings NSE:INFY QUANTITY critical: 100 / 60; -40 units; 60000.00"
      ])
  }

  @Test func `a break is gone only when it was looked at and agrees`() {
    let result = ledger(orders: [order("1", 10)], fills: [fill("1", 10, "100", "a")])
      .reconcile(with: broker(orders: [order("1", 10)]))
    func identity(_ layer: ReconciliationLayer, _ key: String, _ account: String = "asha")
      -> DiscrepancyIdentity
    {
      DiscrepancyIdentity(accountID: account, layer: layer, key: key)
    }
    #expect(result.verdict == .clean)
    #expect(result.confirmsGone(identity(.fills, "NC/1")))
    #expect(!result.confirmsGone(identity(.fills, "NC/yesterday")))
    #expect(result.confirmsGone(identity(.positions, "NC:2885")))
    #expect(!result.confirmsGone(identity(.positions, "NC:2885", "ravi")))
    #expect(!result.confirmsGone(identity(.holdings, "NSE:INFY")))
    #expect(result.confirmsGone(identity(.completeness, "orders")))
  }

  @Test func `open breaks grow with age, explained ones do not`() {
    #expect(
      [0, 1, 2, 3, 5].map { Severity.medium.raised(ageInSessions: $0) } == [
        .medium, .high, .high, .critical, .critical,
      ])
    #expect(Severity.info.raised(ageInSessions: 9) == .info)
  }
}
