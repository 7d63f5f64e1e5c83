import TradingTime

/// What is open intraday ten minutes before the close, the broker ends by itself: orders that still
/// wait are cancelled, and what is left of each position is closed at the market's price.
extension Exchange {
  /// Days on which `account` has orders to end by `now`, oldest first.
  func daysToSquareOff(_ account: Int, through now: Instant) -> [Int] {
    let ended = squaredOff[account] ?? []
    let days = Set(clientOrders(of: account).filter { $0.ticket.product == .bigTrade }.map(\.day))
    return days.subtracting(ended).filter { Exchange.squareOff(on: $0) <= now }.sorted()
  }

  static func squareOff(on day: Int) -> Instant {
    MarketTime(day: day, second: SessionDays.squareOff).instant
  }

  mutating func squareOff(_ account: Int, on day: Int) {
    let now = Exchange.squareOff(on: day)
    for var order in clientOrders(of: account)
    where order.day == day && order.ticket.product == .bigTrade && !order.isSettled {
      order.record(.cancelled, at: now)
      replace(order)
    }
    let open = positions(of: account, at: now).filter { $0.product == .bigTrade && $0.net != 0 }
    for position in open {
      guard let opener = opener(of: position, account, on: day) else { continue }
      // Numbered by what it closes: the number may not depend on when somebody looked.
      var order = Order(
        id: opener + 400_000_000, ticket: Ticket(closing: position, of: account), enteredAt: now)
      order.accept()
      append(ClientOrder(order, day: day), of: account)
    }
    squaredOff[account, default: []].insert(day)
  }

  private func opener(of position: Position, _ account: Int, on day: Int) -> Int64? {
    clientOrders(of: account).first {
      $0.day == day && $0.ticket.product == position.product
        && $0.ticket.listing == position.listing && $0.ticket.venue == position.venue
        && $0.order.latest.filled > 0
    }?.order.id
  }
}

extension Ticket {
  fileprivate init(closing position: Position, of account: Int) {
    self.init(
      account: account, listing: position.listing, venue: position.venue,
      side: position.net > 0 ? .sell : .buy, product: position.product, validity: .day,
      isAfterHours: false, channel: .terminal, channelUser: "RMS", quantity: abs(position.net),
      disclosed: 0, limit: nil, trigger: nil)
  }
}
