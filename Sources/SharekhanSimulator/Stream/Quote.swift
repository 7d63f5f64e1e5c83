/// What the exchange shows of one share at one second of a session.
struct Quote: Sendable {
  let instrument: Instrument
  let at: MarketTime
  let last, open, high, low: Paise
  /// Yesterday's.
  let close: Paise
  let mean: Int64
  let volume: Int
  let band: ClosedRange<Paise>
  let year: ClosedRange<Paise>
  private let chance: Seed

  init(_ instrument: Instrument, _ tape: Tape, _ market: Market) {
    self.instrument = instrument
    let listing = instrument.listing
    at = MarketTime(day: tape.day, second: tape.second)
    last = tape.path.price(at: tape.second)
    (open, high, low) = (tape.path.open, tape.high, tape.low)
    (mean, volume) = (tape.mean, tape.traded)
    close = market.previousClose(listing, on: tape.day)
    band = market.band(listing, on: tape.day)
    year = min(tape.year.lowerBound, low)...max(tape.year.upperBound, high)
    chance = market.seed.branch(.book, listing.nseCode << 20 | tape.day, tape.second)
  }

  /// A level of the book: the best one is a tick from the last price, where market orders trade. Nobody
  /// stands outside the day's band.
  struct Level: Sendable {
    let price: Paise
    let quantity, orders: Int
  }

  func levels(_ side: Side) -> [Level] {
    (1...5).compactMap { step in
      let away = Int64(step) * instrument.listing.tick * Int64(-side.sign)
      let draw = side == .buy ? step : 10 + step
      let price = last + Paise(away)
      guard band.contains(price), price > Paise(0) else { return nil }
      return Level(
        price: price, quantity: 25 + chance.below(1200, draw) * step,
        orders: 1 + chance.below(20, 20 + draw))
    }
  }

  var lastQuantity: Int { 1 + chance.below(250) }
  var wanted: Int { 150_000 + chance.below(400_000, 31) }
  var offered: Int { 150_000 + chance.below(400_000, 32) }
}

/// A share or index at an exchange, as subscriptions name it: `NC2885`.
struct Instrument: Sendable, Hashable {
  let venue: Venue
  let listing: Listing

  init?(_ name: String, _ days: SessionDays) {
    guard let venue = Venue(rawValue: String(name.prefix(2))), let code = Int(name.dropFirst(2)),
      let listing = Listing.find(code: code, at: venue, days)
        ?? (venue == .nse && code == Listing.nifty.nseCode ? .nifty : nil)
    else { return nil }
    (self.venue, self.listing) = (venue, listing)
  }

  var code: Int { listing.code(at: venue) }
}

/// The tapes that somebody watches. One is read again from the day's open if the clock was set back.
struct QuoteBoard: Sendable {
  let market: Market
  private var tapes: [Listing: Tape] = [:]

  init(market: Market) {
    self.market = market
  }

  /// The state of `now`; outside a session that of the last one's close.
  mutating func quote(_ instrument: Instrument, at now: MarketTime) -> Quote {
    let moment = tradedMoment(now)
    var tape = tapes[instrument.listing]
    if tape?.day != moment.day || (tape?.second ?? 0) > moment.second { tape = nil }
    var read = tape ?? Tape(instrument.listing, on: moment.day, of: market)
    read.read(through: moment.second)
    tapes[instrument.listing] = read
    return Quote(instrument, read, market)
  }

  private func tradedMoment(_ now: MarketTime) -> MarketTime {
    guard market.days.isSession(now.day), now.second >= SessionDays.open else {
      return MarketTime(day: market.days.previous(to: now.day), second: SessionDays.close)
    }
    return MarketTime(day: now.day, second: min(now.second, SessionDays.close))
  }
}
