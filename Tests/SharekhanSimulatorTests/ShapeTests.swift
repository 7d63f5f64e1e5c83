import Testing
import TradingTime

@testable import SharekhanSimulator

/// Keys and kinds as captured from the real broker, or as documented where nothing was captured.
private enum Golden {
  static let envelope = "data:array message:string status:number timestamp:string"
  static let holding =
    "aval:string cncqty:string customerId:number dp:string dpmarginQty:number "
    + "dpmarginValue:number exchange:string holdPrice:number invstQty:number marginQty:number "
    + "mf:string pledge:string pool:string receivable:string tradingAllowed:string "
    + "tradingSymbol:string"
  static let history =
    "advOrderType:string afterHour:string allOrNone:string avgPrice:string bookProfitPrice:string "
    + "brokerage:string buySell:string caLevel:number channelCode:string channelUser:string "
    + "childSlPrice:string childTrailByPrice:string childTrailingPrice:string clientAcc:string "
    + "clientGroup:string contract:string coverOrderId:string customerId:number "
    + "disclosedQty:number dpClientId:number dpId:number exchAckDateTime:string exchange:string "
    + "exchangeOrderId:string execQty:number expiryDate:string fnoOrderType:string "
    + "fnoSquareOff:string fnoSquareoff:string fohExitDateTime:string goodTillDate:string "
    + "goodtill:string goodtillDate:string instrumentType:string lastModTime:string "
    + "limitLossTo:string ohEntryDateTime:string openOrClose:string openQty:number "
    + "optionType:string orderDateTime:string orderId:string orderMifQty:number "
    + "orderPrice:string orderQty:number orderStatus:string orderTargetPrice:string "
    + "orderTrailByPrice:string orderTrailingPrice:string orderTriggerPrice:string "
    + "orderType:string orsExchangeMarketCode:string orsOrderId:number participantCode:number "
    + "productCode:string pvtOrderInd:string requestStatus:string scripCode:string "
    + "segmentCode:string strikePrice:string traderId:string tradingSymbol:string "
    + "trailingStatus:string updateDate:string updateUser:string userId:string "
    + "webResponseTime:string"
  static let master =
    "companyName:string expiry:string groupName:string indices:string industry:string "
    + "instType:string isinCode:string lotSize:number multiplier:number optionType:string "
    + "scripCode:number strike:number tickSize:number tradingSymbol:string"
  static let candle =
    "close:number high:number low:number open:number qty:number tradeDate:string tradeTime:string"
  static let position =
    "avgPrice:string bpl:string buyQty:number buyRate:string exchange:string mtm:string "
    + "netQty:number productType:string scripCode:string sellQty:number sellRate:string "
    + "tradingSymbol:string"
  static let funds =
    "cashBpl:number cashPreviousSettlementExposure:number currentCashBalance:number "
    + "customerId:number fnoBpl:number fnoPremium:number holdFunds:number "
    + "intradayMarginCash:number intradayMarginFno:number limitAgainstShares:number "
    + "nonCashLimit:number pendingWithdrawalRequest:number"
  static let dayBook =
    "afterHour:string buySell:string channelCode:string channelUser:string customerId:number "
    + "disclosedQty:number errorMsg:string exchDateTime:string exchange:string execPrice:string "
    + "execQty:number expiryDate:string goodTill:string instrumentType:string "
    + "lastModTime:string optionType:string orderDateTime:string orderId:string "
    + "orderPrice:string orderQty:number orderStatus:string orderType:string priceType:string "
    + "productType:string requestStatus:string rmsCode:string scripCode:string "
    + "strikePrice:string tradingSymbol:string trigPrice:string"
  static let trade =
    "brokerage:string buySell:string channelCode:string channelUser:string customerId:number "
    + "exchAckDateTime:string exchange:string exchangeOrderId:string orderId:string "
    + "scripCode:string totalTradeAmount:string tradeAmount:string tradeId:string "
    + "tradePrice:string tradeQty:number tradeTime:string tradingSymbol:string "
    + "updateDate:string updateUser:string"
}

