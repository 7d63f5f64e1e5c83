import Desk
import TradingTime

extension OrderOnBook {
  /// From a row of the day book or of an order's history; what it does not say is left open, because
  /// an order must be cancellable whatever else its row lacks.
  init(_ row: Row) throws {
    self.init(
      row: try BrokerOrder(row), transaction: row.text("buySell") ?? "",
      // History rows give the code under another name.
      rmsCode: row.text("rmsCode", "rmscode", "userId") ?? "",
      disclosed: (try? row.quantity("disclosedQty")) ?? 0, validity: row.validity,
      isAfterMarket: row.text("afterHour") == "Y", contract: row.contract)
  }
}

extension Row {
  fileprivate var validity: OrderValidity {
    switch text("goodTill", "goodtill") {
    case nil, "GFD": .day
    case "IOC": .immediate
    case "MyGTD":
      ["gtdd", "goodTillDate", "goodtillDate"].lazy.compactMap { text($0) }
        .compactMap { WireTime.date(String($0.prefix { $0 != " " })) }.first
        .map(OrderValidity.until) ?? .other("MyGTD")
    case let word?: .other(word)
    }
  }

  fileprivate var contract: ContractTerms? {
    guard let code = text("instrumentType"), let exchange = text("exchange"),
      !["NC", "BC"].contains(exchange),
      let expiresOn = text("expiryDate", "expiry").flatMap(WireTime.date)
    else { return nil }
    var option: ContractTerms.Option?
    if let right {
      // Without its strike an option would be told as a future.
      guard let strike = try? price("strikePrice") else { return nil }
      option = ContractTerms.Option(strike: strike, right: right)
    }
    return ContractTerms(typeCode: code, expiresOn: expiresOn, option: option)
  }
}
