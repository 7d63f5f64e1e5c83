import TradingTime

/// What an exchange really printed, day by day, from a file of end-of-day prices.
package struct RecordedPrices: Sendable {
  struct Bar: Sendable, Equatable {
    let open, high, low, close, previousClose: Paise
    let volume: Int
  }

  private let bars: [String: [Int: Bar]]
  let days: Set<Int>

  package static let none = RecordedPrices(bars: [:])

  private init(bars: [String: [Int: Bar]]) {
    self.bars = bars
    days = Set(bars.values.flatMap(\.keys))
  }

  func bar(_ symbol: String, on day: Int) -> Bar? {
    bars[symbol]?[day]
  }

  func hasAny(_ symbol: String) -> Bool {
    bars[symbol] != nil
  }

  /// The last recorded day not after `day`.
  func lastDay(_ symbol: String, through day: Int) -> Int? {
    bars[symbol]?.keys.filter { $0 <= day }.max()
  }

  func firstDay(_ symbol: String) -> Int? {
    bars[symbol]?.keys.min()
  }

  /// Reads CSV with the columns `session,symbol,series,open,high,low,close,last,prev_close,volume`
  /// (more may follow), header first. Rows of other series than EQ and of shares not listed here
  /// are passed over; a row that cannot be read is an error.
  package init(csv: String) throws(PriceFileError) {
    let listed = Set(Listing.all.map(\.symbol))
    var bars: [String: [Int: Bar]] = [:]
    for (index, line) in csv.split(whereSeparator: \.isNewline).enumerated() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if index == 0 {
        guard cells.starts(with: RecordedPrices.columns) else {
          throw PriceFileError(line: 1, text: String(line), expected: RecordedPrices.heading)
        }
        continue
      }
      guard cells.count >= RecordedPrices.columns.count else {
        throw PriceFileError(line: index + 1, text: String(line), expected: RecordedPrices.heading)
      }
      guard cells[2] == "EQ", listed.contains(cells[1]) else { continue }
      guard let date = CivilDate(cells[0]), let bar = Bar(cells) else {
        throw PriceFileError(
          line: index + 1, text: String(line), expected: "a date, positive prices and a volume")
      }
      bars[cells[1], default: [:]][date.daysSinceEpoch] = bar
    }
    self.init(bars: bars)
  }

  private static let columns = [
    "session", "symbol", "series", "open", "high", "low", "close", "last", "prev_close", "volume",
  ]
  private static let heading = "the columns " + columns.joined(separator: ",")
}

extension RecordedPrices.Bar {
  fileprivate init?(_ cells: [String]) {
    let prices = [3, 4, 5, 6, 8].compactMap { Paise(text: cells[$0]) }
    guard prices.count == 5, prices.allSatisfy({ $0.count > 0 }), let volume = Int(cells[9]) else {
      return nil
    }
    self.init(
      open: prices[0], high: prices[1], low: prices[2], close: prices[3],
      previousClose: prices[4], volume: volume)
  }
}

package struct PriceFileError: Error, CustomStringConvertible {
  let line: Int
  let text: String
  let expected: String

  package var description: String {
    "prices, line \(line): expected \(expected), got \"\(text.prefix(80))\""
  }
}
