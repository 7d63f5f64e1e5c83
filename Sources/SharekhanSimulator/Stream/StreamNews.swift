import TradingTime

/// What is new since the last beat: prices and steps of orders.
extension Simulator {
  /// The first answer to a subscription: one list, and indices each on their own.
  func tell(_ id: Int, _ asked: [StreamSession.Watch], at now: Instant) {
    var rows: [JSON] = []
    for watch in asked {
      guard let instrument = streams[id]?.instruments[watch.name] else { continue }
      let quote = quotes.quote(instrument, at: MarketTime(now))
      streams[id]?.told[watch] = (quote.at.second, quote.last)
      let row = QuoteRow.row(quote, watch.mode, whole: true)
      if instrument.listing.isIndex {
        say(id, "indices", row, at: now)
      } else {
        rows.append(row)
      }
    }
    if !rows.isEmpty { say(id, "feed", .array(rows), at: now) }
  }

  /// One object for each share that traded since it was last told of: at a new price, or at the
  /// same one five seconds later.
  func tellTicks(to id: Int, at now: Instant) {
    guard let session = streams[id], !session.watches.isEmpty else { return }
    for watch in session.watches {
      guard let instrument = session.instruments[watch.name] else { continue }
      let quote = quotes.quote(instrument, at: MarketTime(now))
      let told = session.told[watch]
      let passed = abs(quote.at.second - (told?.second ?? .min / 2))
      guard passed >= 5 || (passed > 0 && quote.last != told?.last) else { continue }
      streams[id]?.told[watch] = (quote.at.second, quote.last)
      // Some ticks say everything again, most only what moves.
      let row = QuoteRow.row(quote, watch.mode, whole: quote.at.second % 10 == 0)
      say(id, instrument.listing.isIndex ? "indices" : "feed", row, at: now)
    }
  }

  func tellSteps(to id: Int, at now: Instant) {
    guard let session = streams[id], session.acknowledged != nil else { return }
    exchange.advance(session.account, through: now)
    tellSteps(to: id, through: now, at: now)
  }

  /// What the exchange will have confirmed in a moment, before the request for it is answered.
  func tellEarly(at now: Instant) {
    for id in streams.keys.sorted() {
      tellSteps(to: id, through: now + Order.confirmedAfter, at: now)
    }
  }

  private func tellSteps(to id: Int, through horizon: Instant, at now: Instant) {
    guard let session = streams[id], let before = session.acknowledged else { return }
    var news: [(at: Instant, row: JSON)] = []
    var told: [Int64: Int] = [:]
    for order in exchange.orders(of: session.account, at: now) {
      let first = min(order.steps.count, before[order.id] ?? 0)
      let end = max(first, order.steps(through: horizon).count)
      for index in first..<end {
        if let row = AckRow.row(order, step: index) { news.append((order.steps[index].at, row)) }
      }
      told[order.id] = end
    }
    streams[id]?.acknowledged = told
    for item in news.sorted(by: { $0.at < $1.at }) { sayStep(id, item.row, at: now) }
  }

  func steps(of account: Int, at now: Instant) -> [Int64: Int] {
    exchange.advance(account, through: now)
    let orders = exchange.orders(of: account, at: now)
    return Dictionary(
      orders.map { ($0.id, $0.steps(through: now).count) }, uniquingKeysWith: { $1 })
  }
}
