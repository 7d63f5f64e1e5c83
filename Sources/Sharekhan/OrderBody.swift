import Desk
import TradingTime

/// The one flat object of `POST /orders`. What it does hangs on a single word in it, so each of the
/// three types writes its own word as a literal and no function takes that word from outside.
extension NewOrder {
  func body(loginID: String) -> [UInt8] {
    spelled(
      [
        .customer(account), .number("scripCode", key.scripCode), .text("tradingSymbol", symbol),
        .text("exchange", key.exchange), .text("transactionType", transaction.rawValue),
        .number("quantity", quantity), .number("disclosedQty", disclosed),
        .text("price", limit.description), .text("triggerPrice", trigger?.description ?? "0"),
        .text("rmsCode", "ANY"), .text("afterHour", isAfterMarket ? "Y" : "N"),
        .text("orderType", "NORMAL"), .channel(loginID, account),
      ] + validity.members + [
        .text("requestType", "NEW"), .text("productType", product.rawValue),
      ] + (contract?.members ?? []))
  }
}

extension OrderChange {
  func body(loginID: String) -> [UInt8] {
    spelled(
      order.identity(account) + [
        .number("quantity", quantity), .number("disclosedQty", order.disclosed),
        .text("price", limit.description), .text("triggerPrice", trigger?.description ?? "0"),
      ] + order.standing(account, loginID) + [
        .text("requestType", "MODIFY"), .text("productType", order.row.product),
        .text("orderId", order.row.orderID),
      ] + (order.contract?.members ?? []))
  }
}

extension OrderCancellation {
  func body(loginID: String) -> [UInt8] {
    let row = order.row
    var members: [JSON.Member] =
      order.identity(account) + [
        .number("quantity", row.quantity), .number("disclosedQty", order.disclosed),
      ]
    // The broker's own samples leave it out where nothing is executed.
    if row.executed > 0 { members.append(.number("executedQty", row.executed)) }
    members += [
      .text("price", row.price?.description ?? "0"),
      .text("triggerPrice", row.triggerPrice?.description ?? "0"),
    ]
    return spelled(
      members + order.standing(account, loginID) + [
        .text("requestType", "CANCEL"), .text("productType", row.product),
        .text("orderId", row.orderID),
      ] + (order.contract?.members ?? []))
  }
}

extension OrderOnBook {
  /// Which order it is, in the book's own words.
  fileprivate func identity(_ account: Account) -> [JSON.Member] {
    [
      .customer(account), .number("scripCode", row.key.scripCode),
      .text("tradingSymbol", row.symbol), .text("exchange", row.key.exchange),
      .text("transactionType", transaction),
    ]
  }

  fileprivate func standing(_ account: Account, _ loginID: String) -> [JSON.Member] {
    // A cancellation without the code is known to work; a made-up code is not.
    (rmsCode.isEmpty ? [] : [.text("rmsCode", rmsCode)]) + [
      .text("afterHour", isAfterMarket ? "Y" : "N"), .text("orderType", "NORMAL"),
      .channel(loginID, account),
    ] + validity.members
  }
}

extension OrderValidity {
  fileprivate var members: [JSON.Member] {
    switch self {
    case .day: [.text("validity", "GFD")]
    case .immediate: [.text("validity", "IOC")]
    case .until(let day): [.text("validity", "MyGTD"), .text("gtdd", WireTime.text(day))]
    case .other(let word): [.text("validity", word)]
    }
  }
}

extension ContractTerms {
  fileprivate var members: [JSON.Member] {
    [
      .text("instrumentType", typeCode), .text("strikePrice", option?.strike.description ?? "-1"),
      .text("optionType", option.map { $0.right == .call ? "CE" : "PE" } ?? "XX"),
      .text("expiry", WireTime.text(expiresOn)),
    ]
  }
}

extension JSON.Member {
  fileprivate static func text(_ key: String, _ text: String) -> Self {
    Self(key: key, value: .text(text))
  }

  fileprivate static func number(_ key: String, _ number: Int64) -> Self {
    Self(key: key, value: .number("\(number)"))
  }

  fileprivate static func customer(_ account: Account) -> Self {
    Self(key: "customerId", value: .number(account.customerID))
  }

  /// Who enters it. Where the sign-in did not name the login, the customer's number works as well.
  fileprivate static func channel(_ loginID: String, _ account: Account) -> Self {
    .text("channelUser", loginID.isEmpty ? account.customerID : loginID)
  }
}

private func spelled(_ members: [JSON.Member]) -> [UInt8] {
  Array(JSON.object(members).spelledForBroker.utf8)
}
