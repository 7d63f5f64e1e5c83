/// `GET /master/{exchange}`: the shares, and for NSE the index row that every real answer has.
/// Tick sizes are in paise, as in the captured answers for cash markets.
enum MasterRow {
  static func rows(_ venue: Venue) -> [JSON] {
    Listing.all.map { row($0, venue) } + (venue == .nse ? [nifty] : [])
  }

  private static func row(_ listing: Listing, _ venue: Venue) -> JSON {
    [
      "scripCode": .int(listing.code(at: venue)), "tradingSymbol": .string(listing.symbol),
      "companyName": .string(listing.company), "instType": "EQ", "lotSize": 1,
      "tickSize": .number("\(listing.tick).0"), "expiry": "", "strike": .number("0.0"),
      "multiplier": .number("1.0"), "optionType": "", "isinCode": .string(listing.isin),
      "groupName": "NA", "industry": .string(listing.industry), "indices": "NA",
    ]
  }

  private static let nifty: JSON = [
    "scripCode": 20000, "tradingSymbol": "NIFTY", "companyName": "NA", "instType": "NA",
    "lotSize": 1, "tickSize": .number("5.0"), "expiry": "", "strike": .number("0.0"),
    "multiplier": .number("1.0"), "optionType": "", "isinCode": "NA",
    "groupName": "Broad Market Indices", "industry": "NA", "indices": "NA",
  ]
}
