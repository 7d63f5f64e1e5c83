import Desk
import TradingTime

/// A row as names and texts, so that what is read today can be held against what stands in a table.
struct ReplayedRow: Sendable, Equatable {
  let name: String
  let fields: [(name: String, text: String)]

  static func == (left: Self, right: Self) -> Bool {
    left.name == right.name && left.fields.elementsEqual(right.fields, by: ==)
  }

  /// `executed 100, now 90; status pending, now cancelled`
  func difference(to now: ReplayedRow) -> String {
    zip(fields, now.fields).filter { $0.0.text != $0.1.text }
      .map { "\($0.0.name) \($0.0.text), now \($0.1.text)" }.joined(separator: "; ")
  }

  init(_ name: String, _ fields: [(String, (any CustomStringConvertible)?)]) {
    self.name = name
    self.fields = fields.map { ($0.0, $0.1.map { "\($0)" } ?? "nothing") }
  }
}

extension ReplayedRow {
  init(_ row: BrokerOrder) {
    self.init(
      row.name,
      [
        ("instrument", row.key), ("symbol", row.symbol), ("product", row.product),
        ("exchange order", row.exchangeOrderID), ("side", row.side.rawValue),
        ("quantity", row.quantity), ("executed", row.executed), ("price", row.price),
        ("trigger", row.triggerPrice), ("average", row.averagePrice), ("status", row.status.word),
        ("status text", row.statusText), ("request", row.requestStatus), ("channel", row.channel),
        ("ordered", row.orderedAt), ("updated", row.updatedAt), ("message", row.message),
      ])
  }

  init(_ row: BrokerPosition) {
    self.init(
      "\(row.key)/\(row.product)",
      [
        ("symbol", row.symbol), ("bought", row.buyQuantity), ("buy average", row.buyAverage),
        ("sold", row.sellQuantity), ("sell average", row.sellAverage), ("net", row.netQuantity),
        ("average", row.averagePrice), ("booked", row.bookedProfit),
        ("unrealised", row.unrealisedProfit),
      ])
  }

  init(_ row: BrokerHolding) {
    self.init(
      row.name,
      [
        ("demat", row.demat), ("available", row.available), ("receivable", row.receivable),
        ("pledged", row.pledged), ("financed", row.financed), ("average", row.averagePrice),
      ])
  }

  init(_ row: BrokerFunds) {
    let figures = row.figures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    self.init(
      row.exchange, [("cash", row.cash), ("figures", figures.joined(separator: ", "))])
  }

  init(_ row: Instrument) {
    self.init(
      row.key.description,
      [
        ("symbol", row.symbol), ("name", row.name), ("kind", row.kind.rawValue),
        ("isin", row.isin), ("lot", row.lotSize), ("tick", row.tickSize),
        ("freeze", row.freezeQuantity), ("expiry", row.expiresOn), ("strike", row.strike),
        ("right", row.right?.rawValue),
      ])
  }

  init(_ row: BrokerTrade) {
    self.init(
      "\(row.key.exchange)/\(row.orderID)/\(row.tradeID)",
      [
        ("instrument", row.key), ("quantity", row.quantity), ("price", row.price),
        ("traded", row.tradedAt),
      ])
  }

  init(_ row: Fill) {
    self.init(
      "\(row.key.exchange)/\(row.orderID)/\(row.tradeID)",
      [
        ("instrument", row.key), ("quantity", row.quantity), ("price", row.price),
        ("traded", row.tradedAt),
      ])
  }
}
