import Desk
import HTTPClient
import Testing
import TradingTime

@testable import Sharekhan

/// What the broker's own client sends, logged from it, against what we send.
@Suite(.timeLimit(.minutes(10)))
struct `An order on the wire` {
  static let ongc = Instrument(
    key: InstrumentKey(exchange: "NC", scripCode: 2475), symbol: "ONGC",
    tickSize: Money(paise: 5))
  static let nifty = Instrument(
    key: InstrumentKey(exchange: "NF", scripCode: 59004), symbol: "NIFTY", kind: .option,
    lotSize: 75, tickSize: Money(paise: 5),
    expiresOn: CivilDate(year: 2025, month: 10, day: 28), strike: Money(rupees: 26_000),
    right: .call)

  static func standing(
    executed: Quantity = 0, price: Money? = Money(paise: 14_950), rmsCode: String = "SKNSE2",
    transaction: String = "B", contract: ContractTerms? = nil
  ) -> OrderOnBook {
    OrderOnBook(
      row: BrokerOrder(
        key: ongc.key, symbol: "ONGC", product: "INVESTMENT", orderID: "246585650", side: .buy,
        quantity: 1, executed: executed, price: price, status: .pending, statusText: "Pending"),
      transaction: transaction, rmsCode: rmsCode, contract: contract)
  }

  private func text(_ body: [UInt8]) -> String { String(decoding: body, as: UTF8.self) }

  @Test func `buys a share as the official client does`() throws {
    let order = try NewOrder(
      .buy, 1, of: Self.ongc, for: asha, limit: Money(paise: 14_950), product: .investment)
    let body = order.body(loginID: "1234567")
    #expect(
      text(body)
        == #"{"customerId": 1234567, "scripCode": 2475, "tradingSymbol": "ONGC", "exchange": "NC", "#
        + #""transactionType": "B", "quantity": 1, "disclosedQty": 0, "price": "149.5", "#
        + #""triggerPrice": "0", "rmsCode": "ANY", "afterHour": "N", "orderType": "NORMAL", "#
        + #""channelUser": "1234567", "validity": "GFD", "requestType": "NEW", "#
        + #""productType": "INVESTMENT"}"#)
    #expect(body.count == 337)
  }

  @Test func `buys an option as the official client does`() throws {
    let order = try NewOrder(
      .buy, 75, of: Self.nifty, typeCode: "OI", for: asha, limit: Money(paise: 2435),
      product: .investment)
    let body = order.body(loginID: "LOGINID1")
    #expect(
      text(body)
        == #"{"customerId": 1234567, "scripCode": 59004, "tradingSymbol": "NIFTY", "#
        + #""exchange": "NF", "transactionType": "B", "quantity": 75, "disclosedQty": 0, "#
        + #""price": "24.35", "triggerPrice": "0", "rmsCode": "ANY", "afterHour": "N", "#
        + #""orderType": "NORMAL", "channelUser": "LOGINID1", "validity": "GFD", "#
        + #""requestType": "NEW", "productType": "INVESTMENT", "instrumentType": "OI", "#
        + #""strikePrice": "26000", "optionType": "CE", "expiry": "28/10/2025"}"#)
    #expect(body.count == 433)
  }

  @Test func `changes an order as the official client does`() throws {
    let change = try OrderChange(
      of: Self.standing(), in: Self.ongc, for: asha, quantity: 1, limit: Money(rupees: 148))
    let body = change.body(loginID: "1234567")
    #expect(
      text(body)
        == #"{"customerId": 1234567, "scripCode": 2475, "tradingSymbol": "ONGC", "exchange": "NC", "#
        + #""transactionType": "B", "quantity": 1, "disclosedQty": 0, "price": "148", "#
        + #""triggerPrice": "0", "rmsCode": "SKNSE2", "afterHour": "N", "orderType": "NORMAL", "#
        + #""channelUser": "1234567", "validity": "GFD", "requestType": "MODIFY", "#
        + #""productType": "INVESTMENT", "orderId": "246585650"}"#)
    #expect(body.count == 365)
  }

  @Test func `cancels an order as the official client does`() throws {
    let body = try OrderCancellation(of: Self.standing(), for: asha).body(loginID: "1234567")
    #expect(
      text(body)
        == #"{"customerId": 1234567, "scripCode": 2475, "tradingSymbol": "ONGC", "exchange": "NC", "#
        + #""transactionType": "B", "quantity": 1, "disclosedQty": 0, "price": "149.5", "#
        + #""triggerPrice": "0", "rmsCode": "SKNSE2", "afterHour": "N", "orderType": "NORMAL", "#
        + #""channelUser": "1234567", "validity": "GFD", "requestType": "CANCEL", "#
        + #""productType": "INVESTMENT", "orderId": "246585650"}"#)
    #expect(body.count == 367)
  }

