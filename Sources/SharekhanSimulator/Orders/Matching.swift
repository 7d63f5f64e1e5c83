import TradingTime

/// Meets open orders with the moving price. Pessimistic, as paper trading must be: an order trades
/// only where the price has gone through its limit by a tick, never on touch; market orders pay a
/// tick; nothing trades outside the session.
///
/// It looks at the price of every whole second after the order was confirmed, so the outcome
/// does not depend on when or how often anyone asks.
struct Matching: Sendable {
  let market: Market

  func advance(_ order: inout ClientOrder, through now: Instant) {
    guard !order.isSettled, now > order.matchedThrough else { return }
    let path = market.path(order.ticket.listing, on: order.day)
    let band = market.band(order.ticket.listing, on: order.day)
    for second in order.secondsToLookAt(through: now) where !order.isSettled {
      meet(
        &order, price: path.price(at: second), within: band,
        at: MarketTime(day: order.day, second: second).instant)
    }
    order.matchedThrough = now
    let close = MarketTime(day: order.day, second: SessionDays.close).instant
    if !order.isSettled, now >= close { order.record(.expired, at: close) }
  }

  private func meet(
    _ order: inout ClientOrder, price: Paise, within band: ClosedRange<Paise>, at instant: Instant
  ) {
    let ticket = order.ticket
    let tick = Paise(ticket.listing.tick)
    if let trigger = ticket.trigger, !order.isTriggered {
      guard ticket.side == .buy ? price >= trigger : price <= trigger else { return }
      order.record(.triggered, at: instant)
      return
    }
    // Nobody stands beyond the band.
    let touch =
      ticket.side == .buy ? min(price + tick, band.upperBound) : max(price - tick, band.lowerBound)
    let crosses = ticket.limit.map { ticket.side == .buy ? touch <= $0 : touch >= $0 } ?? true
    if crosses {
      let price = order.isFresh ? touch : ticket.limit ?? touch
      order.fill(at: price, instant)
    } else if ticket.validity == .immediate {
      order.record(.cancelled, at: instant)
    } else {
      order.isFresh = false
    }
  }
}
