import TradingTime

/// One account's books at one instant, as routes.
struct Books {
  let exchange: Exchange
  let account: Int
  let now: Instant

  /// `path` is what follows the REST root.
  func answer(_ path: [String], to request: WireRequest, customer: String) -> WireAnswer {
    let isOrderPath = path.count > 3
    switch (request.method, path[0], path.count) {
    case ("GET", "historical", 4): return candles(path[1], path[2], path[3])
    case ("GET", "trades", 2), ("GET", "holdings", 2), ("GET", "reports", 2),
      ("GET", "limitstmt", 3), ("GET", "reports", 4), ("GET", "reports", 5),
      ("GET", "orders", 5):
      guard path[isOrderPath ? 2 : path.count - 1] == customer else {
        return Envelope.accessDenied
      }
    default: return Envelope.notFound(request.path)
    }
    switch (path[0], path.count) {
    case ("trades", _): return positions
    case ("holdings", _): return holdings
    case ("limitstmt", _): return funds(path[1])
    case ("reports", 2): return dayBook
    case ("reports", 4): return history(path[1], path[3])
    case (_, 5) where path[4] == "trades": return trades(path[1], path[3])
    default: return Envelope.notFound(request.path)
    }
  }

  private var positions: WireAnswer {
    let rows = exchange.positions(of: account, at: now).map {
      PositionRow.row($0, lastPrice: exchange.market.price($0.listing, at: now))
    }
    return Envelope.rows("trades", rows, at: now)
  }

  private var holdings: WireAnswer {
    let rows = exchange.holdings(of: account, at: now).map {
      HoldingRow.row($0, account: account)
    }
    return Envelope.rows("holdings", rows, at: now)
  }

  private func funds(_ ledger: String) -> WireAnswer {
    let row =
      switch ledger {
      case "NC", "BC", "NF", "BF", "NSE":
        FundsRow.row(exchange.funds(of: account, at: now), account: account)
      default: FundsRow.empty(account: account)
      }
    return Envelope.rows("limit_statement", [row], at: now)
  }

  private var dayBook: WireAnswer {
    let rows = exchange.orders(of: account, at: now).compactMap {
      DayBookRow.row($0, at: MarketTime(now))
    }
    return Envelope.rows("orders_history", rows, at: now)
  }

  private func history(_ venue: String, _ id: String) -> WireAnswer {
    let rows = order(venue, id).map {
      HistoryRow.rows($0, through: MarketTime(now), seed: exchange.market.seed)
    }
    return Envelope.rows("order_history", rows ?? [], at: now)
  }

  private func trades(_ venue: String, _ id: String) -> WireAnswer {
    let rows = order(venue, id).map { order in
      order.fills(through: now).map { TradeRow.row($0, of: order) }
    }
    return Envelope.rows("trade_history", rows ?? [], at: now)
  }

  private func order(_ venue: String, _ id: String) -> Order? {
    let order = Int64(id).flatMap { exchange.order($0, of: account, at: now) }
    return order?.entry.ticket.venue.rawValue == venue ? order : nil
  }

  private func candles(_ venue: String, _ code: String, _ word: String) -> WireAnswer {
    guard let interval = Candles.Interval(word: word) else {
      return Envelope.refused("Invalid Chart Period")
    }
    guard let venue = Venue(rawValue: venue), let code = Int(code),
      let listing = Listing.find(code: code, at: venue, exchange.market.days)
    else { return Envelope.rows("chart", [], at: now) }
    let candles = Candles(market: exchange.market, listing: listing)
    return Envelope.rows("chart", candles.rows(interval, at: now), at: now)
  }
}
