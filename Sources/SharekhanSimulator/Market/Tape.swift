/// One share's session so far, read second by second: what no single price tells, such as the
/// day's high. It only ever reads on, so a high once shown never sinks.
struct Tape: Sendable {
  let day: Int
  let path: DayPath
  let volume: Int
  /// The highest and lowest close of the 250 sessions before.
  let year: ClosedRange<Paise>
  private(set) var second = SessionDays.open
  private(set) var high: Paise
  private(set) var low: Paise
  private var sum: Int64

  init(_ listing: Listing, on day: Int, of market: Market) {
    self.day = day
    path = market.path(listing, on: day)
    volume = market.volume(listing, on: day)
    (high, low, sum) = (path.open, path.open, path.open.count)
    var closes: [Paise] = []
    var before = day
    for _ in 0..<250 {
      closes.append(market.previousClose(listing, on: before))
      before = market.days.previous(to: before)
    }
    year = (closes.min() ?? path.open)...(closes.max() ?? path.open)
  }

  mutating func read(through second: Int) {
    guard self.second < second else { return }
    var (high, low, sum) = (high, low, sum)
    path.scan(self.second + 1...second) { price in
      high = max(high, price)
      low = min(low, price)
      sum += price.count
    }
    (self.high, self.low, self.sum, self.second) = (high, low, sum, second)
  }

  /// The day's mean price, weighted by volume, which is spread evenly; in hundredths of a paisa.
  var mean: Int64 { sum * 100 / Int64(second - SessionDays.open + 1) }

  /// As the candles have it.
  var traded: Int { volume * (second - SessionDays.open) / SessionDays.length }
}
