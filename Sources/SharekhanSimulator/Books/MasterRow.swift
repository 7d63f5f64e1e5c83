import TradingTime

/// `GET /master/{exchange}`: the shares, for NSE the index row that every real answer has, and for
/// derivatives the contracts of the day. Tick sizes of cash markets are in paise, as captured;
/// those of derivatives in rupees, as newer documents have them.
struct MasterRow {
  /// How many made-up shares there are beside the well-known ones.
  let madeUp: Int
  let days: SessionDays

  func rows(_ venue: Venue, on day: Int) -> [JSON] {
    switch venue {
    case .nse, .bse:
      let shares = Listing.all + (0..<madeUp).compactMap { Listing.madeUp($0 + 1) }
      return shares.map { share($0, venue) } + (venue == .nse ? [MasterRow.nifty] : [])
    case .derivatives: return Listing.contracts(on: day, days).map(contract)
    }
  }

  private func share(_ listing: Listing, _ venue: Venue) -> JSON {
    [
      "scripCode": .int(listing.code(at: venue)), "tradingSymbol": .string(listing.symbol),
      "companyName": .string(listing.company), "instType": "EQ", "lotSize": 1,
      "tickSize": .number("\(listing.tick).0"), "expiry": "", "strike": .number("0.0"),
      "multiplier": .number("1.0"), "optionType": "", "isinCode": .string(listing.isin),
      "groupName": "NA", "industry": .string(listing.industry), "indices": "NA",
    ]
  }

  private func contract(_ listing: Listing) -> JSON {
    [
      "scripCode": .int(listing.nseCode), "tradingSymbol": .string(listing.symbol),
      "companyName": .string(listing.company), "instType": .string(listing.contract?.type ?? ""),
      "lotSize": .int(listing.contract?.lot ?? 1), "tickSize": .amount(Paise(listing.tick)),
      "expiry": .string(listing.contract?.expiryText ?? ""),
      "strike": .amount(listing.contract?.strike ?? Paise(0)), "multiplier": .number("1.0"),
      "optionType": .string(listing.contract?.right ?? ""), "isinCode": "NA", "groupName": "NA",
      "industry": "NA", "indices": "NA",
    ]
  }

  private static let nifty: JSON = [
    "scripCode": 20000, "tradingSymbol": "NIFTY", "companyName": "NA", "instType": "NA",
    "lotSize": 1, "tickSize": .number("5.0"), "expiry": "", "strike": .number("0.0"),
    "multiplier": .number("1.0"), "optionType": "", "isinCode": "NA",
    "groupName": "Broad Market Indices", "industry": "NA", "indices": "NA",
  ]
}
