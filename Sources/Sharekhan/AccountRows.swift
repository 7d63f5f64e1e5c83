import Desk

/// `GET /trades/{customer}`: the net positions, whatever the path says.
extension BrokerPosition {
  init(_ row: Row) throws {
    let bought = try row.quantity("buyQty") ?? 0
    let sold = try row.quantity("sellQty") ?? 0
    self.init(
      key: try row.instrumentKey(), symbol: row.text("tradingSymbol") ?? "",
      product: row.text("productType", "productCode") ?? "",
      buyQuantity: bought, buyAverage: try row.price("buyRate"),
      sellQuantity: sold, sellAverage: try row.price("sellRate"),
      netQuantity: try row.quantity(required: "netQty"), averagePrice: try row.price("avgPrice"),
      bookedProfit: try row.money("bpl"), unrealisedProfit: try row.money("mtm"))
  }
}

/// `GET /holdings/{customer}`: quantities as texts and numbers mixed, the exchange by its long
/// name.
extension BrokerHolding {
  init(_ row: Row) throws {
    self.init(
      listing: try row.text(required: "exchange"), symbol: try row.text(required: "tradingSymbol"),
      demat: try row.quantity(required: "dp"), available: try row.quantity(required: "aval"),
      receivable: try row.quantity("receivable") ?? 0, pledged: try row.quantity("pledge") ?? 0,
      financed: try row.quantity("mf") ?? 0, averagePrice: try row.price("holdPrice"))
  }
}

/// `GET /limitstmt/{exchange}/{customer}`: one row of amounts under the broker's own names, of which
/// only the cash must read: what else the broker adds may be no amount at all.
extension BrokerFunds {
  init(_ row: Row, exchange: String) throws {
    guard case .object(let members) = row.json else { throw row.unreadable("row", row.json.shown) }
    var figures: [String: Money] = [:]
    for member in members where !notAmounts.contains(member.key) {
      figures[member.key] = try? row.money(member.key)
    }
    self.init(exchange: exchange, cash: try row.money("currentCashBalance"), figures: figures)
  }
}

private let notAmounts: Set<String> = ["customerId", "exchange", "loginId", "clientName"]
