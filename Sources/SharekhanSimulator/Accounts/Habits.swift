import TradingTime

/// What each simulated person owns and does, as a pure function of seed, account and date, so that
/// a thousand accounts cost nothing until someone asks.
///
/// Everyone holds seven shares. How many of each follows from the date alone; the difference
/// between one session and the next is that day's delivery order, so holdings carried overnight
/// and fills always add up. Besides, everyone makes three intraday round trips, flat again before
/// the close, and gives one order too far from the market, cancelled later.
struct Habits: Sendable {
  let market: Market
  let account: Int

  private var seed: Seed { market.seed }

  /// Steps of seven visit seven different shares of twenty-five.
  var held: [Listing] {
    let first = seed.branch(.holding, account).below(Listing.all.count)
    return (0..<7).map { Listing.all[(first + $0 * 7) % Listing.all.count] }
  }

  /// Shares owned when the session of `day` begins, today's own orders not counted. They change in
  /// steps of five every fourth day or so, each share on days of its own.
  func owned(_ listing: Listing, on day: Int) -> Int {
    let fixed = seed.branch(.holding, account, listing.nseCode)
    let block = (day + fixed.below(4, 1)) / 4
    let steps = seed.branch(.holdingSteps, account, listing.nseCode).below(9, block)
    return 120 + 5 * fixed.below(21, 2) + 5 * steps
  }

  /// What the holding cost on average: where the share stood around some earlier day.
  func cost(_ listing: Listing) -> Paise {
    let percent = 82 + seed.branch(.holdingCost, account, listing.nseCode).below(25)
    return Paise(listing.basePrice.count * Int64(percent) / 100)
  }

  /// The day's orders in the order of their entry.
  func orders(on day: Int) -> [Order] {
    guard market.days.isSession(day) else { return [] }
    let drafts = deliveries(on: day) + roundTrips(on: day) + [cancelled(on: day)]
    return drafts.sorted { $0.key < $1.key }.enumerated().map { index, draft in
      order(draft, id: Habits.orderID(account: account, day: day, number: index), on: day)
    }
  }

  /// Nine digits, unique over accounts and years, growing with the time of day.
  private static func orderID(account: Int, day: Int, number: Int) -> Int64 {
    100_000_000 + Int64(day % 4000) * 20_000 + Int64(account) * 20 + Int64(number)
  }

  private func deliveries(on day: Int) -> [Draft] {
    let tomorrow = market.days.next(after: day)
    return held.compactMap { listing in
      let change = owned(listing, on: tomorrow) - owned(listing, on: day)
      guard change != 0 else { return nil }
      let chance = seed.branch(.delivery, account, day)
      return Draft(
        second: 9 * 3600 + 20 * 60 + chance.below(5 * 3600 + 2400, listing.nseCode),
        listing: listing, side: change > 0 ? .buy : .sell, quantity: abs(change),
        product: .investment, distance: 40)
    }
  }

  private func roundTrips(on day: Int) -> [Draft] {
    let chance = seed.branch(.roundTrip, account, day)
    return (0..<3).flatMap { trip -> [Draft] in
      let listing = Listing.all[
        (chance.below(Listing.all.count) + trip * 3) % Listing.all.count]
      let entry = 9 * 3600 + 18 * 60 + chance.below(3 * 3600, 10 + trip)
      let exit = entry + 20 * 60 + chance.below(2 * 3600, 20 + trip)
      let quantity = 25 * (1 + chance.below(8, 30 + trip))
      let side: Side = chance.below(3, 40 + trip) == 0 ? .sell : .buy
      return [
        Draft(
          second: entry, listing: listing, side: side, quantity: quantity, product: .bigTrade,
          distance: 40),
        Draft(
          second: exit, listing: listing, side: side == .buy ? .sell : .buy, quantity: quantity,
          product: .bigTrade, distance: 40),
      ]
    }
  }

  private func cancelled(on day: Int) -> Draft {
    let chance = seed.branch(.cancelled, account, day)
    return Draft(
      second: 10 * 3600 + chance.below(3 * 3600), listing: held[chance.below(7, 1)], side: .buy,
      quantity: 10 * (1 + chance.below(9, 2)), product: .investment, distance: 700,
      cancelledAfter: 1800 + chance.below(3600, 3))
  }

  private func order(_ draft: Draft, id: Int64, on day: Int) -> Order {
    let entered = MarketTime(day: day, second: draft.second)
    let path = market.path(draft.listing, on: day)
    let tick = draft.listing.tick
    let met = path.price(at: draft.second + 1)
    let away = met.count * Int64(draft.distance) / 10_000 * Int64(draft.side.sign)
    let limit = Paise(draft.cancelledAfter == nil ? met.count + away : met.count - away)
    let ticket = Ticket(
      account: account, listing: draft.listing, venue: .nse, side: draft.side,
      product: draft.product, validity: .day, isAfterHours: false, channel: .terminal,
      channelUser: Accounts.login(account), quantity: draft.quantity, disclosed: 0,
      limit: limit.rounded(toTick: tick), trigger: nil)
    var order = Order(id: id, ticket: ticket, enteredAt: entered.instant)
    order.accept()
    if let wait = draft.cancelledAfter {
      order.append(.cancelled, at: MarketTime(day: day, second: draft.second + wait).instant)
      return order
    }
    fill(&order, draft, path, on: day)
    return order
  }

  /// Seven eighths at once, the rest a second later, as books of real days show it.
  private func fill(_ order: inout Order, _ draft: Draft, _ path: DayPath, on day: Int) {
    let first = draft.quantity >= 100 ? draft.quantity * 7 / 8 : draft.quantity
    for (index, quantity) in [first, draft.quantity - first].enumerated() where quantity > 0 {
      let second = draft.second + 1 + index
      order.append(
        .filled(number: index + 1, quantity: quantity, price: path.price(at: second)),
        at: MarketTime(day: day, second: second).instant)
    }
  }
}

/// An order in someone's mind, before it is priced and numbered.
private struct Draft {
  let second: Int
  let listing: Listing
  let side: Side
  let quantity: Int
  let product: Product
  /// From the market's price to the limit, in hundredths of a percent.
  let distance: Int
  var cancelledAfter: Int?

  var key: Int { second << 16 | listing.nseCode }
}
