import Testing
import TradingTime

@testable import SharekhanSimulator

private let days = SessionDays()

private func day(_ text: String) throws -> Int {
  try #require(CivilDate(text)).daysSinceEpoch
}

@Suite(.timeLimit(.minutes(10)))
struct `Contracts` {
  @Test(arguments: [
    ("2026-07-09", "2026-07-28 2026-08-25 2026-09-29"),
    ("2026-07-28", "2026-07-28 2026-08-25 2026-09-29"),
    ("2026-07-29", "2026-08-25 2026-09-29 2026-10-27"),
    // The 24th is a holiday.
    ("2026-11-02", "2026-11-23 2026-12-29 2027-01-26"),
    ("2025-08-01", "2025-08-28 2025-09-30 2025-10-28"),
  ])
  func `end on the month's last Tuesday, or the session before it`(
    today: String, ends: String
  ) throws {
    let months = Expiries.months(on: try day(today), days)
    let dates = months.map { "\(CivilDate(daysSinceEpoch: Expiries.last(of: $0, days)))" }
    #expect(dates.joined(separator: " ") == ends)
  }

  @Test func `are told by their code alone`() throws {
    let today = try day("2026-07-09")
    let all = Listing.contracts(on: today, days)
    #expect(all.count == 26 * 3 * 241)
    #expect(Set(all.map(\.nseCode)).count == all.count)
    #expect(all.allSatisfy { Listing.find(code: $0.nseCode, at: .derivatives, days) == $0 })
    #expect(all.allSatisfy { ($0.contract?.strike.count ?? -1) >= 0 }, "no strike below nought")
    #expect(Listing.find(code: 37833, at: .derivatives, days) == nil)
    #expect(Listing.find(code: all[0].nseCode, at: .nse, days) == nil)
  }

  @Test func `leave nothing to be had for nothing`() throws {
    let market = Market(seed: 3)
    let today = try day("2026-07-09")
    let spot = market.price(.nifty, at: MarketTime(day: today, second: 12 * 3600))
    let nifty = Listing.contracts(on: today, days).filter { $0.contract?.isOnIndex == true }
    func price(_ listing: Listing) -> Int64 {
      market.price(listing, at: MarketTime(day: today, second: 12 * 3600)).count
    }
    for index in stride(from: 1, to: 241, by: 2) {
      let strike = try #require(nifty[index].contract).strike.count
      let (call, put) = (price(nifty[index]), price(nifty[index + 1]))
      #expect(abs(call - put - (spot.count - strike)) <= 10, "call less put is spot less strike")
      #expect(call >= max(5, spot.count - strike - 5) && put >= max(5, strike - spot.count - 5))
      #expect(call <= price(nifty[index + 241]) + 5, "more time is never worth less")
    }
    #expect(price(nifty[0]) > spot.count && price(nifty[0]) < spot.count * 101 / 100)
  }

  @Test func `are worth their use alone in the end`() throws {
    let market = Market(seed: 3)
    let last = try day("2026-07-28")
    let close = MarketTime(day: last, second: SessionDays.close)
    let spot = market.price(.nifty, at: close).count
    for listing in Listing.contracts(on: last, days).prefix(241).dropFirst() {
      let contract = try #require(listing.contract)
      let away = spot - contract.strike.count
      let worth = max(5, contract.right == "CE" ? away : -away)
      #expect(market.price(listing, at: close).count == worth)
    }
  }

  @Test func `fill the master of derivatives`() async throws {
    let rig = try Rig()
    let rows = try await rig.rows("/master/NF", "")
    #expect(rows.count == 18_798)
    #expect(
      rows[0].text == #"{"scripCode":17800000,"tradingSymbol":"NIFTY","companyName":"NA","#
        + #""instType":"FI","lotSize":65,"tickSize":0.1,"expiry":"28/07/2026","strike":0.0,"#
        + #""multiplier":1.0,"optionType":"XX","isinCode":"NA","groupName":"NA","industry":"NA","#
        + #""indices":"NA"}"#)
    #expect(Set(rows.map(\.shape)).count == 1)
    #expect(Set(rows.map { $0.words("instType") }) == ["FI", "FS", "OI", "OS"])
  }

