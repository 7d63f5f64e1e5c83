import TradingTime

/// The price of every listed share at every instant, past or to come: a pure function of the
/// seed, the share and the instant. Asking twice, in any order, gives the same answer.
///
/// From day to day the price wanders around its base (several octaves of noise over the calendar,
/// about one percent a day). Within a session it follows a Brownian bridge from the day's open to
/// its close, a new price each second; outside sessions it stands still. Where real prices were
/// given, open, high, low and close are theirs.
struct Market: Sendable {
  let seed: Seed
  let days: SessionDays
  private let recorded: RecordedPrices

  init(seed: UInt64, recorded: RecordedPrices = .none) {
    self.seed = Seed(seed)
    self.recorded = recorded
    days = SessionDays(recorded: recorded.days)
  }

  func price(_ listing: Listing, at instant: Instant) -> Paise {
    price(listing, at: MarketTime(instant))
  }

  func price(_ listing: Listing, at moment: MarketTime) -> Paise {
    guard days.isSession(moment.day), moment.second >= SessionDays.open else {
      return previousClose(listing, on: moment.day)
    }
    return path(listing, on: moment.day).price(at: moment.second)
  }

  /// The close of the last session before `day`.
  func previousClose(_ listing: Listing, on day: Int) -> Paise {
    if let contract = listing.contract {
      return contract.price(
        spot: previousClose(underlying(contract), on: day), on: days.previous(to: day),
        at: SessionDays.close)
    }
    if let bar = recorded.bar(listing.symbol, on: day) { return bar.previousClose }
    return close(listing, on: days.previous(to: day))
  }

  func path(_ listing: Listing, on day: Int) -> DayPath {
    if let contract = listing.contract {
      var path = path(underlying(contract), on: day)
      path.contract = contract
      return path
    }
    let noise = seed.branch(.path, listing.nseCode, day)
    if let bar = recorded.bar(listing.symbol, on: day) {
      return DayPath(
        day: day, first: bar.open, last: bar.close, range: bar.low...max(bar.low, bar.high),
        tick: listing.tick, noise: noise)
    }
    let previous = previousClose(listing, on: day)
    let gap = previous.count * Int64(noise.signedMillionths(-1)) / 250_000_000
    let open = (previous + Paise(gap)).rounded(toTick: listing.tick)
    return DayPath(
      day: day, first: open, last: close(listing, on: day),
      range: Market.band(around: previous, tick: listing.tick), tick: listing.tick, noise: noise)
  }

  /// The exchange's price band: a fifth up or down from the previous close.
  static func band(around previous: Paise, tick: Int64) -> ClosedRange<Paise> {
    let low = (previous.count * 80 / 100 + tick - 1) / tick * tick
    let high = previous.count * 120 / 100 / tick * tick
    return Paise(low)...Paise(max(low, high))
  }

  /// Within which an order's price must lie. Options may multiply in a day, so theirs is wider.
  func band(_ listing: Listing, on day: Int) -> ClosedRange<Paise> {
    let previous = previousClose(listing, on: day)
    guard let contract = listing.contract, contract.option != nil else {
      return Market.band(around: previous, tick: listing.tick)
    }
    let fifth = previousClose(underlying(contract), on: day).count / 5 / 5 * 5
    return Paise(5)...(previous + Paise(fifth))
  }

  private func underlying(_ contract: Contract) -> Listing {
    contract.isOnIndex
      ? .nifty : Listing.find(code: contract.underlying, at: .nse, days) ?? .nifty
  }

  func recordedBar(_ listing: Listing, on day: Int) -> RecordedPrices.Bar? {
    listing.contract == nil ? recorded.bar(listing.symbol, on: day) : nil
  }

  func volume(_ listing: Listing, on day: Int) -> Int {
    if let contract = listing.contract {
      let lots = contract.option == nil ? 20_000 : 6_000
      return contract.lot * lots * (60 + seed.branch(.volume, listing.nseCode, day).below(81)) / 100
    }
    if let bar = recorded.bar(listing.symbol, on: day) { return bar.volume }
    let turnover: Int64 = 900_00_00_000_00
    let usual = Int(turnover / listing.basePrice.count)
    return usual * (60 + seed.branch(.volume, listing.nseCode, day).below(81)) / 100
  }

  private func close(_ listing: Listing, on day: Int) -> Paise {
    if let bar = recorded.bar(listing.symbol, on: day) { return bar.close }
    let anchor = anchor(listing, for: day)
    let drift = Drift(seed, listing)
    let scaled =
      anchor.price.count * Int64(1_000_000 + drift.millionths(on: day))
      / Int64(1_000_000 + drift.millionths(on: anchor.day))
    return Paise(max(listing.tick, scaled)).rounded(toTick: listing.tick)
  }

  /// The real price nearest before `day`, so that simulated days continue the recorded ones.
  private func anchor(_ listing: Listing, for day: Int) -> (day: Int, price: Paise) {
    if let last = recorded.lastDay(listing.symbol, through: day),
      let bar = recorded.bar(listing.symbol, on: last)
    {
      return (last, bar.close)
    }
    if let first = recorded.firstDay(listing.symbol),
      let bar = recorded.bar(listing.symbol, on: first)
    {
      return (days.previous(to: first), bar.previousClose)
    }
    return (0, listing.basePrice)
  }
}
