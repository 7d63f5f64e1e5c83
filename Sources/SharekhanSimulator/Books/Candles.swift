import TradingTime

/// `GET /historical/{exchange}/{scripcode}/{interval}`: bars cut from the same prices at which
/// orders trade, oldest first, up to now. The last trade's time marks a bar, not its start.
struct Candles: Sendable {
  let market: Market
  let listing: Listing

  enum Interval: Equatable {
    case minutes(Int)
    /// Sessions that share a key belong to one bar.
    case days(Grouping)

    enum Grouping { case day, week, month, quarter, half, year }

    init?(word: String) {
      switch word {
      case "1minute", "3minute", "5minute", "10minute", "15minute", "30minute", "60minute",
        "90minute":
        self = .minutes(Int(word.dropLast(6)) ?? 1)
      case "daily": self = .days(.day)
      case "weekly": self = .days(.week)
      case "monthly": self = .days(.month)
      case "quarterly": self = .days(.quarter)
      case "halfyearly": self = .days(.half)
      case "yearly": self = .days(.year)
      default: return nil
      }
    }
  }

  func rows(_ interval: Interval, at now: Instant) -> [JSON] {
    let moment = MarketTime(now)
    switch interval {
    case .minutes(let width):
      return sessions(7, through: moment).flatMap { minutes(of: $0, width: width, until: moment) }
        .map(\.row)
    case .days(let grouping):
      let depth = grouping == .day ? 60 : 250
      let days = sessions(depth, through: moment).compactMap { whole($0, until: moment) }
      return Bar.merged(days, by: grouping).map(\.row)
    }
  }

  private func sessions(_ count: Int, through moment: MarketTime) -> [Int] {
    var day = moment.day
    if !market.days.isSession(day) || moment.second < SessionDays.open {
      day = market.days.previous(to: day)
    }
    var days = [day]
    while days.count < count { days.append(market.days.previous(to: days[days.count - 1])) }
    return days.reversed()
  }

  private func minutes(of day: Int, width: Int, until now: MarketTime) -> [Bar] {
    let path = market.path(listing, on: day)
    let volume = market.volume(listing, on: day)
    let end = now.day > day ? SessionDays.close : min(now.second + 1, SessionDays.close)
    return stride(from: SessionDays.open, to: end, by: width * 60).map { start in
      let last = min(start + width * 60, SessionDays.close, end) - 1
      return bar(
        path, from: start, through: last, day: day, volume: volume, every: now.day == day)
    }
  }

  private func whole(_ day: Int, until now: MarketTime) -> Bar? {
    let isOver = now.day > day || now.second >= SessionDays.close
    let last = isOver ? SessionDays.close : now.second
    guard last >= SessionDays.open else { return nil }
    if isOver, let real = market.recordedBar(listing, on: day) { return Bar(day: day, real) }
    return bar(
      market.path(listing, on: day), from: SessionDays.open, through: last, day: day,
      volume: market.volume(listing, on: day), every: now.day == day)
  }

  /// Today's highs and lows are those of the feed, which looks at every second. On days before
  /// they are sought at the same seconds of the clock whatever the width, each minute's last among
  /// them, so wide bars cover narrow ones. The day's volume is spread evenly.
  private func bar(
    _ path: DayPath, from start: Int, through last: Int, day: Int, volume: Int, every: Bool
  ) -> Bar {
    var bar = Bar(day: day, first: path.price(at: start))
    if every {
      path.scan(start...max(start, last)) { bar.add($0) }
    } else {
      for second in start..<max(start, last) where second % 20 == 0 || second % 60 == 59 {
        bar.add(path.price(at: second))
      }
      bar.add(path.price(at: last))
    }
    func traded(by second: Int) -> Int {
      volume * min(second - SessionDays.open, SessionDays.length) / SessionDays.length
    }
    bar.quantity = traded(by: last + 1) - traded(by: start)
    bar.lastSecond = min(last, SessionDays.close)
    return bar
  }
}

extension Candles {
  struct Bar: Sendable, Equatable {
    var day: Int
    let open: Paise
    var high: Paise
    var low: Paise
    var close: Paise
    var quantity = 0
    var lastSecond = 0

    init(day: Int, first: Paise) {
      self.day = day
      (open, high, low, close) = (first, first, first, first)
    }

    init(day: Int, _ real: RecordedPrices.Bar) {
      self.day = day
      (open, high, low, close) = (real.open, real.high, real.low, real.close)
      (quantity, lastSecond) = (real.volume, SessionDays.close)
    }

    mutating func add(_ price: Paise) {
      high = max(high, price)
      low = min(low, price)
      close = price
    }

    var row: JSON {
      let moment = MarketTime(day: day, second: lastSecond)
      return [
        "open": .amount(open), "high": .amount(high), "low": .amount(low),
        "close": .amount(close), "qty": .int(quantity), "tradeTime": .string(moment.clock),
        "tradeDate": .string(moment.candleDate),
      ]
    }

    static func merged(_ bars: [Bar], by grouping: Interval.Grouping) -> [Bar] {
      bars.reduce(into: []) { merged, bar in
        guard let last = merged.last, grouping.joins(last.day, bar.day) else {
          merged.append(bar)
          return
        }
        var joined = last
        joined.high = max(last.high, bar.high)
        joined.low = min(last.low, bar.low)
        (joined.close, joined.day, joined.lastSecond) = (bar.close, bar.day, bar.lastSecond)
        joined.quantity += bar.quantity
        merged[merged.count - 1] = joined
      }
    }
  }
}

extension Candles.Interval.Grouping {
  fileprivate func joins(_ one: Int, _ other: Int) -> Bool {
    key(one) == key(other)
  }

  private func key(_ day: Int) -> Int {
    let date = CivilDate(daysSinceEpoch: day)
    return switch self {
    case .day: day
    case .week: (day + 3) / 7
    case .month: date.year * 12 + date.month
    case .quarter: date.year * 4 + (date.month - 1) / 3
    case .half: date.year * 2 + (date.month - 1) / 6
    case .year: date.year
    }
  }
}