  @Test func `and made-up shares fill the master of shares`() async throws {
    let rig = try Rig { $0.madeUpShares = 2000 }
    #expect(try await rig.rows("/master/NC", "").count == 2026)
    let made = try #require(Listing.find(code: 700_017, at: .bse, days))
    #expect(made == Listing.madeUp(17) && made.symbol == "MADE0017" && made.isin.count == 12)
    #expect(throws: SettingsError.self) { try Rig { $0.madeUpShares = 10_000 } }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `Trading contracts` {
  /// The nearest future on the index, unless told otherwise.
  private func body(
    code: Int = 17_800_000, side: String = "B", quantity: Int = 65, type: String = "FI",
    right: String = "XX", strike: String = "-1", expiry: String = "28/07/2026",
    product: String = "INVESTMENT"
  ) -> String {
    #"{"customerId": 1000001, "scripCode": \#(code), "tradingSymbol": "NIFTY", "#
      + #""exchange": "NF", "transactionType": "\#(side)", "quantity": \#(quantity), "#
      + #""disclosedQty": 0, "price": "0", "triggerPrice": "0", "rmsCode": "ANY", "#
      + #""afterHour": "N", "orderType": "NORMAL", "channelUser": "SIM1000001", "#
      + #""validity": "GFD", "requestType": "NEW", "productType": "\#(product)", "#
      + #""instrumentType": "\#(type)", "strikePrice": "\#(strike)", "optionType": "\#(right)", "#
      + #""expiry": "\#(expiry)"}"#
  }

  private func place(_ body: String, _ rig: Rig, _ token: String) async throws -> JSON {
    let answer = await rig.post("/skapi/services/orders", body, token: token)
    return try #require(try answer.json["data"])
  }

  private func position(_ rig: Rig, _ token: String) async throws -> JSON? {
    try await rig.rows("/trades/1000001", token).first { $0.words("exchange") == "NF" }
  }

  @Test func `is in lots, of what is said to be meant`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    for (body, reason) in [
      (body(quantity: 75), "Quantity should be in multiples of 65"),
      (body(expiry: "25/08/2026"), "Contract details are invalid"),
      (body(right: "CE"), "Contract details are invalid"),
      (body(type: "FS"), "Contract details are invalid"),
      (body(code: 17_700_000, expiry: "30/06/2026"), "Contract has expired"),
      (body(code: 18_400_000, expiry: "26/01/2027"), "Contract is not available"),
      (body(code: 59_004), "Scrip code is invalid"),
    ] {
      #expect(try await place(body, rig, token).words("errormsg") == reason)
    }
  }

