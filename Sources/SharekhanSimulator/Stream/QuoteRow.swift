import TradingTime

/// What `ltp`, `full` and `depth` show of a share. The quote's names are documented; those of a
/// depth were never captured, and these are what most clients guess.
enum QuoteRow {
  enum Mode: String, Sendable, CaseIterable { case ltp, full, depth }

  /// - Parameter whole: a tick may leave out what does not change during a day, and clients must
  ///   keep what they were told before.
  static func row(_ quote: Quote, _ mode: Mode, whole: Bool) -> JSON {
    if quote.instrument.listing.isIndex { return IndexRow.row(quote) }
    var members: [(String, JSON)] = [
      ("exchangeCode", .string(quote.instrument.venue.rawValue)),
      ("scripCode", .int(quote.instrument.code)),
    ]
    if mode != .depth { members += changing(quote) }
    if mode != .depth, whole { members += fixed(quote) }
    if mode != .ltp { members += depth(quote) }
    return .object(members.map { JSON.Member(key: $0.0, value: $0.1) })
  }

  private static func changing(_ quote: Quote) -> [(String, JSON)] {
    let nobody = Quote.Level(price: Paise(0), quantity: 0, orders: 0)
    let bid = quote.levels(.buy).first ?? nobody
    let offer = quote.levels(.sell).first ?? nobody
    return [
      ("ltp", price(quote.last)), ("ltq", .int(quote.lastQuantity)),
      ("ltt", .string(quote.at.monthFirst)), ("lastUpdatedTime", .string(quote.at.monthFirst)),
      ("high", price(quote.high)), ("low", price(quote.low)),
      ("avgPrice", .number(Paise.trimmed(quote.mean / 100, decimals: 2, least: 0))),
      ("bidPrice", price(bid.price)), ("bidQty", .int(bid.quantity)),
      ("offPrice", price(offer.price)), ("offQty", .int(offer.quantity)),
      ("qty", .int(quote.volume)), ("totalBuyQty", .int(quote.wanted)),
      ("totalSellQty", .int(quote.offered)), ("perChange", .number(percentChange(quote))),
      ("rsChange", price(quote.last - quote.close)),
    ]
  }

  private static func fixed(_ quote: Quote) -> [(String, JSON)] {
    [
      ("open", price(quote.open)), ("close", price(quote.close)),
      ("upperCkt", price(quote.band.upperBound)), ("lowerCkt", price(quote.band.lowerBound)),
      ("yrHigh", price(quote.year.upperBound)), ("yrLow", price(quote.year.lowerBound)),
    ]
  }

  private static func depth(_ quote: Quote) -> [(String, JSON)] {
    func side(_ side: Side) -> JSON {
      .array(
        quote.levels(side).map {
          ["price": price($0.price), "quantity": .int($0.quantity), "orders": .int($0.orders)]
        })
    }
    return [("bids", side(.buy)), ("asks", side(.sell))]
  }

  static func price(_ amount: Paise) -> JSON { .number(amount.text) }

  /// Eight decimals, as documented: 0.18794078.
  static func percentChange(_ quote: Quote) -> String {
    let change = (quote.last - quote.close).count
    return Paise.trimmed(change * 10_000_000_000 / quote.close.count, decimals: 8, least: 0)
  }
}

/// A quote of an index: other names, and its time in twelve hours.
enum IndexRow {
  static func row(_ quote: Quote) -> JSON {
    let listing = quote.instrument.listing
    return [
      "exchangeCode": .string(quote.instrument.venue.rawValue),
      "scripCode": .int(quote.instrument.code), "idxCode": .int(quote.instrument.code),
      "idxName": .string(listing.symbol), "ltt": .string(quote.at.twelveHours),
      "ltp": QuoteRow.price(quote.last), "high": QuoteRow.price(quote.high),
      "low": QuoteRow.price(quote.low), "open": QuoteRow.price(quote.open),
      "close": QuoteRow.price(quote.close), "yrHigh": QuoteRow.price(quote.year.upperBound),
      "yrLow": QuoteRow.price(quote.year.lowerBound), "turnOver": 0,
      "perChange": .number(QuoteRow.percentChange(quote)),
      "rsChange": QuoteRow.price(quote.last - quote.close),
      "lastUpdTime": .int(quote.at.instant.secondsSinceEpoch), "ltq": 0, "preltq": 0,
      "settlementprice": 0, "cashturnover": 0, "foturnover": 0, "priceband": "", "ads": "",
      "adsInfo": [:], "indexADS": "",
    ]
  }
}
