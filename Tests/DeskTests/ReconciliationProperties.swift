import Testing
import TradingTime

@testable import Desk

/// Random books, always the same for the same seed.
private struct RandomBooks {
  var random: SeededRandom

  mutating func broker() -> BrokerBooks {
    BrokerBooks(
      orders: .rows((1...8).compactMap { order($0) }, receivedAt: at(100)),
      positions: .rows((1...6).compactMap { position($0) }, receivedAt: at(100)),
      holdings: .rows((1...4).compactMap { holding($0) }, receivedAt: at(100)),
      funds: .rows([], receivedAt: at(100)))
  }

  private mutating func order(_ number: Int) -> BrokerOrder? {
    guard number == 1 || Bool.random(using: &random) else { return nil }
    let quantity = Quantity.random(in: 1...3, using: &random)
    let executed = Quantity.random(in: 0...quantity, using: &random)
    return BrokerOrder(
      key: InstrumentKey(exchange: "NC", scripCode: Int64(number)), symbol: "S\(number)",
      orderID: "\(number)", side: Bool.random(using: &random) ? .buy : .sell, quantity: quantity,
      executed: executed, price: Money(rupees: Int64.random(in: 100...101, using: &random)),
      averagePrice: executed > 0
        ? Money(paise: Int64.random(in: 9990...10_010, using: &random)) : nil,
      status: executed == quantity
        ? .fullyExecuted : [.pending, .cancelled].randomElement(using: &random) ?? .pending,
      statusText: "")
  }

  private mutating func position(_ number: Int) -> BrokerPosition? {
    guard number == 1 || Bool.random(using: &random) else { return nil }
    let buys = Quantity.random(in: 0...2, using: &random)
    let sells = Quantity.random(in: 0...2, using: &random)
    let opening = Quantity.random(in: -1...1, using: &random)
    return BrokerPosition(
      key: InstrumentKey(
        exchange: number.isMultiple(of: 2) ? "NF" : "NC", scripCode: Int64(number)),
      symbol: "S\(number)", product: "", buyQuantity: buys, sellQuantity: sells,
      netQuantity: opening + buys - sells)
  }

  private mutating func holding(_ number: Int) -> BrokerHolding? {
    guard number == 1 || Bool.random(using: &random) else { return nil }
    let demat = Quantity.random(in: 1...3, using: &random)
    return BrokerHolding(listing: "NSE", symbol: "S\(number)", demat: demat, available: demat)
  }
}

extension LedgerBooks {
  /// A ledger that says exactly what the broker says.
  fileprivate init(mirroring broker: BrokerBooks) {
    self.init(
      accountID: "asha", session: day("2026-11-20"), orders: broker.orders.rows ?? [],
      fills: (broker.orders.rows ?? []).filter { $0.executed > 0 }.map {
        Fill(
          accountID: "asha", key: $0.key, orderID: $0.orderID, tradeID: "agg:\($0.executed)",
          quantity: $0.side.signed($0.executed), price: $0.averagePrice ?? .zero,
          tradedOn: day("2026-11-20"), tradedAt: at(0))
      },
      positions: (broker.positions.rows ?? []).map {
        LedgerPosition(
          key: $0.key, symbol: $0.symbol,
          opening: $0.netQuantity - $0.buyQuantity + $0.sellQuantity,
          bought: $0.buyQuantity, sold: $0.sellQuantity)
      },
      holdings: (broker.holdings.rows ?? []).map {
        LedgerHolding(listing: $0.listing, symbol: $0.symbol, settled: $0.owned)
      })
  }
}

@Suite(.timeLimit(.minutes(10))) struct `Properties of reconciliation` {
  @Test func `a book reconciled with itself has no breaks`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var books = RandomBooks(random: SeededRandom(seed: seed))
    for _ in 0..<200 {
      let broker = books.broker()
      let result = LedgerBooks(mirroring: broker).reconcile(with: broker)
      #expect(result.verdict == .clean, "seed \(seed): \(result.discrepancies)")
    }
  }

  @Test func `taking the broker's word for every break makes the books equal`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var books = RandomBooks(random: SeededRandom(seed: seed))
    for _ in 0..<200 {
      let ours = LedgerBooks(mirroring: books.broker())
      let broker = books.broker()
      let first = ours.reconcile(with: broker)
      let second = ours.takingTheBrokersWord(broker, on: first.discrepancies).reconcile(
        with: broker)
      #expect(second.discrepancies == [], "seed \(seed)")
      #expect(
        first.discrepancies.allSatisfy {
          second.confirmsGone($0.identity) || $0.identity.layer == .orders
            || $0.identity.layer == .fills
        },
        "seed \(seed)")
    }
  }

  @Test func `the same books give the same breaks in the same order`() {
    var books = RandomBooks(random: SeededRandom(seed: 7))
    let ours = LedgerBooks(mirroring: books.broker())
    let broker = books.broker()
    let results = (0..<20).map { _ in ours.reconcile(with: broker).discrepancies }
    #expect(Set(results).count == 1)
  }
}
