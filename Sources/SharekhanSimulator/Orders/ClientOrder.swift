import TradingTime

/// An order that came over the wire, with what matching must remember between two looks.
struct ClientOrder: Sendable {
  private(set) var order: Order
  /// The session in which it works; at that session's close it expires.
  let day: Int
  /// Every price up to here has been looked at.
  var matchedThrough: Instant
  /// Not yet offered to the market since it came or was changed: it may still take a better price
  /// than its limit. Once it rests, others come to it and it gets its limit.
  var isFresh = true

  init(_ order: Order, day: Int) {
    self.order = order
    self.day = day
    matchedThrough = order.latest.at
  }

  var ticket: Ticket { order.latest.ticket }
  var isSettled: Bool { order.latest.isFinal }

  var isTriggered: Bool {
    order.steps.contains { $0.change == .triggered }
  }

  /// The whole seconds of its session that have come since the last look.
  func secondsToLookAt(through now: Instant) -> Range<Int> {
    let (looked, present) = (MarketTime(matchedThrough), MarketTime(now))
    let first = looked.day < day ? SessionDays.open : max(looked.second + 1, SessionDays.open)
    let end = present.day > day ? SessionDays.close : min(present.second + 1, SessionDays.close)
    guard looked.day <= day, present.day >= day, first < end else { return first..<first }
    return first..<end
  }

  mutating func record(_ change: OrderStep.Change, at instant: Instant) {
    order.append(change, at: instant)
  }

  /// Large orders meet two counterparties, a second apart; contracts trade in whole lots.
  mutating func fill(at price: Paise, _ instant: Instant) {
    let open = order.latest.open
    let isFirst = order.latest.filled == 0
    let lot = ticket.listing.contract?.lot ?? 1
    let part = open * 7 / 8 / lot * lot
    let quantity = isFirst && open >= 100 && part > 0 ? part : open
    order.append(
      .filled(number: order.fills(through: instant).count + 1, quantity: quantity, price: price),
      at: instant)
  }

  mutating func modify(_ ticket: Ticket, at instant: Instant) {
    order.append(.modified, ticket: ticket, at: instant)
    matchedThrough = instant
    isFresh = true
  }

  /// Takes the order back to `instant`, in case the clock was set back since it was last matched.
  mutating func rewind(to instant: Instant) {
    guard matchedThrough > instant else { return }
    order.forget(after: instant)
    matchedThrough = instant
  }
}
