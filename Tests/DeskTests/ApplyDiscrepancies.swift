import TradingTime

@testable import Desk

extension LedgerBooks {
  /// Takes the broker's word for every break, to state the property that the breaks are the whole
  /// difference. No unit does this: only a person may adjust the ledger.
  func takingTheBrokersWord(_ broker: BrokerBooks, on breaks: [Discrepancy]) -> LedgerBooks {
    var books = self
    for identity in breaks.map(\.identity) {
      switch identity.layer {
      case .orders:
        books.orders.removeAll { $0.name == identity.key }
        books.orders += (broker.orders.rows ?? []).filter { $0.name == identity.key }
      case .fills: books.replaceFills(identity.key, from: broker)
      case .positions: books.replacePosition(identity.key, from: broker)
      case .holdings: books.replaceHolding(identity.key, from: broker)
      case .completeness, .cash: break
      }
    }
    return books
  }

  private mutating func replaceFills(_ name: String, from broker: BrokerBooks) {
    fills.removeAll { "\($0.key.exchange)/\($0.orderID)" == name }
    for order in (broker.orders.rows ?? []) where order.name == name && order.executed > 0 {
      fills.append(
        Fill(
          accountID: accountID, key: order.key, orderID: order.orderID, tradeID: "broker",
          quantity: order.side.signed(order.executed), price: order.averagePrice ?? .zero,
          tradedOn: session, tradedAt: Instant(microseconds: 0)))
    }
  }

  private mutating func replacePosition(_ name: String, from broker: BrokerBooks) {
    positions.removeAll { $0.key.description == name }
    for row in (broker.positions.rows ?? []) where row.key.description == name {
      positions.append(
        LedgerPosition(
          key: row.key, symbol: row.symbol,
          opening: row.netQuantity - row.buyQuantity + row.sellQuantity, bought: row.buyQuantity,
          sold: row.sellQuantity))
    }
  }

  private mutating func replaceHolding(_ name: String, from broker: BrokerBooks) {
    holdings?.removeAll { $0.name == name }
    for row in (broker.holdings.rows ?? []) where row.name == name {
      holdings?.append(
        LedgerHolding(listing: row.listing, symbol: row.symbol, settled: row.owned))
    }
  }
}