@Suite(.timeLimit(.minutes(10)))
struct `The shape of each answer` {
  private static let routes = [
    ("/trades/1000001", Golden.position), ("/holdings/1000001", Golden.holding),
    ("/limitstmt/NC/1000001", Golden.funds), ("/limitstmt/MX/1000001", Golden.funds),
    ("/reports/1000001", Golden.dayBook), ("/master/NC", Golden.master),
    ("/master/BC", Golden.master), ("/historical/NC/2885/daily", Golden.candle),
    ("/historical/NC/2885/5minute", Golden.candle),
  ]

  @Test(arguments: routes)
  func `is the broker's`(path: String, row: String) async throws {
    let rig = try Rig(at: "2026-07-09T15:40:00+05:30")
    let token = try await rig.signIn()
    let answer = await rig.get("/skapi/services" + path, token: token)
    #expect(answer.contentType == "application/json")
    #expect(try answer.json.shape == Golden.envelope)
    let rows = try await rig.rows(path, token)
    #expect(!rows.isEmpty)
    #expect(Set(rows.map(\.shape)) == [row])
  }

  @Test func `of an order's history and trades is the broker's, under both paths`() async throws {
    let rig = try Rig(at: "2026-07-09T15:40:00+05:30")
    let token = try await rig.signIn()
    let book = try await rig.rows("/reports/1000001", token)
    let order = try #require(book.first { $0.number("execQty") >= 100 }).words("orderId")
    let history = try await rig.rows("/reports/NC/1000001/\(order)", token)
    #expect(history.count == 5)
    #expect(Set(history.map(\.shape)) == [Golden.history])
    let trades = try await rig.rows("/reports/NC/1000001/\(order)/trades", token)
    #expect(Set(trades.map(\.shape)) == [Golden.trade])
    #expect(trades.count == 2)
    #expect(trades == (try await rig.rows("/orders/NC/1000001/\(order)/trades", token)))
    #expect(try await rig.rows("/reports/BC/1000001/\(order)", token) == [])
  }

  @Test func `keeps the broker's order of keys and its odd numbers`() async throws {
    let rig = try Rig(at: "2026-07-09T08:00:00+05:30") { $0.seed = 7 }
    let token = try await rig.signIn()
    #expect(
      await rig.get("/skapi/services/trades/1000001", token: token).text
        == #"{"status":200,"message":"trades","timestamp":"2026-07-09T08:00:00+05:30","#
        + #""data":"no_records"}"#)
    #expect(
      await rig.get("/skapi/services/limitstmt/RN/1000001", token: token).text
        == #"{"status":200,"message":"limit_statement","timestamp":"2026-07-09T08:00:00+05:30","#
        + #""data":[{"customerId":1000001,"currentCashBalance":0.0,"#
        + #""pendingWithdrawalRequest":0.0,"nonCashLimit":0.0,"cashBpl":0.0,"#
        + #""limitAgainstShares":0.0,"cashPreviousSettlementExposure":0.0,"#
        + #""intradayMarginCash":0.0,"fnoPremium":0.0,"fnoBpl":0.0,"intradayMarginFno":0.0,"#
        + #""holdFunds":0.0}]}"#)
    let master = await rig.get("/skapi/services/master/BC").text
    #expect(
      master.contains(
        #"{"scripCode":500325,"tradingSymbol":"RELIANCE","companyName":"RELIANCE INDUSTRIES LTD","#
          + #""instType":"EQ","lotSize":1,"tickSize":10.0,"expiry":"","strike":0.0,"#
          + #""multiplier":1.0,"optionType":"","isinCode":"INE002A01018","groupName":"NA","#
          + #""industry":"Oil and gas","indices":"NA"}"#))
  }

  @Test func `of the master as text holds the same rows`() async throws {
    let rig = try Rig()
    let text = await rig.get("/skapi/services/master/csv/NC", key: nil)
    #expect(text.contentType == "text/csv")
    let lines = text.text.split(separator: "\n").map(String.init)
    let rows = try await rig.rows("/master/NC", "")
    #expect(lines.count == rows.count + 1)
    #expect(lines[0].hasPrefix("scripCode,tradingSymbol,companyName,instType,lotSize,tickSize,"))
    #expect(lines[1].hasPrefix("236,ASIANPAINT,ASIAN PAINTS LTD,EQ,1,10.0,,0.0,1.0,,INE021A01026,"))
    #expect(await rig.get("/skapi/services/master/csv/XX").status == 204)
  }

  @Test func `does not depend on what stands in the query`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    let plain = await rig.get("/skapi/services/reports/1000001", token: token)
    let odd = await rig.get(
      "/skapi/services/reports/1000001", token: token,
      query: "%7B%22customerId%22:%20%221000001%22%7D")
    #expect(plain == odd)
  }

