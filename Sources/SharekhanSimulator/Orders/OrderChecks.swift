import TradingTime

/// Why the risk server would turn an order down. The texts are ours; the broker's were never seen.
struct OrderChecks {
  let exchange: Exchange
  let now: Instant

  func objection(to ticket: Ticket) -> String? {
    objection(toTimeOf: ticket) ?? objection(toTermOf: ticket) ?? objection(toShapeOf: ticket)
      ?? objection(toCostOf: ticket)
  }

  private func objection(toTimeOf ticket: Ticket) -> String? {
    let isOpen = exchange.market.days.isOpen(MarketTime(now))
    guard isOpen == !ticket.isAfterHours else {
      return isOpen ? "After market order not allowed in market hours" : "Market is closed"
    }
    let isLate = isOpen && MarketTime(now).second >= SessionDays.squareOff
    return isLate && ticket.product == .bigTrade ? "Intraday orders are closed for today" : nil
  }

  /// An order after hours is for the next session, whose band and contracts it must fit.
  private var day: Int { exchange.workingDay(for: now) }

  private func objection(toTermOf ticket: Ticket) -> String? {
    guard let contract = ticket.listing.contract else { return nil }
    let days = exchange.market.days
    if contract.expiry < day { return "Contract has expired" }
    let last = Expiries.months(on: day, days).last.map { Expiries.last(of: $0, days) } ?? day
    return contract.expiry <= last ? nil : "Contract is not available"
  }

  /// Quantity, tick and price band.
  func objection(toShapeOf ticket: Ticket) -> String? {
    guard ticket.quantity > 0, ticket.quantity <= 1_000_000 else {
      return "Quantity should be between 1 and 1000000"
    }
    if let lot = ticket.listing.contract?.lot, ticket.quantity % lot != 0 {
      return "Quantity should be in multiples of \(lot)"
    }
    guard (0...ticket.quantity).contains(ticket.disclosed) else {
      return "Disclosed quantity should not exceed quantity"
    }
    let band = exchange.market.band(ticket.listing, on: day)
    for price in [ticket.limit, ticket.trigger].compactMap({ $0 }) {
      guard price.count % ticket.listing.tick == 0 else {
        return OrderChecks.offTick(ticket.listing)
      }
      guard band.contains(price) else {
        return "Price is outside the range \(band.lowerBound.text) - \(band.upperBound.text)"
      }
    }
    return nil
  }

  static func offTick(_ listing: Listing) -> String {
    "Price should be in multiples of \(Paise(listing.tick).text)"
  }

  func objection(toCostOf ticket: Ticket) -> String? {
    if ticket.side == .sell, ticket.isDelivery {
      let free = saleable(ticket.listing, of: ticket.account)
      return ticket.quantity <= free ? nil : "Insufficient holdings: \(free) available"
    }
    let opening = max(0, ticket.quantity - exchange.closable(by: ticket, at: now))
    let price = ticket.limit ?? exchange.market.price(ticket.listing, at: now)
    let need = exchange.need(ticket, price: price, quantity: opening)
    let available = exchange.funds(of: ticket.account, at: now).available
    return need <= available ? nil : "Insufficient funds: \(available.text) available"
  }

  /// In the demat account, on its way there, or bought today, less what was sold or is asked to be.
  private func saleable(_ listing: Listing, of account: Int) -> Int {
    let holding = exchange.holdings(of: account, at: now).first { $0.listing == listing }
    let today = exchange.positions(of: account, at: now)
      .filter { $0.listing == listing && $0.product == .investment }
      .reduce(0) { $0 + $1.net }
    let asked = exchange.orders(of: account, at: now).compactMap { $0.latest(at: now) }
      .filter {
        !$0.isFinal && $0.ticket.listing == listing && $0.ticket.side == .sell
          && $0.ticket.product == .investment
      }
      .reduce(0) { $0 + $1.open }
    return max(0, (holding?.inDemat ?? 0) + (holding?.receivable ?? 0) + today - asked)
  }
}
