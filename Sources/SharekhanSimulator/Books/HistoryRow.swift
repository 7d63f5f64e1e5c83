import TradingTime

/// `GET /reports/{exchange}/{customer}/{order}`: one row per change, each the full record, with the
/// quirks of the captured answer: two pairs of keys that differ only in case, the RMS code under
/// `userId`, order numbers beyond 2^53, and a `brokerage` that is none.
enum HistoryRow {
  static func rows(_ order: Order, through now: MarketTime, seed: Seed) -> [JSON] {
    let steps = order.steps(through: now.instant)
    return steps.indices.map { row(order, Array(steps[...$0]), seed) }
  }

  /// The words of the history; the day book spells some differently.
  static func status(of step: OrderStep) -> String {
    switch step.change {
    case .entered, .accepted: "In-Process"
    case .cancelled: "Cancelled"
    case .expired: "Expired"
    case .rejected: "Rejected"
    case .confirmed, .triggered, .modified, .filled:
      step.open == 0 ? "Fully Executed" : step.filled > 0 ? "Partly Executed" : "Pending"
    }
  }

  /// NEW, MODIFY or CANCEL: the last request the steps answer to.
  static func request(_ steps: some Collection<OrderStep>) -> String {
    if steps.contains(where: { $0.change == .cancelled }) { return "CANCEL" }
    return steps.contains(where: { $0.change == .modified }) ? "MODIFY" : "NEW"
  }

  static func exchangeID(_ order: Order) -> String { "1000000\(order.id)" }

  private static func row(_ order: Order, _ steps: [OrderStep], _ seed: Seed) -> JSON {
    let step = steps[steps.count - 1]
    let marks = Marks(order, steps, seed)
    let ticket = step.ticket
    return [
      "orderType": ticket.limit == nil ? "Market" : "Limit", "orsExchangeMarketCode": "N",
      "orderId": .string("\(order.id)"), "fnoSquareOff": "", "goodTillDate": "",
      "fohExitDateTime": "", "traderId": "111111111111100", "childTrailingPrice": "0",
      "optionType": .string(ticket.listing.contract?.right ?? ""),
      "lastModTime": .string(marks.lastModified),
      "ohEntryDateTime": "", "coverOrderId": "0", "orderQty": .int(ticket.quantity),
      "scripCode": .string("\(ticket.listing.code(at: ticket.venue))"),
      "orderTrailByPrice": "0", "webResponseTime": "0", "childTrailByPrice": "0",
      "brokerage": .string(marks.brokerage), "clientGroup": "",
      "contract": .string(contractName(ticket.listing)),
      "disclosedQty": .int(ticket.disclosed), "orderMifQty": 0, "childSlPrice": "0",
      "openOrClose": "O", "pvtOrderInd": step.change == .entered ? "O" : "0", "caLevel": 0,
      "advOrderType": "NOR", "orderTargetPrice": "0", "trailingStatus": "", "clientAcc": "",
      "openQty": .int(step.open), "channelUser": .string(ticket.channelUser),
      "exchange": .string(ticket.venue.rawValue), "execQty": .int(step.filled),
      "strikePrice": .string(ticket.listing.contract?.strikeText ?? "0"), "fnoOrderType": "NOR",
      "orderTrailingPrice": "0",
      "updateDate": .string(marks.updated), "avgPrice": .string(RateText.text(step.meanPrice)),
      "orsOrderId": .int(marks.number), "orderStatus": .string(status(of: step)),
      "goodtillDate": .string(marks.entered),
      "expiryDate": .string(ticket.listing.contract?.expiryText ?? ""), "dpClientId": 0,
      "orderTriggerPrice": .price(ticket.trigger ?? Paise(0)),
      "customerId": .int(Accounts.customer(ticket.account)),
      "orderPrice": .price(ticket.limit ?? Paise(0)),
      "afterHour": ticket.isAfterHours ? "Y" : "N",
      "tradingSymbol": .string(ticket.listing.symbol), "participantCode": 0,
      "channelCode": .string(ticket.channel.rawValue), "exchangeOrderId": .string(marks.exchangeID),
      "orderDateTime": .string(marks.entered), "buySell": .string(ticket.side.rawValue),
      "instrumentType": .string(ticket.listing.contract?.type ?? ""), "fnoSquareoff": "N",
      "dpId": 1,
      "updateUser": .string(marks.event), "exchAckDateTime": .string(marks.acknowledged),
      "segmentCode": "", "userId": .string(OrderDesk.rms), "productCode": "0",
      "allOrNone": "N", "limitLossTo": "0", "bookProfitPrice": "0",
      "goodtill": .string(ticket.validity.rawValue), "requestStatus": .string(request(steps)),
    ]
  }

  /// `NIFTY 28Oct2025`
  private static func contractName(_ listing: Listing) -> String {
    guard let contract = listing.contract else { return "" }
    return "\(listing.symbol) \(CivilDate(daysSinceEpoch: contract.expiry).dayAndName)"
  }

  /// The columns in which the rows of one order differ.
  private struct Marks {
    let entered, updated, acknowledged, lastModified, event, exchangeID, brokerage: String
    let number: Int64

    init(_ order: Order, _ steps: [OrderStep], _ seed: Seed) {
      let step = steps[steps.count - 1]
      let moment = MarketTime(step.at)
      let isKnownToExchange = steps.contains { $0.change == .confirmed }
      entered = MarketTime(order.entry.at).row
      updated = isKnownToExchange ? moment.row : entered
      acknowledged =
        steps.first { $0.change == .accepted }.map { MarketTime($0.at).row } ?? ""
      lastModified = isKnownToExchange ? moment.row : ""
      exchangeID = isKnownToExchange ? HistoryRow.exchangeID(order) : ""
      let fee = seed.branch(.brokerage, Int(order.id)).below(2_000_000)
      brokerage = step.change == .entered ? "0" : "-\(2_950_000 - fee - 13_000 * step.filled / 100)"
      number =
        step.change == .entered
        ? 0 : isKnownToExchange ? moment.nanosecondsSince1980 + Int64(steps.count) : order.id
      switch step.change {
      case .entered: event = "BOG"
      case .filled: event = "FO_AH_TC"
      case .cancelled, .expired: event = "COC"
      case .accepted, .confirmed, .triggered, .modified, .rejected: event = "FO_AH_NOR"
      }
    }
  }
}

/// A rate in hundredths of a paisa, as the books write it.
enum RateText {
  static func text(_ units: Int64) -> String {
    Paise.trimmed(units, decimals: 4, least: 0)
  }
}

extension Contract {
  /// `26000.00`
  var strikeText: String { Paise.trimmed(strike.count, decimals: 2, least: 2) }
  /// `28/10/2025`
  var expiryText: String { CivilDate(daysSinceEpoch: expiry).dayFirst }
}
