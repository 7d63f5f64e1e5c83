/// `GET /trades/{customer}`: net positions, despite the name. Documented names; quantities are
/// numbers and rates strings, as in the captured order rows.
enum PositionRow {
  static func row(_ position: Position, lastPrice: Paise) -> JSON {
    [
      "tradingSymbol": .string(position.listing.symbol),
      "exchange": .string(position.venue.rawValue),
      "scripCode": .string("\(position.listing.code(at: position.venue))"),
      "productType": .string(position.product.rawValue),
      "buyQty": .int(position.bought), "buyRate": .string(RateText.text(position.buyRate)),
      "sellQty": .int(position.sold), "sellRate": .string(RateText.text(position.sellRate)),
      "netQty": .int(position.net), "avgPrice": .string(RateText.text(position.meanPrice)),
      "bpl": .price(position.booked), "mtm": .price(position.unbooked(at: lastPrice)),
    ]
  }
}

/// `GET /holdings/{customer}`: strings and numbers mixed exactly as captured; the exchange by its
/// long name, no scrip code, no last price.
enum HoldingRow {
  static func row(_ holding: Holding, account: Int) -> JSON {
    [
      "exchange": "NSE", "tradingSymbol": .string(holding.listing.symbol),
      "customerId": .int(Accounts.customer(account)), "invstQty": 0,
      "pledge": .string("\(holding.pledged)"), "mf": "0", "dp": .string("\(holding.inDemat)"),
      "aval": .string("\(holding.saleable)"), "dpmarginQty": 0, "tradingAllowed": "Y",
      "cncqty": "0", "marginQty": 0, "dpmarginValue": .number("0.0"),
      "receivable": .string("\(holding.receivable)"), "holdPrice": .amount(holding.cost),
      "pool": "0",
    ]
  }
}

/// `GET /limitstmt/{exchange}/{customer}`: one row for the cash and derivatives ledger.
enum FundsRow {
  static func row(_ funds: Funds, account: Int) -> JSON {
    [
      "customerId": .int(Accounts.customer(account)),
      "currentCashBalance": .amount(funds.opening), "pendingWithdrawalRequest": .number("0.0"),
      "nonCashLimit": .number("0.0"), "cashBpl": .amount(funds.booked),
      "limitAgainstShares": .amount(funds.againstShares),
      "cashPreviousSettlementExposure": .number("0.0"),
      "intradayMarginCash": .amount(funds.margin), "fnoPremium": .amount(funds.premium),
      "fnoBpl": .amount(funds.bookedOnContracts),
      "intradayMarginFno": .amount(funds.marginOnContracts),
      "holdFunds": .amount(funds.held),
    ]
  }

  /// The ledgers for commodities and currency, which nobody here uses.
  static func empty(account: Int) -> JSON {
    let nothing = Paise(0)
    return row(
      Funds(
        opening: nothing, booked: nothing, bookedOnContracts: nothing, againstShares: nothing,
        margin: nothing, premium: nothing, marginOnContracts: nothing, held: nothing),
      account: account)
  }
}