  @Test func `of errors is the broker's`() async throws {
    let rig = try Rig()
    let token = try await rig.signIn()
    for word in ["5", "5min", "15min", "1hour"] {
      let answer = await rig.get("/skapi/services/historical/NC/2885/\(word)", token: token)
      #expect(answer.status == 400)
      #expect(answer.text == #"{"status":400,"message":"Invalid Chart Period"}"#)
    }
    let unreadable = await rig.post("/skapi/services/orders", "{", token: token)
    #expect(unreadable.status == 400)
    #expect(
      unreadable.text == #"{"type":"about:blank","title":"Bad Request","status":400,"#
        + #""detail":"Failed to read request","instance":"/skapi/services/orders"}"#)
    #expect(await rig.get("/skapi/services/nowhere", token: token).status == 404)
  }
}

@Suite(.timeLimit(.minutes(10)))
struct `An order's history` {
  @Test func `goes through the five captured rows`() async throws {
    let rig = try Rig(at: "2026-07-09T15:40:00+05:30")
    let token = try await rig.signIn()
    let book = try await rig.rows("/reports/1000001", token)
    let order = try #require(book.first { $0.number("execQty") >= 100 })
    let id = order.words("orderId")
    let rows = try await rig.rows("/reports/NC/1000001/\(id)", token)
    let columns = rows.map { row in
      ["orderStatus", "updateUser", "pvtOrderInd", "requestStatus"].map(row.words).joined(
        separator: " ")
    }
    #expect(
      columns == [
        "In-Process BOG O NEW", "In-Process FO_AH_NOR 0 NEW", "Pending FO_AH_NOR 0 NEW",
        "Partly Executed FO_AH_TC 0 NEW", "Fully Executed FO_AH_TC 0 NEW",
      ])
    let total = order.number("orderQty")
    let first = total * 7 / 8
    #expect(rows.map { $0.number("execQty") } == [0, 0, 0, first, total])
    #expect(rows.map { $0.number("openQty") } == [total, total, total, total - first, 0])
    let numbers = rows.map { $0.number("orsOrderId") }
    #expect(Array(numbers.prefix(2)) == [0, Int(id)])
    #expect(numbers == numbers.sorted() && numbers[2] > 1 << 53)
    #expect(rows.map { $0.words("exchangeOrderId").count } == [0, 0, 16, 16, 16])
    #expect(rows[0].words("lastModTime") == "" && rows[1].words("lastModTime") == "")
    #expect(rows[0].words("exchAckDateTime") == "" && rows[1].words("exchAckDateTime") != "")
    #expect(rows.allSatisfy { $0.words("userId") == "SKSIMNSE1" })
  }

  @Test func `numbers orders by the exchange's nanosecond clock`() throws {
    let instant = try #require(Instant(rfc3339: "2025-10-28T12:44:41.22765+05:30"))
    #expect(MarketTime(instant).nanosecondsSince1980 == 1_446_122_681_227_650_000)
  }
}