  @Test func `names in a cancellation what is executed, and leaves out a code it does not know`()
    throws
  {
    let order = Self.standing(executed: 1, price: nil, rmsCode: "", transaction: "SAM")
    #expect(
      text(try OrderCancellation(of: order, for: asha).body(loginID: ""))
        == #"{"customerId": 1234567, "scripCode": 2475, "tradingSymbol": "ONGC", "exchange": "NC", "#
        + #""transactionType": "SAM", "quantity": 1, "disclosedQty": 0, "executedQty": 1, "#
        + #""price": "0", "triggerPrice": "0", "afterHour": "N", "orderType": "NORMAL", "#
        + #""channelUser": "1234567", "validity": "GFD", "requestType": "CANCEL", "#
        + #""productType": "INVESTMENT", "orderId": "246585650"}"#)
  }

  @Test func `with a last day names that day`() throws {
    let order = try NewOrder(
      .sell, 75, of: Self.nifty, typeCode: "OI", for: asha, limit: Money(paise: 2435),
      product: .investment, validity: .until(try #require(CivilDate("2025-10-07"))),
      isAfterMarket: true)
    let body = text(order.body(loginID: "LOGINID1"))
    #expect(body.contains(#""afterHour": "Y", "#))
    #expect(body.contains(#""validity": "MyGTD", "gtdd": "07/10/2025", "requestType": "NEW", "#))
  }

  /// Whatever order it is made of, each type says its own word, once, and says its order's number.
  @Test func `is what its type says and nothing else`() throws {
    for transaction in TransactionType.allCases {
      let order = try NewOrder(
        transaction, 1, of: Self.ongc, for: asha, limit: Money(rupees: 1), product: .intraday)
      try expectWord("NEW", order.body(loginID: "X"), orderID: nil)
    }
    for transaction in ["B", "S", "BM", "SM", "SAM", "BMP", "SMP", "NEW", "MODIFY"] {
      let standing = Self.standing(transaction: transaction)
      let cancellation = try OrderCancellation(of: standing, for: asha)
      try expectWord("CANCEL", cancellation.body(loginID: "NEW"), orderID: "246585650")
      let change = try OrderChange(
        of: standing, in: Self.ongc, for: asha, quantity: 3, limit: Money(rupees: 1))
      try expectWord("MODIFY", change.body(loginID: "NEW"), orderID: "246585650")
    }
  }

  private func expectWord(_ word: String, _ body: [UInt8], orderID: String?) throws {
    let json = try JSONReader.read(body)
    #expect(json["requestType"] == .text(word))
    #expect(json["orderId"] == orderID.map(JSON.text))
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `An order read from the book` {
  private func orders(_ answer: RawAnswer) throws -> [OrderOnBook] {
    try SharekhanDealer(reader(), web: .init()).ordersOnBook(in: answer)
  }

  @Test func `has what changing it needs, under the day book's names and the history's`() throws {
    let book = try orders(Fixture.dayBook)
    #expect(book.map(\.transaction) == ["S", "SAM"])
    #expect(book.map(\.rmsCode) == ["SKNSE2", ""])
    #expect(book.map(\.contract) == [nil, nil])
    let history = try orders(Fixture.history)
    #expect(
      history.last
        == OrderOnBook(
          row: try reader().orders(in: Fixture.history)[4], transaction: "B",
          rmsCode: "SKNSEFO4", validity: .day,
          contract: ContractTerms(
            typeCode: "OI", expiresOn: try #require(CivilDate("2025-10-28")),
            option: .init(strike: Money(rupees: 26_000), right: .call))))
  }

  @Test(arguments: [
    (#""goodTill":"GFD""#, #""goodTill":"IOC""#, OrderValidity.immediate),
    (#""goodTill":"GFD""#, #""goodTill":"MyGTD","goodTillDate":"""#, .other("MyGTD")),
    (#""goodTill":"GFD""#, #""goodTill":"EOSES""#, .other("EOSES")),
    (#""goodTill":"GFD""#, #""goodTill":"NA""#, .day),
  ])
  func `keeps a validity it does not know`(
    _ good: String, _ changed: String, _ validity: OrderValidity
  ) throws {
    let body = String(decoding: Fixture.dayBook.body, as: UTF8.self).replacing(good, with: changed)
    #expect(try orders(Fixture.dayBook.with(body)).first?.validity == validity)
  }

  @Test func `finds the last day under either of two names that differ in case alone`() throws {
    let body = String(decoding: Fixture.history.body, as: UTF8.self)
      .replacing(#""goodtill": "GFD""#, with: #""goodtill": "MyGTD""#)
    let day = try #require(CivilDate("2025-10-28"))
    #expect(try orders(Fixture.history.with(body)).first?.validity == .until(day))
  }
}
