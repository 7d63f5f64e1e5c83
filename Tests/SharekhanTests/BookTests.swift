import Desk
import Testing
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `The broker's books` {
  let broker: SharekhanClient

  init() throws {
    broker = try reader()
  }

  private func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }
  private func money(_ text: String) throws -> Money { try #require(Money(text)) }

  @Test func `show an order's history row by row`() throws {
    let rows = try broker.orders(in: Fixture.history)
    let statuses: [OrderStatus] = [
      .inProcess, .inProcess, .pending, .partlyExecuted, .fullyExecuted,
    ]
    #expect(rows.map(\.status) == statuses)
    #expect(rows.map(\.executed) == [0, 0, 0, 1050, 1200])
    #expect(
      rows[3]
        == BrokerOrder(
          key: InstrumentKey(exchange: "NF", scripCode: 59004), symbol: "NIFTY", product: "",
          orderID: "136700001", exchangeOrderID: "1000000000000678", side: .buy, quantity: 1200,
          executed: 1050, price: try money("24.35"), triggerPrice: nil,
          averagePrice: try money("23.45"), status: .partlyExecuted,
          statusText: "Partly Executed", requestStatus: "NEW", channel: "SKAPI",
          orderedAt: try at("2025-10-28T12:44:40+05:30"),
          updatedAt: try at("2025-10-28T12:44:41+05:30"), message: ""))
  }

  @Test func `show the day's orders`() throws {
    #expect(
      try broker.orders(in: Fixture.dayBook) == [
        BrokerOrder(
          key: InstrumentKey(exchange: "NC", scripCode: 2475), symbol: "ONGC",
          product: "INVESTMENT", orderID: "246585650", side: .sell, quantity: 10, executed: 10,
          price: try money("149.5"), averagePrice: try money("149.55"), status: .fullyExecuted,
          statusText: "FullyExecuted", requestStatus: "NEW", channel: "SKAPI",
          orderedAt: try at("2026-07-09T09:20:11.5+05:30"),
          updatedAt: try at("2026-07-09T09:20:12+05:30")),
        BrokerOrder(
          key: InstrumentKey(exchange: "NC", scripCode: 2475), symbol: "ONGC", product: "BT",
          orderID: "246585651", side: .sell, quantity: 5, executed: 0, status: .rejected,
          statusText: "Rejected", requestStatus: "NEW", channel: "PWR_TRD",
          message: "RMS: margin exceeds limit"),
      ])
  }

  @Test(arguments: [
    ("Cancelled", OrderStatus.cancelled), ("CANCELED", .cancelled), ("Expired", .expired),
    ("partly executed", .partlyExecuted), ("Cancel Pending", .unrecognised("Cancel Pending")),
    ("Trigger Pending", .unrecognised("Trigger Pending")), ("Partial", .unrecognised("Partial")),
  ])
  func `name an order's status, or leave it for a person`(_ text: String, _ status: OrderStatus) {
    #expect(OrderStatus(broker: text) == status)
  }

  @Test func `show positions with the broker's own figures`() throws {
    #expect(
      try broker.positions(in: Fixture.positions) == [
        BrokerPosition(
          key: InstrumentKey(exchange: "NC", scripCode: 2885), symbol: "RELIANCE",
          product: "BIGTRADE", buyQuantity: 100, buyAverage: try money("1440.5075"),
          sellQuantity: 40, sellAverage: try money("1442.1"), netQuantity: 60,
          averagePrice: try money("1440.5075"), bookedProfit: try money("63.7"),
          unrealisedProfit: try money("-12.25")),
        BrokerPosition(
          key: InstrumentKey(exchange: "NF", scripCode: 59004), symbol: "NIFTY",
          product: "INVESTMENT", buyQuantity: 0, buyAverage: nil, sellQuantity: 75,
          sellAverage: try money("24.35"), netQuantity: -75, averagePrice: try money("24.35"),
          bookedProfit: .zero, unrealisedProfit: try money("10.5")),
      ])
  }

  @Test func `show holdings wherever the shares lie`() throws {
    let holdings = try broker.holdings(in: Fixture.holdings)
    #expect(
      holdings == [
        BrokerHolding(
          listing: "NSE", symbol: "RELIANCE", demat: 32, available: 32, receivable: 5, pledged: 33,
          financed: 0, averagePrice: try money("1550.42"))
      ])
    #expect(holdings.map(\.owned) == [70])
  }

  @Test func `show funds under the broker's own names`() throws {
    #expect(
      try broker.funds(in: Fixture.funds)
        == BrokerFunds(
          exchange: "NC", cash: Money(rupees: 1_000_000),
          figures: [
            "currentCashBalance": Money(rupees: 1_000_000), "pendingWithdrawalRequest": .zero,
            "nonCashLimit": try money("250000.25"), "cashBpl": try money("-63.7"),
            "limitAgainstShares": .zero, "holdFunds": .zero,
          ]))
  }

  @Test func `survive what the broker adds to funds, as long as the cash reads`() throws {
    func funds(_ row: String) throws -> BrokerFunds? {
      try broker.funds(
        in: Fixture.answer(
          .funds(exchange: "NC"), "limitstmt/NC/1234567", Fixture.envelope("funds", "[\(row)]")))
    }
    let odd = try funds(#"{"currentCashBalance":"1.5","segment":"CASH","asOf":"2026-07-09"}"#)
    #expect(odd?.cash == (try money("1.5")))
    #expect(odd?.figures == ["currentCashBalance": try money("1.5")])
    #expect(throws: BrokerError.self) { try funds(#"{"currentCashBalance":"much"}"#) }
  }

  @Test func `refuse quantities that no exchange holds, so that no sum overflows`() throws {
    let row =
      #"{"exchange":"NSE","tradingSymbol":"X","dp":"9223372036854775807","aval":0,"receivable":1}"#
    #expect {
      try broker.holdings(
        in: Fixture.answer(
          .holdings, "holdings/1234567", Fixture.envelope("holdings", "[\(row)]")))
    } throws: { "\($0)".contains("dp") }
  }

  @Test func `show the trades of an order, the exchange taken from the question`() throws {
    #expect(
      try broker.trades(in: Fixture.trades) == [
        BrokerTrade(
          key: InstrumentKey(exchange: "NC", scripCode: 2475), orderID: "246585650",
          tradeID: "7001", quantity: -10, price: try money("149.55"),
          tradedAt: try at("2026-07-09T09:20:12+05:30"))
      ])
  }

  @Test func `show contracts with lot, tick and expiry`() throws {
    #expect(
      try broker.instruments(in: Fixture.master) == [
        Instrument(
          key: InstrumentKey(exchange: "NC", scripCode: 2475), symbol: "ONGC",
          name: "OIL AND NATURAL GAS", kind: .equity, isin: "INE213A01029", lotSize: 1,
          tickSize: try money("0.05")),
        Instrument(
          key: InstrumentKey(exchange: "NC", scripCode: 20000), symbol: "NIFTY", kind: .index,
          tickSize: try money("0.05")),
      ])
    #expect(
      try broker.instruments(in: Fixture.derivatives) == [
        Instrument(
          key: InstrumentKey(exchange: "NF", scripCode: 59004), symbol: "NIFTY", name: "NIFTY",
          kind: .option, lotSize: 75, tickSize: try money("0.05"),
          expiresOn: CivilDate(year: 2025, month: 10, day: 28), strike: Money(rupees: 26_000),
          right: .call),
        Instrument(
          key: InstrumentKey(exchange: "NF", scripCode: 37833), symbol: "RELIANCE",
          name: "RELIANCE", kind: .future, lotSize: 500, tickSize: try money("0.1"),
          expiresOn: CivilDate(year: 2026, month: 7, day: 16)),
      ])
  }

  @Test(arguments: [
    ("5.0 5.0 100.0 500.0 10.0", "0.05 0.05 1 5 0.1"),
    ("0.05 0.1 1.0 5.0 0.05", "0.05 0.1 1 5 0.05"),
    ("5.0", "0.05"), ("0.05", "0.05"),
  ])
  func `tell by the whole list whether its ticks are paise`(_ ticks: String, _ rupees: String)
    throws
  {
    let rows = ticks.split(separator: " ").enumerated().map { code, tick in
      #"{"scripCode":\#(code),"tradingSymbol":"S\#(code)","instType":"EQ","tickSize":\#(tick)}"#
    }
    let answer = Fixture.answer(
      .master(exchange: "BC"), "master/BC",
      Fixture.envelope("master", "[\(rows.joined(separator: ","))]"))
    let read = try broker.instruments(in: answer).map { $0.tickSize?.description ?? "nil" }
    #expect(
      try read.map { try money($0) } == rupees.split(separator: " ").map { try money(String($0)) })
  }

  @Test func `show candles without the placeholders of bars that never traded`() throws {
    let day = try #require(CivilDate(year: 2025, month: 9, day: 8))
    #expect(
      try broker.candles(in: Fixture.candles) == [
        Candle(
          tradedOn: day, endedAt: try at("2025-09-08T09:04:59+05:30"),
          open: Money(rupees: 107_391), high: Money(rupees: 107_450), low: Money(rupees: 107_300),
          close: Money(rupees: 107_410), volume: 1609),
        Candle(
          tradedOn: day, endedAt: try at("2025-09-08T09:14:59+05:30"),
          open: Money(rupees: 107_410), high: try money("107420.5"), low: Money(rupees: 107_400),
          close: Money(rupees: 107_420), volume: 12),
      ])
  }
}