  @Test func `shows in history, book, position and funds`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let before = try await rig.rows("/limitstmt/NC/1000001", token)[0]
    let id = try await place(body(), rig, token).words("orderId")
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    let row = try #require(try await rig.rows("/reports/NF/1000001/\(id)", token).last)
    #expect(row.words("orderStatus") == "Fully Executed")
    let columns = ["contract", "expiryDate", "instrumentType", "optionType", "strikePrice"]
    #expect(columns.map(row.words) == ["NIFTY 28Jul2026", "28/07/2026", "FI", "XX", "0.00"])
    let position = try #require(try await position(rig, token))
    #expect(position.words("netQty") == "65" && position.words("scripCode") == "17800000")
    let after = try await rig.rows("/limitstmt/NC/1000001", token)[0]
    let value = try #require(Paise(text: position.words("buyRate"))).count * 65
    #expect(before.words("intradayMarginFno") == "0.0")
    #expect(after["intradayMarginFno"] == .amount(Paise(value * 15 / 100)))
    #expect(try await rig.rows("/holdings/1000001", token).count == 7, "no share was moved")
  }

  @Test func `meets its counterparties in whole lots`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let id = try await place(body(quantity: 130), rig, token).words("orderId")
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    let rows = try await rig.rows("/reports/NF/1000001/\(id)", token)
    #expect(rows.suffix(2).map { $0.number("execQty") } == [65, 130])
  }

  @Test func `carries what is open, and nothing of what was closed`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    _ = try await place(body(quantity: 130), rig, token)
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    let rate = try await position(rig, token)?.words("buyRate")
    _ = try await place(body(side: "S"), rig, token)
    await rig.move(to: "2026-07-10T10:00:00+05:30")
    let friday = try await rig.signIn()
    let carried = try #require(try await position(rig, friday))
    #expect(["netQty", "buyQty", "sellQty"].map(carried.words) == ["65", "65", "0"])
    #expect(carried.words("buyRate") == rate && carried.words("bpl") == "0")
    _ = try await place(body(side: "S"), rig, friday)
    await rig.move(to: "2026-07-13T10:00:00+05:30")
    #expect(try await position(rig, try await rig.signIn()) == nil, "it was closed on Friday")
  }

  @Test func `is never at less than a tick`() throws {
    let market = Market(seed: 3)
    let last = try day("2026-07-28")
    var board = QuoteBoard(market: market)
    for listing in Listing.contracts(on: last, days).prefix(241).dropFirst() {
      let instrument = try #require(Instrument("NF\(listing.nseCode)", days))
      let quote = board.quote(instrument, at: MarketTime(day: last, second: SessionDays.close - 1))
      for level in quote.levels(.buy) + quote.levels(.sell) {
        #expect(level.price >= Paise(5) && quote.band.contains(level.price))
      }
    }
  }

  @Test func `carries a position to its end and no further`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    #expect(try await place(body(side: "S"), rig, token).words("orderId") != "0")
    for (time, net) in [
      ("2026-07-09T11:00:05", "-65"), ("2026-07-10T10:00:00", "-65"),
      ("2026-07-28T15:00:00", "-65"),
      ("2026-07-29T10:00:00", nil),
    ] {
      await rig.move(to: time + "+05:30")
      let today = try await rig.signIn()
      #expect(try await position(rig, today)?.words("netQty") == net, "at \(time)")
    }
    await rig.move(to: "2026-07-13T10:00:00+05:30")
    let monday = try await rig.signIn()
    #expect(try await place(body(), rig, monday).words("orderId") != "0")
    await rig.move(to: "2026-07-13T10:00:05+05:30")
    #expect(try await position(rig, monday)?.words("netQty") == "0", "bought back")
  }

  @Test func `of options costs the premium, and their sale a margin`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    // Strike 24,400: the middle one.
    let call = body(code: 17_800_121, type: "OI", right: "CE", strike: "24400")
    #expect(try await place(call, rig, token).words("orderId") != "0")
    await rig.move(to: "2026-07-09T11:00:05+05:30")
    let funds = try await rig.rows("/limitstmt/NC/1000001", token)[0]
    let bought = try #require(try await position(rig, token))
    let rate = try #require(Paise(text: bought.words("buyRate")))
    #expect(funds["fnoPremium"] == .amount(Paise(rate.count * 65)))
  }

  @Test func `is quoted on the feed`() async throws {
    let rig = try Rig()
    var socket = try await Socket.listening(rig, token: try await rig.signIn())
    await socket.watch("NF17800000,NF17800121")
    guard case .array(let rows) = try #require(try await socket.next()["data"]) else { return }
    #expect(rows.map { $0.words("scripCode") } == ["17800000", "17800121"])
    #expect(rows.allSatisfy { $0.words("exchangeCode") == "NF" })
    await rig.move(to: "2026-07-09T11:00:07+05:30")
    await rig.simulator.beat()
    #expect(await socket.rest().count == 2)
  }
}
